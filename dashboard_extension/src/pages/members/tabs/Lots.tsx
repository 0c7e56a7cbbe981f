import { useApiPages, type components } from "@/api";
import { CursorTable, Empty, Points, useT, When, type Column } from "@/kit";

type Line = components["schemas"]["LotLine"];

/** What is left of a member's earnings, with when it can be spent and when it expires. */
export function Lots({ id }: { id: string }) {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/members/{member}/lots", { params: { path: { member: id } } });
  const columns: Column<Line>[] = [
    { id: "earned", title: t("members.earned"), cell: (row) => <When at={row.earned_at} form="day" /> },
    {
      id: "available",
      title: t("members.available_from"),
      cell: (row) =>
        row.pending ? row.available_from ? <When at={row.available_from} form="day" /> : t("members.not_known_yet") : t("members.now"),
    },
    {
      id: "expires",
      title: t("members.expires"),
      cell: (row) => (
        <>
          {row.expires_at ? <When at={row.expires_at} form="day" /> : t("members.never")}
          {row.noticed_at && (
            <div className="kit-soft kit-small">
              {t("members.noticed")} <When at={row.noticed_at} form="day" />
            </div>
          )}
        </>
      ),
    },
    { id: "brought", title: t("members.brought"), align: "end", cell: (row) => <Points value={row.amount} /> },
    {
      id: "left",
      title: t("members.left_of_it"),
      align: "end",
      cell: (row) => (
        <>
          <Points value={row.remaining} />
          {row.held > 0 && <div className="kit-soft kit-small">{t("members.held_of_it", { points: row.held })}</div>}
        </>
      ),
    },
  ];
  return (
    <CursorTable
      label={t("members.tab.lots")}
      pages={pages}
      columns={columns}
      rowKey={(row) => `${row.source} ${row.earned_at} ${row.amount} ${row.expires_at}`}
      empty={<Empty title={t("members.no_lots")}>{t("members.no_lots_text")}</Empty>}
    />
  );
}
