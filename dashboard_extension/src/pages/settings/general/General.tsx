import { useForm, useWatch } from "react-hook-form";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { FieldSelect, Loaded, Notice, SaveBar, Section, Terms, useNotify, useT } from "@/kit";
import { useIntl } from "react-intl";

import { clockIn, languageName, zoneChoices } from "./zones";

type Seen = components["schemas"]["General"];
const PATH = "/api/dashboard/v1/general";

/** Where the store is, and whose days and words it follows. */
export function General() {
  const general = useApiQuery(PATH);
  return <Loaded query={general}>{(seen) => <Form key={JSON.stringify(seen.locale)} seen={seen} />}</Loaded>;
}

function Form({ seen }: { seen: Seen }) {
  const t = useT();
  const { locale } = useIntl();
  const notify = useNotify();
  const form = useForm({ defaultValues: seen.locale });
  const now = useWatch({ control: form.control });
  const save = useApiMutation("put", `${PATH}/locale`, {
    onSuccess: (saved) => {
      form.reset(saved.locale);
      notify("success", t("general.saved"));
    },
  });
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void form.handleSubmit((wish) => save.mutate({ body: { locale: wish, was: seen.locale } }))(event)}>
      <Section title={t("general.locale")} hint={t("general.locale_hint")}>
        <div className="kit-fields">
          <FieldSelect
            control={form.control}
            name="timezone"
            label={t("general.timezone")}
            hint={t("general.timezone_hint", { time: clockIn(now.timezone ?? "UTC", new Date(), locale) })}
            choices={zoneChoices(seen.timezones)}
          />
          <FieldSelect
            control={form.control}
            name="language"
            label={t("general.language")}
            hint={t("general.language_hint")}
            choices={seen.languages.map((value) => ({ value, label: languageName(value, locale) }))}
          />
        </div>
        {now.timezone !== seen.locale.timezone && (
          <Notice tone="warning" live>
            <strong>{t("general.zone_changes")}</strong>
            <p>{t("general.zone_changes_text")}</p>
          </Notice>
        )}
      </Section>
      <Section title={t("general.addresses")}>
        <Terms
          items={[
            { name: t("general.saleor"), value: <code className="settings-word">{seen.saleor_api_url}</code> },
            { name: t("general.app"), value: <code className="settings-word">{seen.app_url}</code> },
            { name: t("general.channels"), value: seen.channels.map((one) => `${one.name} (${one.currency})`).join(", ") || t("general.no_channels") },
          ]}
        />
      </Section>
      <SaveBar dirty={form.formState.isDirty} saving={save.isPending} error={save.error} onDiscard={() => form.reset(seen.locale)} />
    </form>
  );
}
