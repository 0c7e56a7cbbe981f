import { useEffect, useState } from "react";
import { useForm, useWatch, type Control, type UseFormReturn } from "react-hook-form";

import { useApiMutation, type components } from "@/api";
import { FieldDate, FieldDecimal, FieldLongText, FieldNumber, FieldSelect, FieldSwitch, FieldText, Notice, Resting, SaveBar, Section, useLanguageName, useT } from "@/kit";
import type { Json } from "@/pages/program/json";

import { Budget } from "./Budget";
import { Channels } from "./Channels";
import { Chosen } from "./Chosen";
import { Forecast } from "./Forecast";
import { KINDS, PATH, placeOf, SHARINGS, termsOf, type CampaignForm, type Choices } from "./form";

type Finding = components["schemas"]["Finding"];
export type Terms = components["schemas"]["TermsInput"]["terms"];

interface EditorProps {
  readonly start: CampaignForm;
  readonly choices: Choices;
  /** It has been scheduled: what was promised cannot be changed. */
  readonly fixed: boolean;
  /** Gives what is to be done once the form is clean; null where nothing was saved, and that is told elsewhere. */
  readonly save: (terms: Json) => Promise<(() => void) | null>;
  /** Is told how to read what is typed, and null while nothing is. */
  readonly typed?: (read: (() => Json) | null) => void;
}

/** The form of a campaign. */
export function Editor(props: EditorProps) {
  const t = useT();
  const called = useLanguageName();
  const { choices, fixed, typed } = props;
  const zone = choices.timezone;
  const form = useForm<CampaignForm>({ defaultValues: props.start });
  const [failure, setFailure] = useState<unknown>(null);
  const [problems, setProblems] = useState<readonly Finding[]>([]);
  const check = useApiMutation("post", `${PATH}/check`, { invalidates: [] });
  const kind = useWatch({ control: form.control, name: "kind" });
  const points = kind === "points";
  const submit = form.handleSubmit(async (filled) => {
    const terms = termsOf(filled, zone);
    setFailure(null);
    try {
      const after = await props.save(terms);
      if (after === null) return;
      setProblems([]);
      form.reset(filled);
      setTimeout(after);
    } catch (error) {
      const found = await check.mutateAsync({ body: { terms: terms as Terms } }).catch(() => null);
      const wrong = found?.problems.filter((one) => one.severity === "error") ?? [];
      setProblems(wrong);
      setFailure(wrong.length ? null : error);
    }
  });
  const { isDirty, isSubmitting } = form.formState;
  const { getValues } = form;
  useEffect(() => {
    typed?.(isDirty ? () => termsOf(getValues(), zone) : null);
  }, [typed, isDirty, getValues, zone]);
  return (
    <form className="kit-stack campaigns-form" noValidate onSubmit={(event) => void submit(event)}>
      <Resting when={isSubmitting}>
        <Section title={t("campaigns.what")}>
          <div className="kit-fields">
            <FieldSelect
              control={form.control}
              name="kind"
              label={t("campaigns.kind")}
              hint={t(`campaigns.kind_hint.${kind}`)}
              disabled={fixed}
              choices={KINDS.map((value) => ({ value, label: t(`campaigns.kind.${value}`) }))}
            />
            <FieldText control={form.control} name="name" label={t("campaigns.own_name")} hint={t("campaigns.own_name_hint")} maxLength={120} />
            <FieldDate control={form.control} name="starts" time label={t("campaigns.starts")} hint={choices.timezone} disabled={fixed} />
            <FieldDate control={form.control} name="ends" time label={t("campaigns.ends")} hint={choices.timezone} />
          </div>
          {points && (
            <div className="kit-fields">
              <FieldDecimal control={form.control} name="times" label={t("campaigns.times")} hint={t("campaigns.times_hint")} affix="×" disabled={fixed} />
              <FieldSwitch control={form.control} name="fixed" label={t("campaigns.fixed")} hint={t("campaigns.fixed_hint")} disabled={fixed} />
              <FieldNumber control={form.control} name="limitOrders" label={t("campaigns.limit_orders")} hint={t("campaigns.limit_hint")} disabled={fixed} />
              <FieldNumber control={form.control} name="limitPoints" label={t("campaigns.limit_points")} hint={t("campaigns.limit_points_hint")} disabled={fixed} />
            </div>
          )}
        </Section>
        <Section title={t("campaigns.texts")} hint={t("campaigns.texts_hint")}>
          {props.start.texts.map(({ locale }, at) => (
            <div className="kit-fields" key={locale}>
              <FieldText control={form.control} name={`texts.${at}.title`} label={t("campaigns.text_title", { language: called(locale) })} maxLength={120} />
              <FieldLongText control={form.control} name={`texts.${at}.text`} label={t("campaigns.text", { language: called(locale) })} rows={2} maxLength={2000} />
            </div>
          ))}
        </Section>
        <Section title={t("campaigns.where")} hint={points ? t("campaigns.where_hint_points") : t("campaigns.price_law")}>
          <Channels control={form.control} start={props.start} disabled={fixed} />
        </Section>
        {!points && <CodesSection form={form} start={props.start} disabled={fixed} />}
        <Section title={t("campaigns.audience")} hint={t("campaigns.audience_hint")}>
          <Audience control={form.control} choices={choices} disabled={fixed} />
          <FieldSwitch
            control={form.control}
            name="tell"
            label={t("campaigns.tell")}
            hint={choices.tells ? t("campaigns.tell_hint") : t("campaigns.tell_off")}
          />
        </Section>
        <Section title={t("campaigns.budget")} hint={t(points ? "campaigns.budget_hint_points" : "campaigns.budget_hint")}>
          <Budget control={form.control} start={props.start} />
        </Section>
        <Forecast terms={() => termsOf(form.getValues(), zone) as Terms} points={points} />
        {problems.length > 0 && (
          <Notice tone="error" live>
            <strong>{t("campaigns.problems")}</strong>
            <Problems of={problems} />
          </Notice>
        )}
      </Resting>
      <SaveBar dirty={isDirty} saving={isSubmitting} error={failure} onDiscard={() => form.reset()} />
    </form>
  );
}

