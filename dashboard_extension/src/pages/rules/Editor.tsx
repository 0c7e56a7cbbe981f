import { Button, Failure, FailureOf, FieldSelect, Notice, Page, SaveBar, Section, useStaff, useT } from "@/kit";
import { useMemo, useState } from "react";
import { useForm, useWatch, type FieldValues } from "react-hook-form";
import { useNavigate } from "react-router";

import { useApiQuery } from "@/api";
import type { Seen } from "@/pages/program/context";
import { DraftConflict, ordered, startOf, useDraft } from "@/pages/program/draft";
import { TrySection } from "@/pages/program/TrySection";
import { useChecked } from "@/pages/program/useChecked";

import { currenciesOf, referencesIn } from "./conditions";
import { Problems } from "./Conditions";
import { EditingContext } from "./context";
import { documentOf, documentOfRule, formOf, newMilestone, newRule, newTierRule, record, type RuleForm, type RulesForm } from "./form";
import { useNames } from "./names";
import { NamesNotice } from "./pickers";
import { errorsOf, placed } from "./places";
import { RuleEditor } from "./RuleEditor";
import { RuleList } from "./RuleList";
import { eventsIn } from "./tells";
import { useSentences } from "./useSentences";

/** The earning rules of the draft: one form, upon what was saved last. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const staff = useStaff();
  const navigate = useNavigate();
  const language = staff.locale.slice(0, 2);
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const [currencies] = useState(() => currenciesOf(seen));
  const [open, setOpen] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, getValues, setValue, reset } = useForm<FieldValues>({ defaultValues: formOf(startOf(seen), currencies), errors: errors as never });
  const draft = useDraft(seen, (document) => reset(formOf(document, currencies)));
  const { original, saved, take } = draft;
  const form = useWatch({ control }) as RulesForm;
  const { document, places } = useMemo(() => documentOf(original, form), [original, form]);
  const { told, failure, retry } = useChecked(document);
  const findings = useMemo(() => placed(told?.checked.problems ?? [], places), [told, places]);
  const wrong = useMemo(() => errorsOf(findings), [findings]);
  if (ordered(wrong) !== ordered(errors)) setErrors(wrong);
  const disabled = !seen.may_change;

  const asked = useMemo(() => referencesIn(rulesIn(original).map((one) => one.when)), [original]);
  const names = useNames(asked);
  const tiers = useMemo(() => tiersIn(original, language), [original, language]);
  const rewards = useMemo(() => rewardsIn(original, language), [original, language]);
  const segments = useMemo(() => segmentsIn(original, language), [original, language]);
  const events = useMemo(() => eventsIn(original, language), [original, language]);
  const channels = useMemo(() => Object.fromEntries(seen.channels.map((one) => [one.slug, one.name])), [seen]);
  const called = useMemo(
    () => ({ ...names.known, channel: channels, tier: labels(tiers), reward: labels(rewards), segment: labels(segments), event: labels(events) }),
    [names.known, channels, tiers, rewards, segments, events],
  );
  const sentences = useSentences(useMemo(() => form.rules.map((one) => documentOfRule(one)), [form]), called);
  const uses = useApiQuery("/api/dashboard/v1/rules/uses");
  const known = useApiQuery("/api/dashboard/v1/rules/kinds");
  const kinds = known.data?.kinds ?? null;

  const ground = useMemo(() => ordered(documentOf(saved, formOf(saved, currencies)).document), [saved, currencies]);
  const dirty = ordered(document) !== ground;
  const mine = () => documentOf(original, getValues() as RulesForm).document;
  const locales = Object.keys(record(record(original).texts));
  const begin = (rule: RuleForm) => {
    setValue("rules", [...form.rules, rule]);
    setOpen(rule.id);
  };
  const add = () => begin(newRule(form, locales));
  const at = form.rules.findIndex((one) => one.id === open);
  const editing = { seen, control, getValues, setValue, disabled, findings, names: names.known, learn: names.learn, tiers, rewards, segments, events, kinds };
  return (
    <EditingContext.Provider value={editing}>
      <Page
        title={t("rules.title")}
        lead={t("rules.lead")}
        saving={draft.saving}
        actions={
          <>
            {!disabled && form.rules.length < 100 && (
              <>
                <Button onClick={add} data-rules="add">
                  {t("rules.add")}
                </Button>
                <Button variant="secondary" onClick={() => begin(newMilestone(form, locales, currencies))} data-rules="add-milestone">
                  {t("rules.add_milestone")}
                </Button>
                {tiers.length > 0 && (
                  <Button variant="secondary" onClick={() => begin(newTierRule(form, locales, rewards))} data-rules="add-tier">
                    {t("rules.add_tier")}
                  </Button>
                )}
              </>
            )}
            <Button variant="secondary" onClick={() => void navigate("/publish")}>
              {t("rules.to_publish")}
            </Button>
          </>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "rules.no_draft" : "program.from_live")}</Notice>}
        {failure !== null && <Failure error={failure} retry={retry} />}
        <FailureOf query={known} />
        <NamesNotice failure={names.failure} retry={names.retry} missing={names.missing} />
        <Section title={t("rules.list")} hint={t("rules.list_hint")}>
          <Problems found={findings.filter((one) => one.field === null)} />
          <RuleList
            rules={form.rules}
            sentences={sentences}
            used={uses.data?.rules ?? null}
            open={open}
            edit={(id) => setOpen(open === id ? null : id)}
            add={add}
          />
          {uses.error && <p className="kit-hint">{t("rules.uses_failed")}</p>}
          <FailureOf query={uses} />
          {uses.data && !uses.data.complete && <p className="kit-hint">{t("rules.uses_part", { orders: uses.data.orders })}</p>}
          {form.rules.length > 1 && (
            <FieldSelect
              control={control}
              disabled={disabled}
              name="stacking"
              label={t("rules.stacking")}
              hint={t("rules.stacking_hint")}
              choices={["sum", "best"].map((value) => ({ value, label: t(`rules.stacking.${value}`) }))}
            />
          )}
        </Section>
        {at >= 0 && open !== null && <RuleEditor key={open} at={at} document={document} sentence={sentences[open]} close={() => setOpen(null)} />}
        <TrySection document={document} channels={seen.channels} />
        {!disabled && (
          <SaveBar
            dirty={dirty}
            offered={draft.proposed}
            saving={draft.saving}
            label={t("program.save")}
            onSave={() => draft.save(mine(), ground)}
            onDiscard={() => {
              setOpen(null);
              take(saved);
            }}
          />
        )}
      </Page>
      <DraftConflict draft={draft} zone={seen.timezone} renew={props.renew} />
    </EditingContext.Provider>
  );
}

function rulesIn(document: unknown): Record<string, unknown>[] {
  const { rules } = record(record(document).earning);
  return Array.isArray(rules) ? rules.map(record) : [];
}

function labels(choices: readonly { value: string; label: string }[]): Record<string, string> {
  return Object.fromEntries(choices.map((one) => [one.value, one.label]));
}

/** The tiers of a program, by id, with their names in a language. */
export function tiersIn(document: unknown, language: string): { value: string; label: string }[] {
  return named(record(record(document).tiers).levels, language);
}

/** The rewards of a program's catalog likewise. */
function rewardsIn(document: unknown, language: string): { value: string; label: string }[] {
  return named(record(record(document).rewards).items, language);
}

/** The segments of a program likewise. */
function segmentsIn(document: unknown, language: string): { value: string; label: string }[] {
  return named(record(document).segments, language);
}

function named(listed: unknown, language: string): { value: string; label: string }[] {
  return (Array.isArray(listed) ? listed : []).map(record).map((one) => {
    const names = record(one.names);
    const label = names[language] ?? names.en ?? Object.values(names)[0] ?? one.id;
    return { value: String(one.id), label: String(label) };
  });
}
