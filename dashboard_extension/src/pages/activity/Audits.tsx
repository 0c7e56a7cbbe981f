import { useEffect } from "react";

import { useApiMutation, useApiPages, type components } from "@/api";
import { Badge, Button, CursorTable, Empty, Failure, Progress, Section, Table, useStaff, useT, When, type Column } from "@/kit";

type Audit = components["schemas"]["AuditOfBooks"];
type Drift = Audit["found"][number];
const PATH = "/api/dashboard/v1/activity/audits";
const LOOK_AGAIN = 2_000;

/** Whether the books add up: every night, and whenever somebody asks. */
export function Audits() {
  const t = useT();
  const staff = useStaff();
  const pages = useApiPages(PATH, {}, { first: 10 });
  const begin = useApiMutation("post", PATH, { invalidates: [PATH] });
  const newest = pages.data?.pages[0]?.items[0];
  const running = newest !== undefined && newest.finished_at === null;
  const { refetch } = pages;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => void refetch(), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [running, refetch]);
  const columns: Column<Audit>[] = [
    { id: "at", title: t("activity.at"), cell: (row) => <When at={row.asked_at} /> },
    { id: "by", title: t("activity.asked_by"), cell: (row) => (row.asked_by === "system:audit" ? t("activity.nightly") : row.asked_by_name) },
    { id: "result", title: t("activity.result"), cell: (row) => <Result audit={row} /> },
  ];
  return (
    <Section
      title={t("activity.tab.audits")}
      hint={t("activity.audits_hint")}
      actions={
        staff.may("MANAGE_APPS") && (
          <Button variant="secondary" disabled={begin.isPending || running} onClick={() => begin.mutate({})}>
            {t("activity.audit_now")}
          </Button>
        )
      }
    >
      {begin.error && <Failure error={begin.error} />}
      {running && <Progress label={t("activity.audit_running")} done={0} total={null} />}
      <CursorTable
        label={t("activity.tab.audits")}
        pages={pages}
        columns={columns}
        rowKey={(row) => String(row.number)}
        empty={<Empty title={t("activity.no_audits")}>{t("activity.no_audits_text")}</Empty>}
      />
    </Section>
  );
}

function Result(props: { audit: Audit }) {
  const t = useT();
  const { drifts, found, finished_at: finished } = props.audit;
  if (finished === null || drifts === null) return <Badge>{t("activity.audit_running")}</Badge>;
  if (drifts === 0) return <Badge tone="success">{t("activity.adds_up")}</Badge>;
  const columns: Column<Drift>[] = [
    { id: "what", title: t("activity.what"), cell: (row) => row.what },
    { id: "member", title: t("activity.member"), cell: (row) => row.member ?? "–" },
    { id: "number", title: t("activity.number"), cell: (row) => row.subject ?? (row.about || "–") },
    { id: "expected", title: t("activity.expected"), align: "end", cell: (row) => row.expected },
    { id: "found", title: t("activity.found"), align: "end", cell: (row) => row.found },
  ];
  return (
    <details className="activity-facts">
      <summary>
        <Badge tone="error">{t("activity.drifts", { count: drifts })}</Badge>
      </summary>
      <Table label={t("activity.drifts", { count: drifts })} rows={found} columns={columns} rowKey={(row) => `${row.what} ${String(row.member)} ${String(row.subject)} ${row.unit}`} />
      {drifts > found.length && <p>{t("activity.drifts_more", { count: drifts - found.length })}</p>}
      <h4>{t("activity.what_to_do")}</h4>
      <ul>
        {[...new Set(found.map((row) => row.advice))].map((advice) => (
          <li key={advice}>{advice}</li>
        ))}
      </ul>
    </details>
  );
}
