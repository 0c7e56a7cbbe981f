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

import { Claims } from "./Claims";
import { documentOf, formOf, type RewardsForm } from "./form";
import { Items } from "./Items";
import { calledAt, placesOf } from "./places";

/** The catalog of the draft: one form, upon what was saved last. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const staff = useStaff();
  const navigate = useNavigate();
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const shown = (document: unknown) => formOf(document, seen.channels);
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, getValues, reset } = useForm<RewardsForm>({ defaultValues: shown(startOf(seen)), errors: errors as never });
  const draft = useDraft(seen, (document) => reset(shown(document)));
  const { original, saved, take } = draft;
  const form = useWatch({ control }) as RewardsForm;
  const document = useMemo(() => documentOf(original, form), [original, form]);
  const { told, failure, retry } = useChecked(document);
  const figures = useApiQuery("/api/dashboard/v1/rewards");
  const disabled = !seen.may_change;
  const ground = useMemo(() => ordered(documentOf(saved, formOf(saved, seen.channels))), [saved, seen]);
  const mine = () => documentOf(original, getValues());
  const problems = useMemo(() => placed(told?.checked.problems ?? [], placesOf(form), "rewards"), [told, form]);
  const wrong = useMemo(() => errorsOf(problems), [problems]);
  if (ordered(wrong) !== ordered(errors)) setErrors(wrong);
  const called = (path: string) => {
    const name = calledAt(path, form, staff.locale.slice(0, 2));
    return name === "" ? t("rewards.untitled") : name;
  };
  return (
    <>
      <Page
        title={t("rewards.title")}
        lead={t("rewards.lead")}
        saving={draft.saving}
        actions={
          <Button type="button" variant="secondary" onClick={() => void navigate("/publish")}>
            {t("rewards.to_publish")}
          </Button>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "rewards.no_draft" : "program.from_live")}</Notice>}
        {failure !== null && <Failure error={failure} retry={retry} />}
        <FailureOf query={figures} />
        {problems.length > 0 && (
          <Section title={t("rewards.problems")}>
            <Told found={problems} called={called} />
          </Section>
        )}
        <Items control={control} disabled={disabled} document={document} channels={seen.channels} figures={figures.data?.rewards} />
        {(staff.may("MANAGE_ORDERS") || staff.may("MANAGE_USERS")) && <Claims />}
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
