import { useState } from "react";
import { useFieldArray, useWatch } from "react-hook-form";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { Button, ButtonLink, FieldSwitch, FieldText, Loaded, Notice, SaveBar, Section, Table, useNotify, useT, type Column } from "@/kit";
import { useZodForm } from "@/kit/forms";

import { OpenButton } from "../OpenButton";
import { Snippet } from "../Snippet";
import { formOf, MOST_ORIGINS, namedBy, schemaOf, type OriginsForm } from "./origins";
import { componentsSnippet, sessionSnippet } from "./snippets";

type Named = components["schemas"]["StorefrontOrigins"];
const PATH = "/api/dashboard/v1/storefront-origins";

/** Whose pages may ask for the store's points, and how a shop is connected. */
export function Storefront() {
  const origins = useApiQuery(PATH);
  return (
    <div className="settings-form">
      <Loaded query={origins}>{(seen) => <Form key={JSON.stringify(seen)} seen={seen} />}</Loaded>
    </div>
  );
}

function Form({ seen }: { seen: Named }) {
  const t = useT();
  const notify = useNotify();
  const form = useZodForm<OriginsForm, OriginsForm>(schemaOf(t("storefront.origin_wrong")), formOf(seen));
  const lines = useFieldArray({ control: form.control, name: "lines" });
  const named = useWatch({ control: form.control, name: "named" });
  const save = useApiMutation("put", PATH, {
    invalidates: [PATH, "/api/dashboard/v1/start"],
    onSuccess: (saved) => {
      form.reset(formOf(saved));
      notify("success", t("storefront.saved"), t("storefront.saved_text"));
    },
  });
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void form.handleSubmit((wish) => save.mutate({ body: namedBy(wish) }))(event)}>
      <Section title={t("storefront.origins")} hint={t("storefront.origins_hint")}>
        <FieldSwitch control={form.control} name="named" label={t("storefront.named")} hint={t("storefront.named_hint")} />
        {named ? (
          <>
            <ul className="kit-stack">
              {lines.fields.map((line, at) => (
                <li className="settings-line" key={line.id}>
                  <FieldText
                    control={form.control}
                    name={`lines.${at}.address`}
                    type="url"
                    label={t("storefront.origin", { number: at + 1 })}
                    placeholder="https://shop.example.com"
                    maxLength={300}
                  />
                  <Button variant="secondary" onClick={() => lines.remove(at)} aria-label={t("storefront.remove_origin", { number: at + 1 })}>
                    {t("storefront.remove")}
                  </Button>
                </li>
              ))}
            </ul>
            <div className="kit-actions">
              <Button variant="secondary" disabled={lines.fields.length >= MOST_ORIGINS} onClick={() => lines.append({ address: "" })}>
                {t("storefront.add_origin")}
              </Button>
            </div>
            <p className="kit-hint">{t("storefront.wildcard")}</p>
          </>
        ) : (
          <Notice tone="info">{t("storefront.any")}</Notice>
        )}
      </Section>
      <Connecting shop={seen.origins?.find((one) => !one.includes("*")) ?? "https://shop.example.com"} />
      <SaveBar dirty={form.formState.isDirty} saving={save.isPending} error={save.error} onDiscard={() => form.reset(formOf(seen))} />
    </form>
  );
}

interface Way {
  readonly id: "components" | "nextjs" | "rest" | "none";
}
const WAYS: readonly Way[] = [{ id: "components" }, { id: "nextjs" }, { id: "rest" }, { id: "none" }];

/** The ways to connect a shop, and what to paste into its pages. */
function Connecting(props: { shop: string }) {
  const t = useT();
  const general = useApiQuery("/api/dashboard/v1/general");
  const [chosen, choose] = useState("");
  const columns: Column<Way>[] = [
    { id: "shop", title: t("storefront.your_shop"), cell: (way) => t(`storefront.shop.${way.id}`) },
    { id: "takes", title: t("storefront.takes"), cell: (way) => t(`storefront.way.${way.id}`) },
    { id: "recipe", title: t("storefront.recipe"), cell: (way) => <code className="settings-word">{t(`storefront.recipe.${way.id}`)}</code> },
  ];
  return (
    <>
      <Section title={t("storefront.connect")} hint={t("storefront.connect_hint")}>
        <Table label={t("storefront.connect")} rows={WAYS} columns={columns} rowKey={(way) => way.id} />
        <div className="kit-actions">
          <ButtonLink to="/settings/rewards-page" variant="secondary">
            {t("storefront.to_rewards_page")}
          </ButtonLink>
        </div>
      </Section>
      <Loaded query={general}>
        {(store) => {
          const channel = chosen || (store.channels[0]?.slug ?? "default-channel");
          const place = { app: store.app_url, saleor: store.saleor_api_url, channel, shop: props.shop };
          return (
            <>
              <Section title={t("storefront.paste")} hint={t("storefront.paste_hint")}>
                {store.channels.length > 1 && (
                  <div className="kit-field settings-narrow">
                    <label htmlFor="storefront-channel">{t("storefront.channel")}</label>
                    <span className="kit-input">
                      <select id="storefront-channel" value={channel} onChange={(event) => choose(event.target.value)}>
                        {store.channels.map((one) => (
                          <option key={one.slug} value={one.slug}>
                            {one.name}
                          </option>
                        ))}
                      </select>
                    </span>
                  </div>
                )}
                <Snippet label={t("storefront.paste")} text={componentsSnippet(place)} />
              </Section>
              <Section title={t("storefront.token")} hint={t("storefront.token_hint")} actions={<OpenButton to={`${store.app_url}/api/docs`}>{t("storefront.api_docs")}</OpenButton>}>
                <Snippet label={t("storefront.token")} text={sessionSnippet(place)} />
              </Section>
            </>
          );
        }}
      </Loaded>
    </>
  );
}
