import { useState } from "react";
import { useForm } from "react-hook-form";
import { Link } from "react-router";
import { z } from "zod";

import { useApiMutation, useApiPages, useApiQuery, type components } from "@/api";
import {
  Badge,
  Button,
  ConfirmDialog,
  CursorTable,
  Empty,
  FailureOf,
  FieldLongText,
  FieldNumber,
  FieldText,
  Section,
  useFailureWords,
  useMoney,
  useNotify,
  useStaff,
  useT,
  When,
  type Column,
} from "@/kit";
import { checkedBy, MOST_POINTS, whole } from "@/pages/members/checks";

type Prompt = components["schemas"]["GoodwillPrompt"];
type Asking = { prompt: Prompt; choice: "change" | "decline" } | "complaint" | null;

/** Orders that went wrong: staff give what is suggested, something else, or nothing. */
export function Goodwill() {
  const t = useT();
  const staff = useStaff();
  const [decided, setDecided] = useState(false);
  const [asking, setAsking] = useState<Asking>(null);
  const pages = useApiPages("/api/dashboard/v1/goodwill", { params: { query: { decided } } });
  const numbers = useApiQuery("/api/dashboard/v1/goodwill/numbers");
  const close = () => setAsking(null);
  return (
    <Section
      title={t("activity.goodwill")}
      hint={t("activity.goodwill_hint")}
      actions={
        <>
          <Button variant="secondary" size="small" aria-pressed={decided} data-goodwill="decided" onClick={() => setDecided(!decided)}>
            {t(decided ? "activity.goodwill_waiting" : "activity.goodwill_decided")}
          </Button>
          <Button size="small" data-goodwill="complain" onClick={() => setAsking("complaint")}>
            {t("activity.complain")}
          </Button>
        </>
      }
    >
      <FailureOf query={numbers} />
      {numbers.data && <Numbers numbers={numbers.data} />}
      <CursorTable
        label={t("activity.goodwill")}
        pages={pages}
        columns={useColumns(decided, staff.may("MANAGE_USERS"), setAsking)}
        rowKey={(row) => String(row.id)}
        empty={<Empty title={t(decided ? "activity.no_goodwill_decided" : "activity.no_goodwill")}>{t("activity.no_goodwill_text")}</Empty>}
      />
      {asking === "complaint" && <Complaint close={close} />}
      {asking !== null && asking !== "complaint" && <Deciding {...asking} close={close} />}
    </Section>
  );
}

function Numbers({ numbers }: { numbers: components["schemas"]["GoodwillNumbers"] }) {
  const t = useT();
  const sum = (of: "opened" | "given" | "declined" | "points") => numbers.signals.reduce((all, one) => all + one[of], 0);
  return (
    <p className="kit-hint" data-goodwill-numbers={sum("given")}>
      {t("activity.goodwill_numbers", { days: numbers.days, opened: sum("opened"), given: sum("given"), declined: sum("declined"), points: sum("points") })}
      {numbers.automatic_left !== null && ` ${t("activity.automatic_left", { points: numbers.automatic_left })}`}
    </p>
  );
}

function useColumns(decided: boolean, mayGive: boolean, ask: (asking: Asking) => void): Column<Prompt>[] {
  const t = useT();
  return [
    { id: "order", title: t("activity.order"), cell: (row) => `#${row.order_number}` },
    {
      id: "what",
      title: t("activity.what"),
      cell: (row) => (
        <div className="activity-told" data-prompt={row.signal}>
          <strong>{row.signal_name}</strong>
          <span>{row.told}</span>
          {row.note !== "" && <q>{row.note}</q>}
          {row.opened_by !== null && <span className="kit-soft kit-small">{t("activity.told_by", { name: row.opened_by })}</span>}
        </div>
      ),
    },
    {
      id: "member",
      title: t("activity.member"),
      cell: (row) => (
        <Link className="kit-link" to={`/members/${row.member}`}>
          {row.member_name || t("activity.member_number", { number: row.member })}
        </Link>
      ),
    },
    { id: "seen", title: t("activity.seen"), cell: (row) => <When at={row.opened_at} /> },
    { id: "decide", title: t(decided ? "activity.goodwill_result" : "activity.goodwill_outcome"), align: "end", cell: (row) => <Outcome prompt={row} mayGive={mayGive} ask={ask} /> },
  ];
}

