import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "react-router";

import { apiKey, useApiPages } from "@/api";
import { Badge, CursorTable, Points, useT, When, type Column } from "@/kit";

import { Filter } from "../settings/Filter";
import { PATH, type MemberImport, type Row } from "./shapes";

const STATES = ["ready", "booked", "there", "bad"] as const;
const TONES = { new: "neutral", ready: "info", booked: "success", there: "neutral", bad: "error" } as const;

/** The first rows as they were understood; more, and only some of them, when asked for. */
export function Rows({ found }: { found: MemberImport }) {
  const t = useT();
  const [state, setState] = useState<Row["state"] | "">("");
  const query = state === "" ? {} : { state };
  const pages = useApiPages(`${PATH}/{import_id}/rows`, { params: { path: { import_id: found.id }, query } }, { first: 5 });
  const queries = useQueryClient();
  useEffect(() => {
    // Booking and taking back change what became of the rows.
    void queries.invalidateQueries({ queryKey: apiKey(`${PATH}/{import_id}/rows`) });
  }, [found.state, queries]);
  const columns: Column<Row>[] = [
    { id: "line", title: t("import.line"), align: "end", cell: (row) => <Points value={row.line} /> },
    { id: "who", title: t("import.who"), cell: (row) => <Who row={row} /> },
    { id: "points", title: t("import.points"), align: "end", cell: (row) => <Points value={row.points} /> },
    { id: "expires", title: t("import.expires"), cell: (row) => <Expiry row={row} /> },
    { id: "outcome", title: t("import.outcome"), cell: (row) => <Outcome row={row} /> },
  ];
  return (
    <div className="import-body">
      <Filter
        label={t("import.show")}
        all={t("import.all_rows")}
        value={state}
        choices={STATES.map((value) => ({ value, label: t(`import.row_state.${value}`) }))}
        onChange={(value) => setState(value as Row["state"] | "")}
      />
      <CursorTable label={t("import.rows")} pages={pages} columns={columns} rowKey={(row) => String(row.line)} empty={<p className="kit-hint">{t("import.no_rows")}</p>} />
    </div>
  );
}

function Who({ row }: { row: Row }) {
  const t = useT();
  if (row.member !== null) return <Link to={`/members/${row.member}`}>{t("import.member", { number: row.member })}</Link>;
  return <span className="import-name">{row.email || row.user_id || "–"}</span>;
}

function Expiry({ row }: { row: Row }) {
  const t = useT();
  if (row.state === "bad" || row.points === 0) return "–";
  if (row.expires === "never") return t("import.never");
  return row.expires === "" ? t("import.as_program") : <When at={row.expires} form="day" />;
}

function Outcome({ row }: { row: Row }) {
  const t = useT();
  return (
    <div className="import-why">
      <span>
        <Badge tone={TONES[row.state]}>{t(`import.row_state.${row.state}`)}</Badge>
      </span>
      {row.problems.map((one) => (
        <span key={`${one.column}:${one.code}`} className="kit-small">
          {one.column !== "" && <code>{one.column}</code>} {one.text}
        </span>
      ))}
    </div>
  );
}
