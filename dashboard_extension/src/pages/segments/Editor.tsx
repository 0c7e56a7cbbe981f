import { Badge, Button, Empty, Failure, FailureOf, Notice, Page, Progress, SaveBar, Section, useStaff, useT, When } from "@/kit";
import { useMemo, useState } from "react";
import { useForm, useWatch, type FieldValues } from "react-hook-form";
import { useNavigate } from "react-router";

import { useApiQuery, type Answer } from "@/api";
import type { Seen } from "@/pages/program/context";
import { DraftConflict, ordered, startOf, useDraft } from "@/pages/program/draft";
import { Told } from "@/pages/program/Told";
import { useChecked } from "@/pages/program/useChecked";
import { EditingContext } from "@/pages/rules/context";
import { tiersIn } from "@/pages/rules/Editor";
import { currenciesOf } from "@/pages/rules/conditions";
import { useNames } from "@/pages/rules/names";
import { NamesNotice } from "@/pages/rules/pickers";
import { errorsOf, placed } from "@/pages/rules/places";

import { categoriesIn, documentOf, formOf, localesOf, MOST, nameOf, newSegment, type SegmentForm, type SegmentsForm } from "./form";
import { KeptGoods } from "./KeptGoods";
import { calledAt, placesOf } from "./places";
import { SegmentEditor } from "./SegmentEditor";

type Board = Answer<"/api/dashboard/v1/segments">;

