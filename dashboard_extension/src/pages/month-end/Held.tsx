import { useIntl } from "react-intl";

import type { components } from "@/api";
import { Points, Table, Terms, useT, type Column } from "@/kit";

type AgedPoints = components["schemas"]["AgedPoints"];
type Breakage = components["schemas"]["BreakageOf"];

/** Points that members hold, by age and by what is left until they expire. */
export function Aged(props: { byAge: readonly AgedPoints[]; byExpiry: readonly AgedPoints[] }) {
  const t = useT();
  if (props.byAge.length === 0 && props.byExpiry.length === 0) return <p className="kit-soft">{t("month-end.nothing_held")}</p>;
  return (
    <div className="month-end-tables">
      <div>
        <h3>{t("month-end.by_age")}</h3>
        <Classes label={t("month-end.by_age")} rows={props.byAge} kind="age" />
      </div>
      <div>
        <h3>{t("month-end.by_expiry")}</h3>
        <Classes label={t("month-end.by_expiry")} rows={props.byExpiry} kind="expiry" />
      </div>
    </div>
  );
}

function Classes(props: { label: string; rows: readonly AgedPoints[]; kind: "age" | "expiry" }) {
  const t = useT();
  const words = (row: AgedPoints) => {
    if (row.never) return t("month-end.never");
    if (row.up_to_days === null) return t(`month-end.${props.kind}_beyond`);
    const bounds = { from: row.from_days, days: row.up_to_days };
    return t(row.from_days === 0 ? `month-end.${props.kind}_up_to` : `month-end.${props.kind}_between`, bounds);
  };
  const columns: Column<AgedPoints>[] = [
    { id: "class", title: t("month-end.class"), cell: words },
    { id: "currency", title: t("month-end.currency"), cell: (row) => row.currency || "–" },
    { id: "points", title: t("month-end.points"), align: "end", cell: (row) => <Points value={row.points} /> },
  ];
  return <Table label={props.label} rows={props.rows} columns={columns} rowKey={(row) => `${row.currency} ${String(row.up_to_days)} ${String(row.never)}`} />;
}

/** Of the points whose fate was decided, how many expired. */
export function Broken(props: { breakage: Breakage }) {
  const t = useT();
  const intl = useIntl();
  const { rate, expected, expired, redeemed } = props.breakage;
  return (
    <Terms
      items={[
        {
          name: t("month-end.breakage"),
          value: rate === null ? t("month-end.breakage_unknown") : t("month-end.breakage_of", { rate: intl.formatNumber(Number(rate), { style: "percent", maximumFractionDigits: 1 }), expired: intl.formatNumber(expired), redeemed: intl.formatNumber(redeemed) }),
        },
        ...(expected === null ? [] : [{ name: t("month-end.expected"), value: <Points value={expected} /> }]),
      ]}
    />
  );
}
