import { useEffect, useMemo } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Link, useSearchParams } from "react-router";

import { useApiPages, useApiQuery, type components } from "@/api";
import {
  Button,
  ButtonLink,
  CursorTable,
  Empty,
  FieldDate,
  FieldNumber,
  FieldSelect,
  FieldText,
  Page,
  Points,
  Section,
  useStaff,
  useT,
  When,
  type Column,
} from "@/kit";

import { addressOf, filtersOf, queryOf, SHOWN, STATES, type Filters } from "./filters";
import { useSettled } from "./settled";
import { Standing, useNameOf } from "./Standing";

type Line = components["schemas"]["MemberLine"];
const NONE: Filters = { q: "", state: "", show: "", least: null, most: null, since: null };

/** All members, found by what was typed and by filters. */
export function MemberList() {
  const t = useT();
  const staff = useStaff();
  const [params, setParams] = useSearchParams();
  const form = useForm<Filters>({ defaultValues: filtersOf(params) });
  const filters = useWatch({ control: form.control }) as Filters;
  const address = JSON.stringify(addressOf(filters));
  const settled = useSettled(address);
  const chosen = useMemo(() => filtersOf(new URLSearchParams(JSON.parse(settled) as Record<string, string>)), [settled]);
  useEffect(() => {
    setParams(new URLSearchParams(JSON.parse(settled) as Record<string, string>), { replace: true });
  }, [settled, setParams]);
  const pages = useApiPages("/api/dashboard/v1/members", { params: { query: queryOf(chosen) } });
  const waiting = useApiQuery("/api/dashboard/v1/points-terms").data?.waiting ?? 0;
  const narrowed = settled !== "{}";
  const narrowing = Object.keys(addressOf({ ...chosen, q: "" })).length;
  return (
    <Page
      title={t("members.title")}
      lead={t("members.lead")}
      actions={
        <>
          {staff.may("MANAGE_APPS") && (
            <ButtonLink variant="secondary" to="budgets">
              {t("members.budgets")}
            </ButtonLink>
          )}
          <ButtonLink variant="secondary" to="requests">
            {waiting > 0 ? t("members.requests_waiting", { count: waiting }) : t("members.requests")}
          </ButtonLink>
        </>
      }
    >
      <Section title={t("members.find")} hint={t("members.find_hint")}>
        <form role="search" className="kit-stack" onSubmit={(event) => event.preventDefault()}>
          <FieldText control={form.control} name="q" type="search" label={t("members.search")} placeholder={t("members.search_example")} maxLength={200} />
          <details open={narrowing > 0 || undefined} className="members-filters">
            <summary>{narrowing > 0 ? t("members.filters_on", { count: narrowing }) : t("members.filters")}</summary>
            <div className="kit-fields">
            <FieldSelect
              control={form.control}
              name="state"
              label={t("members.filter_state")}
              empty={t("members.any")}
              choices={STATES.map((state) => ({ value: state, label: t(`members.state.${state}`) }))}
            />
            <FieldSelect
              control={form.control}
              name="show"
              label={t("members.filter_show")}
              empty={t("members.any")}
              choices={SHOWN.map((one) => ({ value: one, label: t(`members.show.${one}`) }))}
            />
            <FieldNumber control={form.control} name="least" label={t("members.filter_least")} />
            <FieldNumber control={form.control} name="most" label={t("members.filter_most")} />
            <FieldDate control={form.control} name="since" label={t("members.filter_since")} />
            </div>
          </details>
          {narrowed && (
            <div className="kit-actions">
              <Button variant="secondary" size="small" onClick={() => form.reset(NONE)}>
                {t("members.clear")}
              </Button>
            </div>
          )}
        </form>
        <CursorTable
          label={t("members.title")}
          pages={pages}
          columns={useColumns()}
          rowKey={(row) => row.id}
          empty={
            narrowed ? (
              <Empty title={t("members.none_found")}>{t("members.none_found_text")}</Empty>
            ) : (
              <Empty title={t("members.none_yet")}>{t("members.none_yet_text")}</Empty>
            )
          }
        />
      </Section>
    </Page>
  );
}

function useColumns(): Column<Line>[] {
  const t = useT();
  const nameOf = useNameOf();
  return [
    {
      id: "name",
      title: t("members.member"),
      cell: (row) => (
        <>
          <Link className="kit-link" to={row.id}>
            {nameOf(row)}
          </Link>
          {row.name && row.email && <div className="kit-soft kit-small">{row.email}</div>}
        </>
      ),
    },
    { id: "id", title: t("members.number"), cell: (row) => <span className="kit-numeric">{row.id}</span> },
    { id: "state", title: t("members.stands"), cell: (row) => <Standing state={row.state} blocked={row.blocked} /> },
    { id: "joined", title: t("members.joined"), cell: (row) => (row.joined_at ? <When at={row.joined_at} form="day" /> : "–") },
    {
      id: "points",
      title: t("members.points"),
      align: "end",
      cell: (row) => (
        <>
          <Points value={row.points} />
          {row.debt > 0 && <div className="kit-soft kit-small">{t("members.owes", { points: row.debt })}</div>}
        </>
      ),
    },
  ];
}