/** The segments of the draft: one form, upon what was saved last, with what is in force beside it. */
export function Editor(props: { seen: Seen; renew: () => void }) {
  const t = useT();
  const staff = useStaff();
  const navigate = useNavigate();
  const language = staff.locale.slice(0, 2);
  // What the form stands on stays as it was loaded: a refetch in the background must not move it.
  const [seen] = useState(props.seen);
  const [open, setOpen] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, unknown>>({});
  const { control, getValues, setValue, reset } = useForm<FieldValues>({ defaultValues: formOf(startOf(seen)), errors: errors as never });
  const draft = useDraft(seen, (document) => reset(formOf(document)));
  const { original, saved, take } = draft;
  const form = useWatch({ control }) as SegmentsForm;
  const document = useMemo(() => documentOf(original, form), [original, form]);
  const { told, failure, retry } = useChecked(document);
  const board = useApiQuery("/api/dashboard/v1/segments", undefined, { refetchInterval: 15_000 });
  const disabled = !seen.may_change;
  const ground = useMemo(() => ordered(documentOf(saved, formOf(saved))), [saved]);
  const [asked] = useState(() => ({ category: categoriesIn(formOf(startOf(seen))) }));
  const names = useNames(asked);
  const tiers = useMemo(() => tiersIn(original, language), [original, language]);
  const problems = useMemo(() => placed(told?.checked.problems ?? [], placesOf(form), "segments"), [told, form]);
  const wrong = useMemo(() => errorsOf(problems), [problems]);
  if (ordered(wrong) !== ordered(errors)) setErrors(wrong);
  const mine = () => documentOf(original, getValues() as SegmentsForm);
  const taken = (board.data?.segments ?? []).map((one) => one.id);
  const add = () => {
    const segment = newSegment(form, localesOf(original), taken);
    setValue("segments", [...form.segments, segment]);
    setOpen(segment.id);
  };
  const at = form.segments.findIndex((one) => one.id === open);
  const editing = { seen, control, getValues, setValue, disabled, findings: [], names: names.known, learn: names.learn, tiers, rewards: [], segments: [], events: [], kinds: null };
  return (
    <EditingContext.Provider value={editing}>
      <Page
        title={t("segments.title")}
        lead={t("segments.lead")}
        saving={draft.saving}
        actions={
          <>
            {!disabled && form.segments.length < MOST && (
              <Button onClick={add} data-segments="add">
                {t("segments.add")}
              </Button>
            )}
            <Button variant="secondary" onClick={() => void navigate("/publish")}>
              {t("segments.to_publish")}
            </Button>
          </>
        }
      >
        {disabled && <Notice tone="info">{t("program.read_only")}</Notice>}
        {seen.draft === null && <Notice tone="info">{t(seen.in_force === null ? "segments.no_draft" : "program.from_live")}</Notice>}
        {failure !== null && <Failure error={failure} retry={retry} />}
        <FailureOf query={board} />
        <NamesNotice failure={names.failure} retry={names.retry} missing={names.missing} />
        <Freshness sweep={board.data?.sweep ?? null} />
        <Section title={t("segments.list")} hint={t("segments.list_hint")}>
          <Told found={problems} called={(path) => calledAt(path, form, language)} />
          {form.segments.length === 0 && (
            <Empty
              title={t("segments.none")}
              action={
                disabled ? undefined : (
                  <Button onClick={add}>{t("segments.add")}</Button>
                )
              }
            >
              {t("segments.none_text")}
            </Empty>
          )}
          <ul className="segments-list">
            {form.segments.map((one) => (
              <Row
                key={one.id}
                segment={one}
                language={language}
                live={board.data?.segments.find((other) => other.id === one.id)}
                known={board.data !== undefined}
                open={open === one.id}
                disabled={disabled}
                edit={() => setOpen(open === one.id ? null : one.id)}
                show={() => void navigate(`/segments/${one.id}`)}
                remove={() => setValue("segments", form.segments.filter((other) => other.id !== one.id))}
              />
            ))}
          </ul>
        </Section>
        {at >= 0 && open !== null && <SegmentEditor key={open} at={at} currencies={currenciesOf(seen)} close={() => setOpen(null)} />}
        <KeptGoods />
        {!disabled && (
          <SaveBar
            dirty={ordered(document) !== ground}
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

/** When members were looked at last, or how far that has come. */
function Freshness(props: { sweep: Board["sweep"] }) {
  const t = useT();
  const { sweep } = props;
  if (sweep === null) return null;
  if (sweep.running) {
    return (
      <Section title={t("segments.filling")} hint={t("segments.filling_hint")}>
        <Progress done={sweep.done} total={sweep.total} label={t("segments.looked_at", { done: sweep.done, total: sweep.total })} />
      </Section>
    );
  }
  return (
    <p className="kit-soft kit-small" data-segments="fresh">
      {t("segments.fresh", { total: sweep.total })} {sweep.finished_at !== null && <When at={sweep.finished_at} />}
    </p>
  );
}

/** One segment: its name, who is meant, and how many that are. */
function Row(props: {
  segment: SegmentForm;
  language: string;
  live: Board["segments"][number] | undefined;
  known: boolean;
  open: boolean;
  disabled: boolean;
  edit: () => void;
  show: () => void;
  remove: () => void;
}) {
  const t = useT();
  const { live } = props;
  const name = nameOf(props.segment, props.language);
  const act = (what: string, press: () => void, more: object = {}) => (
    <Button size="small" variant="secondary" onClick={press} data-act={what} aria-label={t(`segments.act_named.${what}`, { name })} {...more}>
      {t(`segments.act.${what}`)}
    </Button>
  );
  return (
    <li data-segment={props.segment.id} aria-current={props.open || undefined}>
      <div className="segments-told">
        <h3>{name}</h3>
        {live !== undefined && <p>{live.told}</p>}
        <p className="kit-soft kit-small">
          <code>{props.segment.id}</code>
        </p>
      </div>
      <div className="segments-numbers">
        {live !== undefined && <strong data-size={live.members}>{t("segments.members", { count: live.members })}</strong>}
        {live === undefined && props.known && <Badge tone="info">{t("segments.not_live")}</Badge>}
        <div className="kit-actions">
          {live !== undefined && act("members", props.show)}
          {act(props.disabled ? "look" : "edit", props.edit, { "aria-expanded": props.open })}
          {!props.disabled && act("delete", props.remove)}
        </div>
      </div>
    </li>
  );
}
