import { Button, Failure, FieldSwitch, Notice, Page, SaveBar, Section, useStaff, useT } from "@/kit";
import { useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { useNavigate } from "react-router";

import type { Seen } from "@/pages/program/context";
import { DraftConflict, ordered, startOf, useDraft } from "@/pages/program/draft";
import { useChecked } from "@/pages/program/useChecked";
import { currenciesOf } from "@/pages/rules/conditions";
import { errorsOf, placed } from "@/pages/rules/places";

import { useBoard } from "./board";
import { Beginning } from "./Beginning";
import { documentOf, formOf, type Json, type TiersForm } from "./form";
import { Levels } from "./Levels";
import { Moves } from "./Moves";
import { Numbers } from "./Numbers";
import { Problems } from "./Problems";
import { Staying } from "./Staying";
import { useExamples } from "./useExamples";
import { WhoMoves } from "./WhoMoves";

/** The tiers of the draft: one form, upon what was saved last. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const staff = useStaff();
  const navigate = useNavigate();
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const [currencies] = useState(() => currenciesOf(seen));
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, getValues, setValue, reset } = useForm<TiersForm>({ defaultValues: formOf(startOf(seen), currencies), errors: errors as never });
  const draft = useDraft(seen, (document) => reset(formOf(document, currencies)));
  const { original, saved, take } = draft;
  const form = useWatch({ control }) as TiersForm;
  const { document, places } = useMemo(() => documentOf(original, form), [original, form]);
  const { told, failure, retry } = useChecked(document);
  const findings = useMemo(() => placed(told?.checked.problems ?? [], places, "tiers"), [told, places]);
  const wrong = useMemo(() => errorsOf(findings), [findings]);
  if (ordered(wrong) !== ordered(errors)) setErrors(wrong);
  const examples = useExamples(document);
  const board = useBoard();
  const disabled = !seen.may_change;
  const ground = useMemo(() => ordered(documentOf(saved, formOf(saved, currencies)).document), [saved, currencies]);
  const dirty = ordered(document) !== ground;
  const mine = () => documentOf(original, getValues()).document;
  const begin = (section: Json) => reset({ ...formOf({ ...(original as Json), tiers: section }, currencies), enabled: true });
  const card = { control, disabled, findings, examples };
  return (
    <>
      <Page
        title={t("tiers.title")}
        lead={t("tiers.lead")}
        saving={draft.saving}
        actions={
          <Button type="button" variant="secondary" onClick={() => void navigate("/publish")}>
            {t("tiers.to_publish")}
          </Button>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "tiers.no_draft" : "program.from_live")}</Notice>}
        {failure !== null && <Failure error={failure} retry={retry} />}
        <Numbers board={board} />
        {form.levels.length === 0 ? (
          <Beginning disabled={disabled} begin={begin} />
        ) : (
          <>
            <Section title={t("tiers.in_program")}>
              <FieldSwitch control={control} name="enabled" label={t("tiers.enabled")} hint={t(form.enabled ? "tiers.enabled_hint" : "tiers.disabled_hint")} disabled={disabled} />
              <Problems found={findings.filter((one) => one.field === null)} />
            </Section>
            <Levels
              {...card}
              setValue={setValue}
              form={form}
              document={document}
              currencies={currencies}
              numbers={board.data?.levels ?? []}
            />
            <Staying {...card} form={form} />
          </>
        )}
        {seen.may_change && draft.version !== null && <WhoMoves unsaved={dirty} />}
        {staff.mayAny("MANAGE_USERS", "MANAGE_ORDERS") && board.data?.enabled && <Moves />}
        {!disabled && (
          <SaveBar dirty={dirty} offered={draft.proposed} saving={draft.saving} label={t("program.save")} onSave={() => draft.save(mine(), ground)} onDiscard={() => take(saved)} />
        )}
      </Page>
      <DraftConflict draft={draft} zone={seen.timezone} renew={props.renew} />
    </>
  );
}
