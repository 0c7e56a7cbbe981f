import { useState, type ReactNode } from "react";

import { useApiMutation, useApiPages, useApiQuery, type components } from "@/api";
import { Badge, Button, ConfirmDialog, CursorTable, Empty, FailureOf, Section, Terms, useMoney, useNotify, useT, When, type Column } from "@/kit";

import { SetTier } from "./dialogs/SetTier";
import type { Member } from "./MemberPage";

type Standing = components["schemas"]["MemberTier"];
type Move = components["schemas"]["TierMoveLine"];

/** The tier of a member: since when, what counts, what comes, and how it came to be. */
export function Tier({ member, gives }: { member: Member; gives: boolean }) {
  const t = useT();
  const query = useApiQuery("/api/dashboard/v1/members/{member}/tier", { params: { path: { member: member.id } } });
  const [open, setOpen] = useState<"set" | "end" | null>(null);
  const close = () => setOpen(null);
  const found = query.data;
  if (!found?.enabled) return <FailureOf query={query} />;
  return (
    <Section
      title={t("members.tier")}
      hint={found.since && <>{t("members.tier_since")} <When at={found.since} form="day" /></>}
      actions={
        gives && (
          <>
            {found.manual !== null && (
              <Button variant="secondary" onClick={() => setOpen("end")} data-tier="end">
                {t("members.tier_end")}
              </Button>
            )}
            <Button variant="secondary" onClick={() => setOpen("set")} data-tier="set">
              {t("members.tier_set")}
            </Button>
          </>
        )
      }
    >
      <FailureOf query={query} />
      <p className="members-tier" data-tier={found.tier}>
        <span className="members-tier-dot" style={{ background: found.color ?? undefined }} aria-hidden />
        <strong>{found.name}</strong>
        {found.manual !== null && <Badge tone="info">{t("members.tier_by_hand")}</Badge>}
      </p>
      {found.ahead.length > 0 && (
        <div>
          <p className="kit-hint" id="member-tier-told">
            {t("members.tier_told")}
          </p>
          <ul className="members-ahead" aria-labelledby="member-tier-told">
            {found.ahead.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
      )}
      <Rests standing={found} />
      <details>
        <summary>{t("members.tier_moves")}</summary>
        <Moves id={member.id} />
      </details>
      {open === "set" && <SetTier member={member} standing={found} onClose={close} />}
      {open === "end" && <EndTier member={member} onClose={close} />}
    </Section>
  );
}

/** What the tier rests on: its period, what staff set, and what counts. */
function Rests({ standing }: { standing: Standing }) {
  const t = useT();
  const counts = useCounted()(standing.measures);
  const items: { name: string; value: ReactNode }[] = [];
  if (standing.held_through !== null) items.push({ name: t("members.tier_held"), value: <When at={standing.held_through} /> });
  if (standing.manual !== null) {
    const called = standing.choices.find((one) => one.id === standing.manual)?.name ?? standing.manual;
    const until = standing.manual_through !== null && (
      <>
        {" · "}
        {t("members.tier_through")} <When at={standing.manual_through} />
      </>
    );
    items.push({ name: t("members.tier_at_least"), value: <>{called}{until}</> });
  }
  if (counts !== "") items.push({ name: t("members.tier_counts"), value: counts });
  return <Terms items={items} />;
}

/** What counted, in words: "$340.00 · 4 orders". */
function useCounted(): (measures: Readonly<Record<string, unknown>>) => string {
  const t = useT();
  const money = useMoney();
  return ({ spend, orders, status_points: status, tenure_days: days }) => {
    const amounts = typeof spend === "object" && spend !== null ? Object.entries(spend as Record<string, string>) : [];
    return [
      ...amounts.map(([currency, amount]) => money({ amount, currency })),
      ...(typeof orders === "number" ? [t("members.counted_orders", { count: orders })] : []),
      ...(typeof status === "number" ? [t("members.counted_status", { count: status })] : []),
      ...(typeof days === "number" ? [t("members.counted_days", { count: days })] : []),
    ].join(" · ");
  };
}

function Moves({ id }: { id: string }) {
  const t = useT();
  const counted = useCounted();
  const pages = useApiPages("/api/dashboard/v1/tiers/moves", { params: { query: { member: id } } }, { first: 10 });
  const columns: Column<Move>[] = [
    { id: "to", title: t("members.tier"), cell: (row) => t("members.tier_move", { from: row.from_name, to: row.to_name }) },
    {
      id: "why",
      title: t("members.tier_why"),
      cell: (row) => (
        <>
          {row.by === null ? row.why_text : t("members.tier_why_by", { why: row.why_text, by: row.by })}
          <div className="kit-soft kit-small">{counted(row.measures)}</div>
        </>
      ),
    },
    { id: "at", title: t("members.at"), cell: (row) => <When at={row.at} /> },
  ];
  return (
    <CursorTable
      label={t("members.tier_moves")}
      pages={pages}
      columns={columns}
      rowKey={(row) => `${row.at} ${row.from_tier} ${row.to_tier}`}
      empty={<Empty title={t("members.tier_no_moves")}>{t("members.tier_no_moves_text")}</Empty>}
    />
  );
}

/** Ends a tier that staff set. */
function EndTier({ member, onClose }: { member: Member; onClose: () => void }) {
  const t = useT();
  const notify = useNotify();
  const end = useApiMutation("delete", "/api/dashboard/v1/members/{member}/tier", {
    onSuccess: ({ name }) => {
      notify("success", t("members.tier_ended"), t("members.tier_is", { name }));
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t("members.tier_end")}
      confirm={t("members.tier_end")}
      busy={end.isPending}
      error={end.error}
      onClose={onClose}
      onConfirm={() => end.mutate({ params: { path: { member: member.id } } })}
    >
      <p>{t("members.tier_end_text")}</p>
    </ConfirmDialog>
  );
}

