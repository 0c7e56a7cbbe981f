import { Button, Failure, FailureOf, Notice, Page, SaveBar, Section, useStaff, useT } from "@/kit";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useNavigate } from "react-router";

import { useApiQuery } from "@/api";
import type { Seen } from "@/pages/program/context";
import { DraftConflict, ordered, startOf, useDraft } from "@/pages/program/draft";
import { Told } from "@/pages/program/Told";
import { useChecked } from "@/pages/program/useChecked";
import { errorsOf, placed } from "@/pages/rules/places";

import { Calls } from "./Calls";
import { documentOf, formOf, type EventsForm } from "./form";
import { Log } from "./Log";
import { calledAt, concerns, placesOf } from "./places";
import { TryIt } from "./TryIt";
import { Types } from "./Types";

/** The types of events of the draft: one form, upon what was saved last; below it what came. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const staff = useStaff();
  const navigate = useNavigate();
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, getValues, reset } = useForm<EventsForm>({ defaultValues: formOf(startOf(seen)), errors: errors as never });
  const draft = useDraft(seen, (document) => reset(formOf(document)));
  const { original, saved, take } = draft;
  const form = useWatch({ control }) as EventsForm;
  const document = useMemo(() => documentOf(original, form), [original, form]);
  const { told, failure, retry } = useChecked(document);
  const lately = useApiQuery("/api/dashboard/v1/events");
  const disabled = !seen.may_change;
  const ground = useMemo(() => ordered(documentOf(saved, formOf(saved))), [saved]);
  const mine = () => documentOf(original, getValues());
  const problems = useMemo(() => {
    const ours = (told?.checked.problems ?? []).filter((one) => concerns(one.path, document));
    return placed(ours, placesOf(document, form), "");
  }, [told, document, form]);
  const wrong = useMemo(() => errorsOf(problems), [problems]);
  if (ordered(wrong) !== ordered(errors)) setErrors(wrong);
  return (
    <>
      <Page
        title={t("events.title")}
        lead={t("events.lead")}
        saving={draft.saving}
        actions={
          <Button type="button" variant="secondary" onClick={() => void navigate("/publish")}>
            {t("events.to_publish")}
          </Button>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "events.no_draft" : "program.from_live")}</Notice>}
        {failure !== null && <Failure error={failure} retry={retry} />}
        <FailureOf query={lately} />
        {problems.length > 0 && (
          <Section title={t("events.problems")}>
            <Told found={problems} called={(path) => calledAt(path, document, form, staff.locale.slice(0, 2))} />
          </Section>
        )}
        <Types control={control} disabled={disabled} document={document} lately={lately.data} />
        {form.types.length > 0 && <TryIt types={form.types} document={document} />}
        {form.types.length > 0 && <Calls types={form.types} apiUrl={lately.data?.api_url ?? ""} />}
        {staff.mayAny("MANAGE_USERS", "MANAGE_ORDERS") && <Log types={form.types} />}
        {!disabled && (
          <SaveBar
            dirty={ordered(document) !== ground}
            offered={draft.proposed}
            saving={draft.saving}
            label={t("program.save")}
            onSave={() => draft.save(mine(), ground)}
            onDiscard={() => take(saved)}
          />
        )}
      </Page>
      <DraftConflict draft={draft} zone={seen.timezone} renew={props.renew} />
    </>
  );
}
