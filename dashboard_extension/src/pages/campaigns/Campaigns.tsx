import { useState } from "react";
import { Link } from "react-router";

import { useApiPages } from "@/api";
import { Badge, ButtonLink, CursorTable, Empty, Money, Page, Points, Section, useT, When, type Column, type Tone } from "@/kit";

import { PATH, type Line } from "./form";
import { PastPrices } from "./PastPrices";

const STATES = ["draft", "scheduled", "running", "ended"] as const;
type State = (typeof STATES)[number];
const TONES: Record<State, Tone> = { draft: "neutral", scheduled: "info", running: "success", ended: "neutral" };

/** The campaigns of the store with their state and what they cost. */
export function Campaigns() {
  const t = useT();
  const [state, setState] = useState<State | null>(null);
  const pages = useApiPages(PATH, { params: { query: state === null ? {} : { state } } });
  const add = <ButtonLink to="/campaigns/new">{t("campaigns.new")}</ButtonLink>;
  const columns: Column<Line>[] = [
    { id: "name", title: t("campaigns.name"), cell: (row) => <Named of={row} /> },
    { id: "state", title: t("campaigns.state"), cell: (row) => <StateBadge of={row} /> },
    { id: "time", title: t("campaigns.time"), cell: (row) => <Period of={row} /> },
    { id: "orders", title: t("campaigns.orders"), align: "end", cell: (row) => <Points value={row.orders} /> },
    { id: "cost", title: t("campaigns.cost"), align: "end", cell: (row) => <Cost of={row} /> },
  ];
  return (
    <Page title={t("campaigns.title")} lead={t("campaigns.lead")} actions={add}>
      <Section title={t("campaigns.all")}>
        <label className="campaigns-filter">
          <span>{t("campaigns.state")}</span>
          <span className="kit-input">
            <select value={state ?? ""} onChange={(event) => setState(STATES.find((one) => one === event.target.value) ?? null)}>
              <option value="">{t("campaigns.any_state")}</option>
              {STATES.map((one) => (
                <option key={one} value={one}>
                  {t(`campaigns.state.${one}`)}
                </option>
              ))}
            </select>
          </span>
        </label>
        <CursorTable
          label={t("campaigns.all")}
          pages={pages}
          columns={columns}
          rowKey={(row) => row.id}
          empty={<Empty title={t(state === null ? "campaigns.none" : "campaigns.none_such")}>{t("campaigns.none_text")}</Empty>}
        />
      </Section>
      <PastPrices />
    </Page>
  );
}

function Named({ of }: { of: Line }) {
  const t = useT();
  return (
    <span className="campaigns-stack">
      <Link className="kit-link" to={`/campaigns/${of.id}`}>{of.name}</Link>
      <span className="kit-soft kit-small">{of.code ?? t(`campaigns.kind.${of.kind}`)}</span>
    </span>
  );
}

/** Where a campaign stands; what needs the owner is said beside it. */
export function StateBadge({ of }: { of: Line }) {
  const t = useT();
  return (
    <span className="campaigns-badges">
      <Badge tone={TONES[of.state]}>{t(`campaigns.state.${of.state}`)}</Badge>
      {(of.ended_why === "budget" || of.ended_why === "hand" || of.ended_why === "program") && <Badge tone="warning">{t(`campaigns.ended.${of.ended_why}`)}</Badge>}
      {of.trouble && <Badge tone="error">{t("campaigns.trouble")}</Badge>}
    </span>
  );
}

function Period({ of }: { of: Line }) {
  return (
    <span className="campaigns-stack">
      <When at={of.starts_at} form="minute" />
      <span>
        – <When at={of.ended_at ?? of.ends_at} form="minute" />
      </span>
    </span>
  );
}

function Cost({ of }: { of: Line }) {
  const t = useT();
  return (
    <span className="campaigns-stack" data-end="">
      {of.kind === "points" ? (
        <span>
          <Points value={of.spent_points} /> {t("campaigns.points")}
        </span>
      ) : (
        of.spent.map((money) => <Money key={money.currency} {...money} />)
      )}
      {of.kind !== "points" && of.spent.length === 0 && <span className="kit-soft">–</span>}
      {of.budget_used !== null && <span className="kit-soft kit-small">{t("campaigns.of_budget", { percent: of.budget_used })}</span>}
    </span>
  );
}
