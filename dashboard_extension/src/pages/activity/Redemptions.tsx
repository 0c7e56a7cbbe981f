import { useForm, useWatch } from "react-hook-form";
import { Link } from "react-router";

import { useApiPages, type components } from "@/api";
import { Badge, CursorTable, Empty, FieldSelect, Given, Points, Section, useT, When, type Column, type Tone } from "@/kit";

type Line = components["schemas"]["RedemptionInList"];
const STATES = ["held", "issued", "attached", "consumed", "restored", "released", "expired", "failed"] as const;
type State = (typeof STATES)[number];
const TONES: Readonly<Record<string, Tone>> = { consumed: "success", attached: "info", issued: "info", held: "info", failed: "error" };

/** All redemptions of the store. */
export function Redemptions() {
  const t = useT();
  const form = useForm<{ state: State | "" }>({ defaultValues: { state: "" } });
  const state = useWatch({ control: form.control, name: "state" });
  const pages = useApiPages("/api/dashboard/v1/activity/redemptions", { params: { query: state === "" ? {} : { state: [state] } } });
  return (
    <Section title={t("activity.tab.redemptions")} hint={t("activity.redemptions_hint")}>
      <div className="kit-fields">
        <FieldSelect
          control={form.control}
          name="state"
          label={t("activity.state")}
          empty={t("activity.any")}
          choices={STATES.map((one) => ({ value: one, label: t(`activity.redemption.${one}`) }))}
        />
      </div>
      <CursorTable
        label={t("activity.tab.redemptions")}
        pages={pages}
        columns={columns(t)}
        rowKey={(row) => row.redemption.id}
        empty={<Empty title={t("activity.no_redemptions")}>{t("activity.no_redemptions_text")}</Empty>}
      />
    </Section>
  );
}

function columns(t: ReturnType<typeof useT>): Column<Line>[] {
  return [
    { id: "at", title: t("activity.at"), cell: (row) => <When at={row.created_at} /> },
    {
      id: "member",
      title: t("activity.member"),
      cell: (row) => (
        <Link className="kit-link" to={`/members/${row.member}`}>
          {t("activity.member_number", { number: row.member })}
        </Link>
      ),
    },
    { id: "points", title: t("activity.points"), align: "end", cell: (row) => <Points value={row.redemption.points} /> },
    { id: "discount", title: t("activity.discount"), align: "end", cell: (row) => <Given {...row.redemption} /> },
    { id: "state", title: t("activity.state"), cell: (row) => <Badge tone={TONES[row.redemption.state]}>{t(`activity.redemption.${row.redemption.state}`)}</Badge> },
    { id: "channel", title: t("activity.channel"), cell: (row) => row.channel },
    { id: "by", title: t("activity.by"), cell: (row) => t(row.by_staff ? "activity.by_staff" : "activity.by_shopper") },
    { id: "why", title: t("activity.why"), cell: (row) => row.redemption.error?.message ?? "–" },
  ];
}
