import { useApiPages, type components } from "@/api";
import { CursorTable, Empty, Section, useT, When, type Column } from "@/kit";

type Action = components["schemas"]["NotedAction"];

/** Who changed what, with the state before and after. */
export function Changes() {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/activity/staff-actions");
  const columns: Column<Action>[] = [
    { id: "at", title: t("activity.at"), cell: (row) => <When at={row.at} /> },
    { id: "who", title: t("activity.who"), cell: (row) => row.actor_name },
    { id: "what", title: t("activity.what"), cell: (row) => row.what },
    { id: "subject", title: t("activity.subject"), cell: (row) => <code className="activity-code">{row.subject}</code> },
    { id: "change", title: t("activity.change"), cell: (row) => <Change action={row} /> },
  ];
  return (
    <Section title={t("activity.tab.changes")} hint={t("activity.changes_hint")}>
      <CursorTable
        label={t("activity.tab.changes")}
        pages={pages}
        columns={columns}
        rowKey={(row) => `${row.at} ${row.kind} ${row.subject} ${row.actor}`}
        empty={<Empty title={t("activity.no_changes")}>{t("activity.no_changes_text")}</Empty>}
      />
    </Section>
  );
}

function Change(props: { action: Action }) {
  const t = useT();
  const { before, after } = props.action;
  if (before === null && after === null) return <>–</>;
  return (
    <details className="activity-facts">
      <summary>{t("activity.show")}</summary>
      {before !== null && (
        <div>
          {t("activity.before")} <code>{JSON.stringify(before)}</code>
        </div>
      )}
      {after !== null && (
        <div>
          {t("activity.after")} <code>{JSON.stringify(after)}</code>
        </div>
      )}
    </details>
  );
}
