import { useApiMutation, useApiQuery } from "@/api";
import { FieldNumber, Loaded, SaveBar, Section, useNotify, useT } from "@/kit";
import { useZodForm } from "@/kit/forms";

import { daysOf, daysSchema, type DaysForm, type Kept, type Retention } from "./days";
import { Exports } from "./Exports";

const PATH = "/api/dashboard/v1/retention";

/** How long data are kept, and the file with all of them. */
export function DataKept() {
  const retention = useApiQuery(PATH);
  return (
    <div className="settings-form">
      <Exports />
      <Loaded query={retention}>{(seen) => <Form key={seen.version} seen={seen} />}</Loaded>
    </div>
  );
}

function Form({ seen }: { seen: Retention }) {
  const t = useT();
  const notify = useNotify();
  const schema = daysSchema(seen, (least, most) => t("keeping.days_wrong", { least, most }));
  const form = useZodForm<DaysForm, DaysForm>(schema, daysOf(seen));
  const save = useApiMutation("put", PATH, {
    invalidates: [PATH],
    onSuccess: (saved) => {
      form.reset(daysOf(saved));
      notify("success", t("keeping.days_saved"));
    },
  });
  const send = (days: DaysForm) => save.mutate({ body: { version: seen.version, days: days as Record<Kept, number | null> } });
  return (
    <form className="settings-form" noValidate onSubmit={(event) => void form.handleSubmit(send)(event)}>
      <Section title={t("keeping.days")} hint={t("keeping.days_hint")}>
        {seen.spans.map((span) => (
          <FieldNumber
            key={span.name}
            control={form.control}
            name={span.name}
            label={t(`keeping.kept.${span.name}`)}
            hint={`${span.meaning} ${t("keeping.usual", { days: span.usual, least: span.least, most: span.most })}`}
            affix={t("keeping.days_unit")}
          />
        ))}
        <p className="kit-soft">{t("keeping.jobs", { days: seen.job_days })}</p>
      </Section>
      <SaveBar dirty={form.formState.isDirty} saving={save.isPending} error={save.error} onDiscard={() => form.reset(daysOf(seen))} />
    </form>
  );
}