/** What is wrong or doubtful, each with its place, as the form calls it. */
export function Problems({ of }: { of: readonly Finding[] }) {
  const t = useT();
  return (
    <ul className="campaigns-problems">
      {of.map((one) => {
        const { message, number } = placeOf(one.path);
        return (
          <li key={`${one.path} ${one.code}`}>
            {one.path && <strong>{`${t(message)}${number === null ? "" : ` (${number})`}:`}</strong>} {one.text}
          </li>
        );
      })}
    </ul>
  );
}

function CodesSection({ form, start, disabled }: { form: UseFormReturn<CampaignForm>; start: CampaignForm; disabled: boolean }) {
  const t = useT();
  const { control } = form;
  const sharing = useWatch({ control, name: "sharing" });
  return (
    <Section title={t("campaigns.codes")} hint={t(`campaigns.sharing_hint.${sharing}`)}>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          name="sharing"
          label={t("campaigns.sharing")}
          disabled={disabled}
          choices={SHARINGS.map((value) => ({ value, label: t(`campaigns.sharing.${value}`) }))}
        />
        {sharing === "shared" && (
          <>
            <FieldText control={control} name="code" label={t("campaigns.code")} hint={t("campaigns.code_hint")} maxLength={40} placeholder="MUSTERI10" disabled={disabled} />
            <FieldNumber control={control} name="uses" label={t("campaigns.uses")} hint={t("campaigns.uses_hint")} disabled={disabled} />
          </>
        )}
        {sharing === "after_order" && (
          <>
            <FieldSelect
              control={control}
              name="when"
              label={t("campaigns.when")}
              disabled={disabled}
              choices={(["paid", "fulfilled"] as const).map((value) => ({ value, label: t(`campaigns.when.${value}`) }))}
            />
            <FieldNumber control={control} name="days" label={t("campaigns.days")} disabled={disabled} />
            {start.least.map(({ currency }, at) => (
              <FieldDecimal key={currency} control={control} name={`least.${at}.amount`} label={t("campaigns.least", { currency })} affix={currency} disabled={disabled} />
            ))}
          </>
        )}
      </div>
      {sharing === "shared" && (
        <FieldSwitch control={control} name="once" label={t("campaigns.once")} hint={t("campaigns.once_hint")} disabled={disabled} />
      )}
    </Section>
  );
}

function Audience({ control, choices, disabled }: { control: Control<CampaignForm>; choices: Choices; disabled: boolean }) {
  const t = useT();
  const called = useLanguageName();
  const languages = choices.locales.map((id) => ({ id, name: called(id) }));
  return (
    <div className="campaigns-audience">
      <Chosen control={control} name="tiers" title={t("campaigns.tiers")} choices={choices.tiers} disabled={disabled} />
      <Chosen control={control} name="segments" title={t("campaigns.segments")} choices={choices.segments} disabled={disabled} />
      <Chosen control={control} name="languages" title={t("campaigns.languages")} choices={languages} disabled={disabled} />
    </div>
  );
}
