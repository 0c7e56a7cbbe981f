import { useApiPages, type components } from "@/api";
import { Badge, Button, CursorTable, Empty, Points, useNotify, useT, When, type Column } from "@/kit";
import { copyText } from "@/kit/clipboard";

import { By } from "../By";

type Line = components["schemas"]["StatementLine"];
const UNITS = ["points", "status"] as const;
export type Unit = (typeof UNITS)[number];

/** The unit that an address names; points unless it is another. */
export function unitOf(named: string | null): Unit {
  return UNITS.find((unit) => unit === named) ?? "points";
}

/** A member's movements in a unit, each with why it has its amount; `choose` is null where there is one unit alone. */
export function Statement({ id, unit, choose }: { id: string; unit: Unit; choose: ((unit: Unit) => void) | null }) {
  const t = useT();
  return (
    <>
      {choose && (
        <div className="members-units" role="group" aria-label={t("members.unit")}>
          {UNITS.map((one) => (
            <Button key={one} size="small" variant="secondary" aria-pressed={one === unit} data-unit={one} onClick={() => choose(one)}>
              {t(`members.unit.${one}`)}
            </Button>
          ))}
        </div>
      )}
      <Movements key={unit} id={id} unit={unit} />
    </>
  );
}

function Movements({ id, unit }: { id: string; unit: Unit }) {
  const t = useT();
  const pages = useApiPages("/api/dashboard/v1/members/{member}/statement", { params: { path: { member: id }, query: { unit } } });
  const expires: Column<Line> = {
    id: "expires",
    title: t("members.expires"),
    cell: (row) => (row.expires_at ? <When at={row.expires_at} form="day" /> : "–"),
  };
  const columns: Column<Line>[] = [
    { id: "at", title: t("members.at"), cell: (row) => <When at={row.at} /> },
    { id: "what", title: t("members.what"), cell: (row) => <Why line={row} /> },
    { id: "state", title: t("members.stands"), cell: (row) => <Badge>{row.state_name}</Badge> },
    ...(unit === "points" ? [expires] : []),
    { id: "points", title: t(`members.unit.${unit}`), align: "end", cell: (row) => <Points value={row.amount} sign /> },
  ];
  return (
    <CursorTable
      label={t("members.tab.statement")}
      pages={pages}
      columns={columns}
      rowKey={(row) => row.id}
      empty={<Empty title={t("members.no_movements")}>{t(`members.no_movements_text.${unit}`)}</Empty>}
    />
  );
}

function Why({ line }: { line: Line }) {
  const t = useT();
  const notify = useNotify();
  const [first, ...more] = line.explanation;
  const copy = async () => {
    if (await copyText(line.for_customer.join("\n"))) notify("success", t("members.copied"));
    else notify("error", t("members.not_copied"), line.for_customer.join(" "));
  };
  return (
    <div className="members-why">
      <p>{first ?? line.kind_name}</p>
      {more.length > 0 && (
        <details>
          <summary>{t("members.why")}</summary>
          {more.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </details>
      )}
      <By who={line.by} />
      <div>
        <Button size="small" variant="tertiary" onClick={() => void copy()}>
          {t("members.copy")}
        </Button>
      </div>
    </div>
  );
}
