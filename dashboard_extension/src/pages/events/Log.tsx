import { Badge, CursorTable, Empty, FieldSelect, Points, Section, useStaff, useT, When, type Column } from "@/kit";
import { useForm, useWatch } from "react-hook-form";
import { useIntl } from "react-intl";
import { Link } from "react-router";

import { useApiPages, type components } from "@/api";

import { nameOf, type TypeForm } from "./form";
import { OUTCOMES, TONES, type Outcome } from "./outcomes";

type Line = components["schemas"]["EventLine"];

/** The events that came, newest first, with what became of each and why. */
export function Log({ types }: { types: readonly TypeForm[] }) {
  const t = useT();
  const { locale } = useIntl();
  const { control } = useForm({ defaultValues: { type: "", outcome: "" } });
  const [type, outcome] = useWatch({ control, name: ["type", "outcome"] });
  const query = { ...(type === "" ? {} : { type }), ...(outcome === "" ? {} : { outcome: outcome as Outcome }) };
  const pages = useApiPages("/api/dashboard/v1/events/log", { params: { query } });
  const columns: Column<Line>[] = [
    { id: "at", title: t("events.at"), cell: (row) => <Came of={row} /> },
    { id: "what", title: t("events.what"), cell: (row) => <What of={row} /> },
    { id: "who", title: t("events.who"), cell: (row) => <Who of={row} /> },
    { id: "outcome", title: t("events.outcome"), cell: (row) => <Became of={row} /> },
    { id: "points", title: t("events.points"), align: "end", cell: (row) => <Points value={row.points - row.taken_back} /> },
  ];
  return (
    <Section title={t("events.log")} hint={t("events.log_hint")}>
      <div className="kit-fields">
        <FieldSelect control={control} name="type" label={t("events.type")} empty={t("events.all_types")} choices={types.map((one) => ({ value: one.id, label: nameOf(one, locale.slice(0, 2)) }))} />
        <FieldSelect control={control} name="outcome" label={t("events.outcome")} empty={t("events.all_outcomes")} choices={OUTCOMES.map((value) => ({ value, label: t(`events.outcome.${value}`) }))} />
      </div>
      <CursorTable
        label={t("events.log")}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        empty={<Empty title={t("events.log_empty")}>{t("events.log_empty_text")}</Empty>}
      />
    </Section>
  );
}

function Came({ of }: { of: Line }) {
  const t = useT();
  return (
    <div className="events-stack">
      <When at={of.at} />
      <span className="kit-soft kit-small">
        {of.system}
        {of.tries > 1 && ` · ${t("events.tries", { count: of.tries })}`}
      </span>
    </div>
  );
}

function What({ of }: { of: Line }) {
  const told = Object.entries(of.properties).map(([name, value]) => `${name}: ${String(value)}`);
  return (
    <div className="events-stack">
      <span>{of.type_name}</span>
      <span className="kit-soft kit-small">{[of.external_id, ...told].filter((one) => one !== "").join(" · ")}</span>
    </div>
  );
}

function Who({ of }: { of: Line }) {
  const t = useT();
  const staff = useStaff();
  if (of.member_id === null) return <span className="kit-soft">–</span>;
  const name = of.member_name || t("events.member", { id: of.member_id });
  if (!staff.mayAny("MANAGE_USERS", "MANAGE_ORDERS")) return <span>{name}</span>;
  return (
    <Link className="kit-link" to={`/members/${of.member_id}`}>
      {name}
    </Link>
  );
}

function Became({ of }: { of: Line }) {
  const t = useT();
  return (
    <div className="events-stack" data-outcome={of.outcome}>
      <Badge tone={TONES[of.outcome]}>{t(`events.outcome.${of.outcome}`)}</Badge>
      {of.why.map((one) => (
        <span key={one.code + one.message} className="kit-small">
          {one.message}
        </span>
      ))}
      {of.perks.map((one, index) => (
        <span key={`${index} ${one}`} className="kit-small">
          {one}
        </span>
      ))}
      {of.reversed_at !== null && (
        <span className="kit-soft kit-small">
          {t("events.reversed", { points: of.taken_back })} <When at={of.reversed_at} />
        </span>
      )}
    </div>
  );
}