/** What can be done with a prompt, or what was. */
function Outcome(props: { prompt: Prompt; mayGive: boolean; ask: (asking: Asking) => void }) {
  const t = useT();
  const { prompt, mayGive } = props;
  const suggested = useSuggestion(prompt);
  const decide = useDecide();
  if (prompt.choices.length === 0) {
    return (
      <div className="activity-told" data-outcome={prompt.state}>
        <span>
          <Badge tone={prompt.state === "given" ? "success" : "neutral"}>{t(`activity.goodwill_state.${prompt.state}`)}</Badge>
        </span>
        {prompt.given > 0 && <span>{t("activity.goodwill_points", { points: prompt.given })}</span>}
        {prompt.code !== null && <span className="kit-small">{t(`activity.goodwill_code.${prompt.code}`)}</span>}
        {prompt.decided_by !== null && <span className="kit-soft kit-small">{prompt.decided_by}</span>}
        {prompt.decision_note !== "" && <q>{prompt.decision_note}</q>}
      </div>
    );
  }
  if (!mayGive) return <span>{suggested}</span>;
  return (
    <div className="activity-choices">
      {prompt.automatic && <span className="kit-hint">{t("activity.goodwill_automatic")}</span>}
      {prompt.choices.includes("accept") && (
        <Button
          size="small"
          data-choice="accept"
          disabled={decide.isPending}
          onClick={() => decide.mutate({ params: { path: { prompt: prompt.id } }, body: { choice: "accept", note: "" } })}
        >
          {suggested}
        </Button>
      )}
      {(["change", "decline"] as const).map((choice) => (
        <Button key={choice} size="small" variant="secondary" data-choice={choice} disabled={decide.isPending} onClick={() => props.ask({ prompt, choice })}>
          {t(`activity.goodwill_choice.${choice}`)}
        </Button>
      ))}
    </div>
  );
}

/** What is suggested, as the button says it. */
function useSuggestion(prompt: Prompt): string {
  const t = useT();
  const money = useMoney();
  if (prompt.points === 0) return t("activity.goodwill_worthless");
  if (prompt.amount === null) return t("activity.give_points", { points: prompt.points });
  return t(prompt.as_code ? "activity.give_code" : "activity.give_worth", { amount: money(prompt.amount), points: prompt.points });
}

const LISTS = ["/api/dashboard/v1/goodwill", "/api/dashboard/v1/goodwill/numbers"] as const;

function useDecide(done?: () => void) {
  const t = useT();
  const notify = useNotify();
  const words = useFailureWords();
  return useApiMutation("post", "/api/dashboard/v1/goodwill/{prompt}", {
    invalidates: [...LISTS],
    onSuccess: (made) => {
      notify(made.state === "waiting" ? "info" : "success", t(`activity.goodwill_done.${made.state}`, { number: made.order_number }));
      done?.();
    },
    // Where a dialog is open it says itself what went wrong.
    onError: (failure) => {
      if (done !== undefined) return;
      const { title, text } = words(failure);
      notify("error", title, text);
    },
  });
}

function Deciding(props: { prompt: Prompt; choice: "change" | "decline"; close: () => void }) {
  const t = useT();
  const { prompt, choice, close } = props;
  const changes = choice === "change";
  const number = whole(1, MOST_POINTS, { none: t("members.needs_number"), more: t("members.too_much") });
  const schema = z.object({ points: changes ? number : z.any(), note: z.string().trim().min(1, t("members.needs_note")) });
  const form = useForm<{ points: number | string | null; note: string }>({ resolver: checkedBy(schema), defaultValues: { points: prompt.points || null, note: "" } });
  const decide = useDecide(close);
  const submit = form.handleSubmit((filled) =>
    decide.mutate({ params: { path: { prompt: prompt.id } }, body: { choice, note: filled.note.trim(), ...(changes ? { points: Number(filled.points) } : {}) } }),
  );
  return (
    <ConfirmDialog
      title={t(`activity.goodwill_ask.${choice}`, { number: prompt.order_number })}
      confirm={t(changes ? "activity.give" : "activity.goodwill_choice.decline")}
      destructive={!changes}
      busy={decide.isPending}
      error={decide.error}
      onClose={close}
      onConfirm={() => void submit()}
    >
      {changes && <FieldNumber control={form.control} name="points" label={t("activity.points")} />}
      <FieldLongText control={form.control} name="note" label={t("members.note")} rows={3} maxLength={500} />
    </ConfirmDialog>
  );
}

function Complaint({ close }: { close: () => void }) {
  const t = useT();
  const notify = useNotify();
  const schema = z.object({ order: z.string().trim().min(1, t("activity.needs_order")), note: z.string().trim() });
  const form = useForm({ resolver: checkedBy(schema), defaultValues: { order: "", note: "" } });
  const noted = useApiMutation("post", "/api/dashboard/v1/goodwill", {
    invalidates: [...LISTS],
    onSuccess: (made) => {
      notify("success", t("activity.complained", { number: made.order_number }));
      close();
    },
  });
  const submit = form.handleSubmit((filled) => noted.mutate({ body: { order_number: filled.order, note: filled.note } }));
  return (
    <ConfirmDialog title={t("activity.complain")} confirm={t("activity.complain_do")} busy={noted.isPending} error={noted.error} onClose={close} onConfirm={() => void submit()}>
      <FieldText control={form.control} name="order" label={t("activity.order_number")} maxLength={100} />
      <FieldLongText control={form.control} name="note" label={t("members.note")} rows={3} maxLength={500} />
    </ConfirmDialog>
  );
}
