import { useState } from "react";
import { useIntl } from "react-intl";
import { useParams } from "react-router";

import { useApiMutation, useApiQuery, type components } from "@/api";
import { Badge, Button, ConfirmDialog, Empty, Loaded, Money, Notice, Page, Points, Section, Table, useDownload, useNotify, useStaff, useT, When, type Column } from "@/kit";

import { Aged, Broken } from "./Held";

type Figures = components["schemas"]["MonthFigures"];
type Row = Figures["rows"][number];
const MONTH = "/api/dashboard/v1/insights/months/{month}";
const MOVES = ["opening", "carried", "issued", "redeemed", "restored", "expired", "reversed", "adjusted", "closing"] as const;
const TAKEN = new Set<string>(["redeemed", "expired", "reversed"]);

/** One month: how the points rolled forward, how old they are, and its closing. */
export function Month() {
  const t = useT();
  const intl = useIntl();
  const { month = "" } = useParams();
  const { download, busy } = useDownload();
  const seen = useApiQuery(MONTH, { params: { path: { month } } });
  const name = /^\d{4}-\d{2}$/.test(month) ? intl.formatDate(`${month}-01T00:00:00Z`, { month: "long", year: "numeric", timeZone: "UTC" }) : month;
  const file = (kind: string) => void download(`/api/dashboard/v1/insights/months/${encodeURIComponent(month)}/${kind}.csv`);
  return (
    <Page
      title={name}
      lead={t("month-end.month_lead")}
      actions={
        <>
          <Button variant="secondary" disabled={busy || seen.data === undefined} onClick={() => file("roll-forward")}>
            {t("month-end.roll_forward_csv")}
          </Button>
          <Button variant="secondary" disabled={busy || seen.data === undefined} onClick={() => file("journal")}>
            {t("month-end.journal_csv")}
          </Button>
          {seen.data?.closable === true && <Close month={month} name={name} />}
        </>
      }
    >
      <Loaded query={seen} lines={10}>
        {(figures) => (
          <>
            <State figures={figures} />
            <RollForward figures={figures} />
            {figures.late.length > 0 && <Late figures={figures} />}
            <Section title={t("month-end.held")} hint={figures.owed === 0 ? undefined : t("month-end.owed_hint", { count: figures.owed })}>
              <Aged byAge={figures.by_age} byExpiry={figures.by_expiry} />
              <Broken breakage={figures.breakage} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Close(props: { month: string; name: string }) {
  const t = useT();
  const notify = useNotify();
  const staff = useStaff();
  const [asked, setAsked] = useState(false);
  const close = useApiMutation("post", "/api/dashboard/v1/insights/months/{month}/close", {
    onSuccess: () => {
      setAsked(false);
      notify("success", t("month-end.was_closed", { month: props.name }));
    },
  });
  if (!staff.may("MANAGE_APPS")) return null;
  return (
    <>
      <Button onClick={() => setAsked(true)}>{t("month-end.close")}</Button>
      {asked && (
        <ConfirmDialog
          title={t("month-end.close_title", { month: props.name })}
          confirm={t("month-end.close")}
          busy={close.isPending}
          error={close.error}
          onConfirm={() => close.mutate({ params: { path: { month: props.month } } })}
          onClose={() => setAsked(false)}
        >
          <p>{t("month-end.close_text")}</p>
          <p>{t("month-end.close_later")}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function State(props: { figures: Figures }) {
  const t = useT();
  const { closed, since_closed: since, unvalued } = props.figures;
  return (
    <>
      {closed !== null && (
        <p>
          <Badge tone="success">{t("month-end.closed")}</Badge> <When at={closed.closed_at} /> · {closed.closed_by_name}
        </p>
      )}
      {since.length > 0 && (
        <Notice tone="warning">
          <p>{t("month-end.since_closed")}</p>
          <ul className="month-end-list">
            {since.map((one) => (
              <li key={`${one.channel} ${one.currency}`}>
                {one.channel || t("month-end.no_channel")} {one.currency}: <Points value={one.points} sign />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {unvalued !== 0 && <Notice tone="info">{t("month-end.unvalued_hint", { count: unvalued })}</Notice>}
    </>
  );
}

function RollForward(props: { figures: Figures }) {
  const t = useT();
  const { rows } = props.figures;
  const shown = MOVES.filter((move) => move === "opening" || move === "closing" || rows.some((row) => row[move] !== 0));
  const columns: Column<Row>[] = [
    { id: "channel", title: t("month-end.channel"), cell: (row) => `${row.channel || t("month-end.no_channel")}${row.currency === "" ? "" : ` · ${row.currency}`}` },
    ...shown.map((move): Column<Row> => ({
      id: move,
      title: t(`month-end.move.${move}`),
      align: "end",
      cell: (row) => <Points value={TAKEN.has(move) ? -row[move] : row[move]} />,
    })),
    { id: "value", title: t("month-end.closing_value"), align: "end", cell: (row) => (row.closing_value === null ? "–" : <Money {...row.closing_value} />) },
  ];
  return (
    <Section title={t("month-end.roll_forward")} hint={t("month-end.roll_forward_hint")}>
      {rows.length === 0 ? (
        <Empty title={t("month-end.still")}>{t("month-end.still_text")}</Empty>
      ) : (
        <Table label={t("month-end.roll_forward")} rows={rows} columns={columns} rowKey={(row) => `${row.channel} ${row.currency} ${row.unit}`} />
      )}
    </Section>
  );
}

function Late(props: { figures: Figures }) {
  const t = useT();
  type Line = Figures["late"][number];
  const columns: Column<Line>[] = [
    { id: "month", title: t("month-end.happened_in"), cell: (row) => <When at={`${row.month}-01`} form="month" /> },
    { id: "channel", title: t("month-end.channel"), cell: (row) => `${row.channel || t("month-end.no_channel")} ${row.currency}` },
    { id: "kind", title: t("month-end.kind"), cell: (row) => t(`month-end.kind.${row.kind}`) },
    { id: "points", title: t("month-end.points"), align: "end", cell: (row) => <Points value={row.points} sign /> },
  ];
  return (
    <Section title={t("month-end.late")} hint={t("month-end.late_hint")}>
      <Table label={t("month-end.late")} rows={props.figures.late} columns={columns} rowKey={(row) => `${row.month} ${row.channel} ${row.currency} ${row.kind}`} />
    </Section>
  );
}
