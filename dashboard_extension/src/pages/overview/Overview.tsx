import { useEffect, useMemo, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { FormattedDate, useIntl } from "react-intl";
import { useSearchParams } from "react-router";

import { useApiQuery, type components } from "@/api";
import { Button, Empty, FieldDate, Figures, Loaded, Money, Page, Points, Section, Table, useDownload, useT, type Column } from "@/kit";

import { Chart, type Line } from "./Chart";
import { changeOf, daysOf, isDay, PRESETS, stepOf, type Days } from "./ranges";

type Seen = components["schemas"]["RangeOverview"];
type Side = Seen["now"];
type Point = Seen["series"][number];
const PATH = "/api/dashboard/v1/insights/overview";
/** Half-typed years are no choice. */
const EARLIEST = "2000-01-01";

/** What the program brought in a range of days, beside the days before. */
export function Overview() {
  const t = useT();
  const { download, busy } = useDownload();
  const [params, setParams] = useSearchParams();
  const chosen = useMemo(() => chosenDays(params), [params]);
  const query = chosen === null ? {} : { ...chosen, step: stepOf(chosen) };
  const seen = useApiQuery(PATH, { params: { query } }, { keep: true });
  // Where other days cannot be shown, others still can be chosen.
  const [last, setLast] = useState(seen.data);
  if (seen.data !== undefined && seen.data !== last) setLast(seen.data);
  const choose = (days: Days) => setParams({ ...days }, { replace: true });
  const address = new URLSearchParams(query as Record<string, string>).toString();
  return (
    <Page
      title={t("overview.title")}
      lead={t("overview.lead")}
      actions={
        <Button variant="secondary" disabled={busy} onClick={() => void download(`${PATH}.csv${address === "" ? "" : `?${address}`}`)}>
          {t("overview.csv")}
        </Button>
      }
    >
      {seen.data === undefined && seen.error && last !== undefined && <Range seen={last} choose={choose} />}
      <Loaded query={seen} lines={12}>
        {(found) => (
          <>
            <Range key={`${found.now.days.since} ${found.now.days.until}`} seen={found} choose={choose} />
            <Members now={found.now} before={found.before} />
            <Movements seen={found} />
            <Orders now={found.now} />
            {found.now.hold_out.length > 0 && <HoldOut now={found.now} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function chosenDays(params: URLSearchParams): Days | null {
  const since = params.get("since") ?? "";
  const until = params.get("until") ?? "";
  return isDay(since) && isDay(until) ? { since, until } : null;
}

function Range(props: { seen: Seen; choose: (days: Days) => void }) {
  const t = useT();
  const { seen, choose } = props;
  const { today } = seen;
  const shown = seen.now.days;
  const form = useForm<Days>({ defaultValues: { since: shown.since, until: shown.until } });
  const typed = useWatch({ control: form.control }) as Partial<Days>;
  const since = typed.since ?? "";
  const until = typed.until ?? "";
  const changed = (since !== shown.since || until !== shown.until) && isDay(since) && isDay(until) && since >= EARLIEST && since <= until && until <= today;
  useEffect(() => {
    if (changed) choose({ since, until });
    // Only what was typed is chosen: `choose` is new with each look.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [changed, since, until]);
  return (
    <Section title={t("overview.range")} hint={<RangeWords before={seen.before.days} />}>
      <div className="overview-ranges" role="group" aria-label={t("overview.range")}>
        {PRESETS.map((preset) => {
          const days = daysOf(preset, today);
          return (
            <Button
              key={preset}
              size="small"
              variant="secondary"
              aria-pressed={days.since === shown.since && days.until === shown.until}
              onClick={() => choose(days)}
            >
              {t(`overview.preset.${preset}`)}
            </Button>
          );
        })}
      </div>
      <div className="kit-fields">
        <FieldDate control={form.control} name="since" label={t("overview.since")} max={today} />
        <FieldDate control={form.control} name="until" label={t("overview.until")} max={today} />
      </div>
    </Section>
  );
}

function RangeWords(props: { before: Days }) {
  const t = useT();
  return (
    <>
      {t("overview.compared")} <Day at={props.before.since} /> – <Day at={props.before.until} />
    </>
  );
}

function Day(props: { at: string }) {
  return <FormattedDate value={`${props.at}T00:00:00Z`} timeZone="UTC" dateStyle="medium" />;
}

/** A figure with what it was before, and how it changed. */
function Compared(props: { now: number; before: number }) {
  const t = useT();
  const intl = useIntl();
  const change = changeOf(props.now, props.before);
  return (
    <>
      <Points value={props.now} />
      <span className="overview-change">
        {change === null
          ? t("overview.before", { before: intl.formatNumber(props.before) })
          : t("overview.change", { change: intl.formatNumber(change / 100, { style: "percent", signDisplay: "exceptZero" }), before: intl.formatNumber(props.before) })}
      </span>
    </>
  );
}

function Share(props: { now: string | null; before: string | null }) {
  const t = useT();
  const intl = useIntl();
  const percent = (share: string | null) =>
    share === null ? "–" : intl.formatNumber(Number(share), { style: "percent", maximumFractionDigits: 1 });
  return (
    <>
      <span className="kit-numeric">{percent(props.now)}</span>
      <span className="overview-change">{t("overview.before", { before: percent(props.before) })}</span>
    </>
  );
}

function Members(props: { now: Side; before: Side }) {
  const t = useT();
  const { now, before } = props;
  const rate = { now: now.redemption_rate, before: before.redemption_rate };
  return (
    <Section title={t("overview.program")}>
      <Figures
        items={[
          { name: "members", label: t("overview.members"), value: <Compared now={now.members} before={before.members} /> },
          { name: "joined", label: t("overview.joined"), value: <Compared now={now.joined} before={before.joined} /> },
          { name: "active", label: t("overview.active"), value: <Compared now={now.active} before={before.active} /> },
          { name: "rate", label: t("overview.redemption_rate"), value: <Share {...rate} /> },
          { name: "share", label: t("overview.with_points_share"), value: <Share now={now.with_points_share} before={before.with_points_share} /> },
        ]}
      />
    </Section>
  );
}

function Movements(props: { seen: Seen }) {
  const t = useT();
  const { now, before, series, step } = props.seen;
  const days = useMemo(() => series.map((point) => point.days.since), [series]);
  const lines = useMemo<Line[]>(
    () => [
      { id: "issued", label: t("overview.issued"), color: "--mu-colors-background-accent1", values: series.map((point) => point.issued) },
      { id: "redeemed", label: t("overview.redeemed"), color: "--mu-colors-text-success1", dash: [8, 4], values: series.map((point) => point.redeemed) },
      { id: "expired", label: t("overview.expired"), color: "--mu-colors-text-critical2", dash: [2, 3], values: series.map((point) => point.expired) },
    ],
    [series, t],
  );
  const held = useMemo<Line[]>(
    () => [{ id: "outstanding", label: t("overview.outstanding"), color: "--mu-colors-background-accent1", values: series.map((point) => point.outstanding) }],
    [series, t],
  );
  const nothing = series.every((point) => point.issued === 0 && point.redeemed === 0 && point.expired === 0 && point.outstanding === 0);
  return (
    <Section title={t("overview.points")} hint={t(`overview.step.${step}`)}>
      <Figures
        items={[
          { name: "issued", label: t("overview.issued"), value: <Compared now={now.issued} before={before.issued} /> },
          { name: "redeemed", label: t("overview.redeemed"), value: <Compared now={now.redeemed} before={before.redeemed} /> },
          { name: "expired", label: t("overview.expired"), value: <Compared now={now.expired} before={before.expired} /> },
          { name: "outstanding", label: t("overview.outstanding"), value: <Compared now={now.outstanding} before={before.outstanding} /> },
          { name: "liability", label: t("overview.liability"), value: <Liability side={now} /> },
        ]}
      />
      {nothing ? (
        <Empty title={t("overview.nothing")}>{t("overview.nothing_text")}</Empty>
      ) : (
        <>
          <Chart label={t("overview.chart_moved")} days={days} lines={lines} />
          <Chart label={t("overview.chart_held")} days={days} lines={held} />
          <details className="overview-table">
            <summary>{t("overview.as_table")}</summary>
            <Table label={t("overview.points")} rows={series} columns={pointColumns(t)} rowKey={(point) => point.days.since} />
          </details>
        </>
      )}
    </Section>
  );
}

function pointColumns(t: (id: string) => string): Column<Point>[] {
  return [
    { id: "days", title: t("overview.days"), cell: (point) => <PointDays days={point.days} /> },
    { id: "issued", title: t("overview.issued"), align: "end", cell: (point) => <Points value={point.issued} /> },
    { id: "redeemed", title: t("overview.redeemed"), align: "end", cell: (point) => <Points value={point.redeemed} /> },
    { id: "expired", title: t("overview.expired"), align: "end", cell: (point) => <Points value={point.expired} /> },
    { id: "outstanding", title: t("overview.outstanding"), align: "end", cell: (point) => <Points value={point.outstanding} /> },
  ];
}

function PointDays(props: { days: Days }) {
  const { since, until } = props.days;
  return (
    <>
      <Day at={since} />
      {until !== since && (
        <>
          {" – "}
          <Day at={until} />
        </>
      )}
    </>
  );
}

function Liability(props: { side: Side }) {
  const t = useT();
  const { liability, unvalued } = props.side;
  return (
    <>
      {liability.length === 0 ? "–" : liability.map((one) => <div key={one.value.currency}><Money {...one.value} /></div>)}
      {unvalued !== 0 && <span className="overview-change">{t("overview.unvalued", { count: unvalued })}</span>}
    </>
  );
}

function Orders(props: { now: Side }) {
  const t = useT();
  type Row = Side["by_currency"][number];
  const money = (value: Row["average"]) => (value === null ? "–" : <Money {...value} />);
  const columns: Column<Row>[] = [
    { id: "currency", title: t("overview.currency"), cell: (row) => row.currency },
    { id: "orders", title: t("overview.orders"), align: "end", cell: (row) => <Points value={row.orders} /> },
    { id: "of_members", title: t("overview.of_members"), align: "end", cell: (row) => <Points value={row.of_members} /> },
    { id: "with_points", title: t("overview.with_points"), align: "end", cell: (row) => <Points value={row.with_points} /> },
    { id: "average", title: t("overview.average"), align: "end", cell: (row) => money(row.average) },
    { id: "average_with", title: t("overview.average_with"), align: "end", cell: (row) => money(row.average_with_points) },
    { id: "average_without", title: t("overview.average_without"), align: "end", cell: (row) => money(row.average_without_points) },
  ];
  const unpriced = props.now.by_currency.reduce((sum, row) => sum + row.unpriced, 0);
  return (
    <Section title={t("overview.orders")} hint={t("overview.orders_hint")}>
      {props.now.by_currency.length === 0 ? (
        <Empty title={t("overview.no_orders")}>{t("overview.no_orders_text")}</Empty>
      ) : (
        <Table label={t("overview.orders")} rows={props.now.by_currency} columns={columns} rowKey={(row) => row.currency} />
      )}
      {unpriced > 0 && <p className="kit-soft kit-small">{t("overview.unpriced", { count: unpriced })}</p>}
    </Section>
  );
}

function HoldOut(props: { now: Side }) {
  const t = useT();
  const rows = props.now.hold_out.flatMap((one) => [
    { id: `${one.currency} taking_part`, group: t("overview.taking_part"), ...one.taking_part },
    { id: `${one.currency} control`, group: t("overview.control"), ...one.control },
  ]);
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    { id: "group", title: t("overview.group"), cell: (row) => row.group },
    { id: "members", title: t("overview.members"), align: "end", cell: (row) => <Points value={row.members} /> },
    { id: "orders", title: t("overview.orders"), align: "end", cell: (row) => <Points value={row.orders} /> },
    { id: "revenue", title: t("overview.revenue"), align: "end", cell: (row) => <Money {...row.revenue} /> },
    { id: "average", title: t("overview.average"), align: "end", cell: (row) => (row.average === null ? "–" : <Money {...row.average} />) },
    { id: "per_member", title: t("overview.per_member"), align: "end", cell: (row) => (row.per_member === null ? "–" : <Money {...row.per_member} />) },
  ];
  return (
    <Section title={t("overview.hold_out")} hint={t("overview.hold_out_hint")}>
      <Table label={t("overview.hold_out")} rows={rows} columns={columns} rowKey={(row) => row.id} />
    </Section>
  );
}
