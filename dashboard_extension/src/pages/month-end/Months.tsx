import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Link } from "react-router";

import { useApiQuery, type components } from "@/api";
import { Badge, ButtonLink, Empty, FieldDate, Figures, Loaded, Money, Page, Points, Section, Table, useStaff, useT, When, type Column } from "@/kit";

import { Aged, Broken } from "./Held";

type Line = components["schemas"]["MonthInList"];

/** The months of the books, and how they stood on any day. */
export function Months() {
  const t = useT();
  const staff = useStaff();
  const months = useApiQuery("/api/dashboard/v1/insights/months");
  return (
    <Page
      title={t("month-end.title")}
      lead={t("month-end.lead")}
      actions={
        staff.may("MANAGE_APPS") && (
          <ButtonLink variant="secondary" to="/month-end/accounts">
            {t("month-end.accounts")}
          </ButtonLink>
        )
      }
    >
      <Section title={t("month-end.months")}>
        <Loaded query={months}>
          {(found) =>
            found.months.length === 0 ? (
              <Empty title={t("month-end.none")}>{t("month-end.none_text")}</Empty>
            ) : (
              <Table label={t("month-end.months")} rows={found.months} columns={columns(t)} rowKey={(row) => row.month} />
            )
          }
        </Loaded>
      </Section>
      {months.data !== undefined && months.data.months.length > 0 && <OnDay />}
    </Page>
  );
}

function columns(t: (id: string) => string): Column<Line>[] {
  return [
    {
      id: "month",
      title: t("month-end.month"),
      cell: (row) => (
        <Link className="kit-link" to={`/month-end/${row.month}`}>
          <When at={`${row.month}-01`} form="month" />
        </Link>
      ),
    },
    {
      id: "state",
      title: t("month-end.state"),
      cell: (row) =>
        row.closed !== null ? (
          <Badge tone="success">{t("month-end.closed")}</Badge>
        ) : row.closable ? (
          <Badge tone="warning">{t("month-end.closable")}</Badge>
        ) : (
          <Badge>{t("month-end.open")}</Badge>
        ),
    },
    { id: "closed_at", title: t("month-end.closed_at"), cell: (row) => (row.closed === null ? "–" : <When at={row.closed.closed_at} />) },
  ];
}

/** What members held at the end of any day. */
function OnDay() {
  const t = useT();
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const form = useForm<{ on: string | null }>({ defaultValues: { on: null } });
  const on = useWatch({ control: form.control, name: "on" });
  const chosen = on !== null && on >= "2000-01-01" ? on : null;
  const seen = useApiQuery("/api/dashboard/v1/insights/standing", { params: { query: { on: chosen ?? today } } }, { enabled: chosen !== null, keep: true });
  return (
    <Section title={t("month-end.on_day")} hint={t("month-end.on_day_hint")}>
      <div className="kit-fields">
        <FieldDate control={form.control} name="on" label={t("month-end.day")} max={today} />
      </div>
      {chosen !== null && (
        <Loaded query={seen}>
          {(found) => (
            <>
              <Figures
                items={[
                  { name: "outstanding", label: t("month-end.outstanding"), value: <Points value={found.outstanding} /> },
                  ...found.liability.map((one) => ({
                    name: `liability-${one.value.currency}`,
                    label: t("month-end.worth", { currency: one.value.currency }),
                    value: <Money {...one.value} />,
                  })),
                  ...(found.unvalued === 0 ? [] : [{ label: t("month-end.unvalued"), value: <Points value={found.unvalued} /> }]),
                  ...(found.owed === 0 ? [] : [{ label: t("month-end.owed"), value: <Points value={found.owed} /> }]),
                ]}
              />
              <Aged byAge={found.by_age} byExpiry={found.by_expiry} />
              <Broken breakage={found.breakage} />
            </>
          )}
        </Loaded>
      )}
    </Section>
  );
}
