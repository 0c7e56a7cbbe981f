import { useController, useWatch, type Control, type FieldPath } from "react-hook-form";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { FieldLongText, FieldSwitch, FieldText, Loaded, Notice, SaveBar, Section, useNotify, useT } from "@/kit";
import { useZodForm } from "@/kit/forms";

import { OpenButton } from "../OpenButton";
import { contrast, formOf, READABLE, schemaOf, setupOf, type PageForm } from "./form";

type Seen = components["schemas"]["RewardsPage"];
type Shades = components["schemas"]["Shades"];
type FormControl = Control<PageForm, unknown, Record<string, unknown>>;
const PATH = "/api/dashboard/v1/rewards-page";

/** The page on which shoppers see and spend points without a storefront's help. */
export function RewardsPage() {
  const page = useApiQuery(PATH);
  return <Loaded query={page}>{(seen) => <Form key={seen.version} seen={seen} />}</Loaded>;
}

function Form({ seen }: { seen: Seen }) {
  const t = useT();
  const notify = useNotify();
  const words = { color: t("rewards-page.wrong_color"), page: t("rewards-page.wrong_page"), slug: t("rewards-page.wrong_slug"), contrast: t("rewards-page.wrong_contrast") };
  const form = useZodForm<PageForm, Record<string, unknown>>(schemaOf(words), formOf(seen.setup));
  const { control } = form;
  const save = useApiMutation("put", PATH, {
    onSuccess: (saved) => {
      form.reset(formOf(saved.setup));
      notify("success", t("rewards-page.saved"));
    },
  });
  const send = form.handleSubmit(() => save.mutate({ body: { setup: setupOf(form.getValues()), version: seen.version } }));
  const { isDirty } = form.formState;
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void send(event)}>
      <Section
        title={t("rewards-page.title")}
        hint={t("rewards-page.hint")}
        actions={
          <OpenButton to={seen.url} disabled={!seen.setup.page_on}>
            {t("rewards-page.open")}
          </OpenButton>
        }
      >
        <p>
          <code className="settings-word">{seen.url}</code>
        </p>
        <FieldSwitch control={control} name="page_on" label={t("rewards-page.on")} hint={t("rewards-page.on_hint")} />
        <div className="kit-fields">
          <FieldText control={control} name="slug" label={t("rewards-page.slug")} hint={t("rewards-page.slug_hint")} maxLength={60} />
          <FieldText control={control} name="shop_name" label={t("rewards-page.shop_name")} maxLength={120} />
          <FieldText control={control} name="shop_url" type="url" label={t("rewards-page.shop_url")} placeholder="https://shop.example.com" maxLength={500} />
          <FieldText control={control} name="account_url" type="url" label={t("rewards-page.account_url")} hint={t("rewards-page.account_hint")} maxLength={500} />
        </div>
      </Section>
      <Looks control={control} seen={seen} dirty={isDirty} />
      <Section title={t("rewards-page.words")} hint={t("rewards-page.words_hint")}>
        {(["tr", "en"] as const).map((language) => (
          <fieldset className="kit-stack" key={language}>
            <legend className="settings-legend">{t(`rewards-page.in.${language}`)}</legend>
            <FieldText control={control} name={`texts.${language}.heading`} label={t("rewards-page.heading")} maxLength={120} />
            <FieldLongText control={control} name={`texts.${language}.welcome`} label={t("rewards-page.welcome")} rows={3} maxLength={1000} />
          </fieldset>
        ))}
      </Section>
      <Section title={t("rewards-page.wishes")}>
        <div>
          <FieldSwitch control={control} name="mail_guests" label={t("rewards-page.mail_guests")} hint={t("rewards-page.mail_guests_hint")} />
          <FieldSwitch control={control} name="erase_at_once" label={t("rewards-page.erase")} hint={t("rewards-page.erase_hint")} />
        </div>
      </Section>
      <SaveBar dirty={isDirty} saving={save.isPending} error={save.error} onDiscard={() => form.reset(formOf(seen.setup))} />
    </form>
  );
}

/** Colors and logo, with what is seen of them and whether they can be read. */
function Looks({ control, seen, dirty }: { control: FormControl; seen: Seen; dirty: boolean }) {
  const t = useT();
  const looks = useWatch({ control, name: "looks" });
  const text = contrast(looks.text_color, looks.ground_color);
  const brand = contrast(looks.brand_color, looks.ground_color);
  return (
    <Section title={t("rewards-page.looks")} hint={t("rewards-page.looks_hint")}>
      <div className="kit-fields">
        <FieldColor control={control} name="looks.brand_color" label={t("rewards-page.brand_color")} />
        <FieldColor control={control} name="looks.ground_color" label={t("rewards-page.ground_color")} />
        <FieldColor control={control} name="looks.text_color" label={t("rewards-page.text_color")} />
      </div>
      {text !== null && text < READABLE && <Notice tone="error">{t("rewards-page.unreadable", { contrast: text, needed: READABLE })}</Notice>}
      {brand !== null && brand < READABLE && <Notice tone="info">{t("rewards-page.moved", { contrast: brand })}</Notice>}
      <FieldText control={control} name="looks.logo_url" type="url" label={t("rewards-page.logo")} hint={t("rewards-page.logo_hint")} maxLength={500} />
      {dirty ? (
        <p className="kit-hint">{t("rewards-page.after_saving")}</p>
      ) : (
        <div className="kit-fields">
          <Sample label={t("rewards-page.by_day")} shades={seen.light} name={seen.setup.shop_name} />
          <Sample label={t("rewards-page.by_night")} shades={seen.dark} name={seen.setup.shop_name} />
        </div>
      )}
    </Section>
  );
}

/** What the page's colors look like together. */
function Sample({ label, shades, name }: { label: string; shades: Shades; name: string }) {
  const t = useT();
  return (
    <figure className="settings-sample" style={{ background: shades.ground, color: shades.ink }}>
      <figcaption>{label}</figcaption>
      <strong>{name || t("rewards-page.sample_name")}</strong>
      <span style={{ background: shades.accent, color: shades.on_accent }}>{t("rewards-page.sample_button")}</span>
    </figure>
  );
}

/** A color: picked, or typed as #rrggbb. */
function FieldColor(props: { control: FormControl; name: FieldPath<PageForm>; label: string }) {
  const t = useT();
  const { field } = useController({ control: props.control, name: props.name });
  const value = String(field.value);
  return (
    <div className="settings-color">
      <FieldText control={props.control} name={props.name} label={props.label} placeholder="#1f6f54" maxLength={7} />
      <input type="color" aria-label={t("rewards-page.pick", { color: props.label })} value={/^#[0-9a-fA-F]{6}$/.test(value) ? value : "#000000"} onChange={(event) => field.onChange(event.target.value)} />
    </div>
  );
}
