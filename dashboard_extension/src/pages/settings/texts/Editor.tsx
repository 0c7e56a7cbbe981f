import { useEffect, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useIntl } from "react-intl";
import { useParams } from "react-router";

import { useApiMutation, useApiQuery, type Asked, type components } from "@/api";
import { Badge, Button, ButtonLink, ConfirmDialog, Empty, FieldLongText, FieldText, Loaded, SaveBar, Section, useNotify, useT } from "@/kit";

import { languageName } from "../general/zones";
import { Preview } from "./Preview";
import { faultsOf, FIELDS, type Words } from "./words";

const PATH = "/api/dashboard/v1/messages/texts/{kind}/{language}";
type Place = Asked<typeof PATH>["params"]["path"];
type Kind = components["schemas"]["MessageKind"];
type Text = components["schemas"]["MessageText"];
/** Until somebody stops typing. */
const PAUSE = 600;

/** The words of a kind in a language. */
export function Editor() {
  const t = useT();
  const { kind = "", language = "" } = useParams();
  const place = { kind, language } as Place;
  const kinds = useApiQuery("/api/dashboard/v1/messages/kinds");
  const known = kinds.data?.items.find((one) => one.kind === kind);
  const text = useApiQuery(PATH, { params: { path: place } }, { enabled: known !== undefined });
  if (kinds.data !== undefined && known === undefined) return <Empty title={t("texts.no_kind")} action={<ButtonLink to="/settings/texts">{t("texts.all")}</ButtonLink>} />;
  return (
    <Loaded query={kinds}>
      {() => <Loaded query={text}>{(seen) => known && <Form key={`${kind} ${language} ${seen.version}`} place={place} seen={seen} kind={known} />}</Loaded>}
    </Loaded>
  );
}

function Form({ place, seen, kind }: { place: Place; seen: Text; kind: Kind }) {
  const t = useT();
  const { locale } = useIntl();
  const notify = useNotify();
  const [dropping, setDropping] = useState(false);
  const form = useForm<Words>({ defaultValues: seen.words });
  const words = useWatch({ control: form.control }) as Words;
  const shown = useSettled(words);
  const save = useApiMutation("put", PATH, {
    onSuccess: (saved) => {
      form.reset(saved.words);
      notify("success", t("texts.saved"));
    },
    onError: (failure) => {
      for (const fault of faultsOf(failure)) form.setError(fault.field, { message: t(`texts.problem.${fault.problem}`, { at: fault.at }) });
    },
  });
  const drop = useApiMutation("delete", PATH, {
    onSuccess: () => {
      setDropping(false);
      notify("success", t("texts.reset_done"));
    },
  });
  const submit = form.handleSubmit((body) => save.mutate({ params: { path: place }, body: { words: body, version: seen.version } }));
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void submit(event)}>
      <Section
        title={`${kind.name} · ${languageName(place.language, locale)}`}
        hint={t(seen.own ? "texts.own_hint" : "texts.ours_hint")}
        actions={
          <>
            <Badge tone={seen.own ? "info" : "neutral"}>{t(seen.own ? "texts.own" : "texts.ours")}</Badge>
            {seen.own && (
              <Button variant="secondary" size="small" onClick={() => setDropping(true)}>
                {t("texts.reset")}
              </Button>
            )}
            <ButtonLink to="/settings/texts" variant="secondary" size="small">
              {t("texts.all")}
            </ButtonLink>
          </>
        }
      >
        {FIELDS.map((field) =>
          field === "body" || field === "sms" ? (
            <FieldLongText key={field} control={form.control} name={field} label={t(`texts.field.${field}`)} hint={t(`texts.field_hint.${field}`)} rows={field === "body" ? 9 : 3} maxLength={field === "body" ? 8000 : 1000} />
          ) : (
            <FieldText key={field} control={form.control} name={field} label={t(`texts.field.${field}`)} hint={t(`texts.field_hint.${field}`)} maxLength={field === "button" ? 200 : 500} />
          ),
        )}
        <details>
          <summary className="settings-summary">{t("texts.values")}</summary>
          <p className="kit-hint">{t("texts.values_hint")}</p>
          <p className="settings-values">
            {[...kind.fields, ...kind.choices].map((name) => (
              <code className="settings-word" key={name}>{`{{ ${name} }}`}</code>
            ))}
          </p>
          <p className="kit-hint">
            {t("texts.choose_hint")} <code className="settings-word">{"{% if name %}Hello {{ name }},{% endif %}"}</code>
          </p>
        </details>
      </Section>
      <Preview kind={place.kind} language={place.language} words={shown} />
      <SaveBar dirty={form.formState.isDirty} saving={save.isPending} error={save.error && faultsOf(save.error).length === 0 ? save.error : null} onDiscard={() => form.reset(seen.words)} />
      {dropping && (
        <ConfirmDialog title={t("texts.reset_title")} confirm={t("texts.reset")} destructive busy={drop.isPending} error={drop.error} onClose={() => setDropping(false)} onConfirm={() => drop.mutate({ params: { path: place } })}>
          <p>{t("texts.reset_text")}</p>
        </ConfirmDialog>
      )}
    </form>
  );
}

/** A value once it has rested: what is typed is not sent letter by letter. */
function useSettled(value: Words): Words {
  const [settled, settle] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(JSON.parse(text) as Words), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
