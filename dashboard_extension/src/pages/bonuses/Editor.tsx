import { Button, Failure, FailureOf, Notice, Page, SaveBar, Section, useT } from "@/kit";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useNavigate } from "react-router";

import { useApiQuery } from "@/api";
import type { Seen } from "@/pages/program/context";
import { DraftConflict, ordered, startOf, useDraft } from "@/pages/program/draft";
import { useChecked } from "@/pages/program/useChecked";
import { errorsOf, placed } from "@/pages/rules/places";

import { Anniversary, Birthday, Memory, Registration } from "./Cards";
import { documentOf, formOf, type BonusesForm } from "./form";
import { placesOf } from "./places";
import { SIGNALS, type SignalKind } from "./signals";
import { Goodwill } from "./Goodwill";
import { Questions } from "./Questions";

/** The bonuses of the draft: one form, upon what was saved last. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, getValues, reset } = useForm<BonusesForm>({ defaultValues: formOf(startOf(seen)), errors: errors as never });
  const draft = useDraft(seen, (document) => reset(formOf(document)));
  const { original, saved, take } = draft;
  const form = useWatch({ control }) as BonusesForm;
  const document = useMemo(() => documentOf(original, form), [original, form]);
  const { told, failure, retry } = useChecked(document);
  const findings = useMemo(() => {
    const bonuses = (told?.checked.problems ?? []).filter((one) => concerns(one.path, document));
    return placed(bonuses, placesOf(document, form));
  }, [told, document, form]);
  const wrong = useMemo(() => errorsOf(findings), [findings]);
  if (ordered(wrong) !== ordered(errors)) setErrors(wrong);
  const lately = useApiQuery("/api/dashboard/v1/bonuses");
  const disabled = !seen.may_change;
  const ground = useMemo(() => ordered(documentOf(saved, formOf(saved))), [saved]);
  const mine = () => documentOf(original, getValues());
  // What a field says stands there; a warning is not an error of the field.
  const problems = findings.filter((one) => one.severity !== "error" || one.field === null);
  const toMend = form.questions.map((_, at) => findings.some((one) => one.severity === "error" && (one.field ?? "").startsWith(`questions.${at}.`)));
  const card = { control, disabled, document, lately: lately.data, channels: seen.channels };
  return (
    <>
      <Page
        title={t("bonuses.title")}
        lead={t("bonuses.lead")}
        saving={draft.saving}
        actions={
          <Button type="button" variant="secondary" onClick={() => void navigate("/publish")}>
            {t("bonuses.to_publish")}
          </Button>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "bonuses.no_draft" : "program.from_live")}</Notice>}
        {failure !== null && <Failure error={failure} retry={retry} />}
        <FailureOf query={lately} />
        {problems.length > 0 && (
          <Section title={t("bonuses.problems")}>
            {problems.map((one) => {
              const kind = signalAt(one.path);
              return (
                <Notice key={one.path + one.code} tone={one.severity === "error" ? "error" : "warning"}>
                  {kind !== null ? `${t(`bonuses.signal.${kind}`)}: ` : one.path !== "" && <code>{one.path}</code>} {one.text}
                </Notice>
              );
            })}
          </Section>
        )}
        <div className="bonuses-cards">
          <Registration {...card} />
          <Birthday {...card} />
          <Anniversary {...card} />
          <Memory {...card} />
        </div>
        <Goodwill {...card} />
        <Questions {...card} toMend={toMend} />
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

/** The signal of goodwill that a problem is about. */
function signalAt(path: string): SignalKind | null {
  return SIGNALS.find((kind) => path.startsWith(`goodwill.${kind}`)) ?? null;
}

/** Whether a problem is of bonuses, or of a rule that pays one. */
function concerns(path: string, document: Record<string, unknown>): boolean {
  if (path.startsWith("bonuses") || path.startsWith("goodwill")) return true;
  const at = /^earning\.rules\[(\d+)\]/.exec(path);
  const rules = (document.earning as { rules?: { trigger?: string }[] } | undefined)?.rules ?? [];
  return at !== null && ["account_confirmed", "birthday", "anniversary", "question_answered"].includes(rules[Number(at[1])]?.trigger ?? "order");
}
