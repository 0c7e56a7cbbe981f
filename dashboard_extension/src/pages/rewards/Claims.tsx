import { useState } from "react";
import { useForm } from "react-hook-form";
import { Link } from "react-router";

import { useApiMutation, useApiPages, type components } from "@/api";
import { Badge, Button, CursorTable, Dialog, Empty, Failure, FieldLongText, Points, Section, useNotify, useStaff, useT, When, type Column } from "@/kit";

type Line = components["schemas"]["ClaimLine"];
type Move = components["schemas"]["MoveClaimInput"]["to"];
interface Wish {
  readonly line: Line;
  readonly to: Move;
}

const LISTS = "/api/dashboard/v1/rewards/claims";

/** What staff hand over: moved on with a note; refused, the points go back. */
export function Claims() {
  const t = useT();
  const [done, setDone] = useState(false);
  const [wish, setWish] = useState<Wish | null>(null);
  const pages = useApiPages(LISTS, { params: { query: { done } } });
  return (
    <Section
      title={t("rewards.claims")}
      hint={t("rewards.claims_hint")}
      actions={
        <Button type="button" size="small" variant="secondary" aria-pressed={done} onClick={() => setDone(!done)}>
          {t(done ? "rewards.show_open" : "rewards.show_done")}
        </Button>
      }
    >
      <CursorTable
        label={t("rewards.claims")}
        pages={pages}
        columns={useColumns(setWish)}
        rowKey={(row) => row.id}
        empty={<Empty title={t(done ? "rewards.no_done" : "rewards.no_claims")}>{t("rewards.no_claims_text")}</Empty>}
      />
      {wish !== null && <MoveDialog wish={wish} close={() => setWish(null)} />}
    </Section>
  );
}

function useColumns(move: (wish: Wish) => void): Column<Line>[] {
  const t = useT();
  const staff = useStaff();
  return [
    { id: "reward", title: t("rewards.reward"), cell: (row) => row.reward },
    {
      id: "member",
      title: t("rewards.member"),
      cell: (row) => (
        <Link className="kit-link" to={`/members/${row.member}`}>
          {row.member_name ?? t("rewards.member_number", { number: row.member })}
        </Link>
      ),
    },
    {
      id: "state",
      title: t("rewards.how_far"),
      cell: (row) => (
        <>
          <Badge tone={row.state === "handed_over" ? "success" : row.state === "preparing" ? "info" : "neutral"}>{t(`rewards.claim.${row.state}`)}</Badge>
          {row.note !== "" && <p className="kit-hint rewards-note">{row.note}</p>}
          {row.moved_by !== null && <p className="kit-hint">{t("rewards.moved_by", { name: row.moved_by })}</p>}
        </>
      ),
    },
    { id: "points", title: t("rewards.points"), align: "end", cell: (row) => <Points value={row.points} /> },
    { id: "claimed", title: t("rewards.claimed_at"), cell: (row) => <When at={row.claimed_at} /> },
    ...(staff.may("MANAGE_ORDERS")
      ? [
          {
            id: "moves",
            title: t("rewards.moves"),
            align: "end",
            cell: (row) => (
              <div className="rewards-moves">
                {row.moves.map((to) => (
                  <Button key={to} type="button" size="small" variant="secondary" data-move={to} onClick={() => move({ line: row, to })}>
                    {t(`rewards.move.${to}`)}
                  </Button>
                ))}
              </div>
            ),
          } satisfies Column<Line>,
        ]
      : []),
  ];
}

function MoveDialog(props: { wish: Wish; close: () => void }) {
  const t = useT();
  const notify = useNotify();
  const { line, to } = props.wish;
  const { control, getValues, watch } = useForm({ defaultValues: { note: line.note } });
  const move = useApiMutation("post", "/api/dashboard/v1/rewards/claims/{claim_id}/moves", {
    invalidates: [LISTS, "/api/dashboard/v1/rewards"],
    onSuccess: () => {
      notify("success", t(`rewards.moved.${to}`));
      props.close();
    },
  });
  const missing = to === "refused" && watch("note").trim() === "";
  const send = () => {
    if (!missing) move.mutate({ params: { path: { claim_id: line.id } }, body: { to, note: getValues("note") } });
  };
  return (
    <Dialog
      title={t(`rewards.move_title.${to}`, { reward: line.reward })}
      onClose={props.close}
      onSubmit={send}
      actions={
        <>
          <Button type="button" variant="secondary" onClick={props.close}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" variant={to === "refused" ? "error" : "primary"} disabled={move.isPending || missing}>
            {t(`rewards.move.${to}`)}
          </Button>
        </>
      }
    >
      <p>{t(`rewards.move_text.${to}`, { points: line.points })}</p>
      <FieldLongText control={control} name="note" label={t("rewards.move_note")} hint={t(to === "refused" ? "rewards.move_note_needed" : "rewards.move_note_hint")} rows={3} maxLength={500} />
      {move.error && <Failure error={move.error} />}
    </Dialog>
  );
}
