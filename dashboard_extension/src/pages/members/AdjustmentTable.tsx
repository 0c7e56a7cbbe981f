import { useState } from "react";
import { useForm } from "react-hook-form";
import { Link } from "react-router";

import { useApiMutation, useApiPages, type components } from "@/api";
import { Badge, Button, ConfirmDialog, CursorTable, Empty, FieldLongText, Points, useNotify, useStaff, useT, When, type Column, type Tone } from "@/kit";

import { By } from "./By";

type Line = components["schemas"]["AdjustmentLine"];
type Decision = components["schemas"]["DecisionInput"]["decision"];
const TONES: Record<string, Tone> = { posted: "success", waiting: "warning", refused: "error" };

/** Points moved by hand and requests for it, with what can be decided. */
export function AdjustmentTable(props: { query: { member?: string; state?: string }; named?: boolean }) {
  const t = useT();
  const [deciding, setDeciding] = useState<{ line: Line; decision: Decision } | null>(null);
  const pages = useApiPages("/api/dashboard/v1/adjustments", { params: { query: props.query } });
  const columns: Column<Line>[] = [
    { id: "at", title: t("members.at"), cell: (row) => <When at={row.requested_at} /> },
    ...(props.named
      ? [
          {
            id: "member",
            title: t("members.member"),
            cell: (row: Line) => (
              <Link className="kit-link" to={`/members/${row.member}`}>
                {row.member_name || t("members.number_is", { id: row.member })}
              </Link>
            ),
          },
        ]
      : []),
    {
      id: "why",
      title: t("members.reason"),
      cell: (row) => (
        <div className="members-why">
          <p>{row.reason_name}</p>
          {row.note && <p className="members-text kit-soft">{row.note}</p>}
          <By who={row.requested_by} />
          {row.decided_by && (
            <p className="kit-soft kit-small">
              {t("members.decided_by", { who: row.decided_by })} {row.decision_note}
            </p>
          )}
        </div>
      ),
    },
    { id: "state", title: t("members.stands"), cell: (row) => <Badge tone={TONES[row.state] ?? "neutral"}>{t(`members.adjustment.${row.state}`)}</Badge> },
    { id: "points", title: t("members.points"), align: "end", cell: (row) => <Points value={row.points} sign /> },
    { id: "decide", title: "", cell: (row) => <Choices line={row} decide={(decision) => setDeciding({ line: row, decision })} /> },
  ];
  return (
    <>
      <CursorTable
        label={t("members.tab.by_hand")}
        pages={pages}
        columns={columns}
        rowKey={(row) => String(row.id)}
        empty={
          props.query.state === "waiting" ? (
            <Empty title={t("members.none_waiting")}>{t("members.none_waiting_text")}</Empty>
          ) : (
            <Empty title={t("members.no_adjustments")}>{t("members.no_adjustments_text")}</Empty>
          )
        }
      />
      {deciding && <Decide {...deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

function Choices({ line, decide }: { line: Line; decide: (decision: Decision) => void }) {
  const t = useT();
  const staff = useStaff();
  if (line.state !== "waiting") return null;
  if (line.is_yours) {
    return (
      <Button size="small" variant="secondary" onClick={() => decide("withdraw")}>
        {t("members.withdraw")}
      </Button>
    );
  }
  if (!staff.may("MANAGE_DISCOUNTS")) return null;
  return (
    <div className="kit-actions">
      <Button size="small" onClick={() => decide("approve")}>
        {t("members.approve")}
      </Button>
      <Button size="small" variant="secondary" onClick={() => decide("refuse")}>
        {t("members.refuse")}
      </Button>
    </div>
  );
}

function Decide(props: { line: Line; decision: Decision; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const { line, decision, onClose } = props;
  const form = useForm({ defaultValues: { note: "" } });
  const send = useApiMutation("post", "/api/dashboard/v1/adjustments/{adjustment}", {
    onSuccess: () => {
      notify("success", t(`members.decided.${decision}`));
      onClose();
    },
  });
  const submit = form.handleSubmit(({ note }) =>
    send.mutate({ params: { path: { adjustment: line.id } }, body: { decision, note } }),
  );
  return (
    <ConfirmDialog
      title={t(`members.decide.${decision}`)}
      confirm={t(`members.decide.${decision}`)}
      destructive={decision === "refuse"}
      busy={send.isPending}
      error={send.error}
      onClose={onClose}
      onConfirm={() => void submit()}
    >
      <p>{t("members.decide_text", { points: line.points, name: line.member_name || line.member, reason: line.reason_name })}</p>
      <FieldLongText control={form.control} name="note" label={t("members.note_optional")} rows={3} maxLength={500} />
    </ConfirmDialog>
  );
}
