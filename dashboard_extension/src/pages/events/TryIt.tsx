import { Badge, Button, Failure, FieldNumber, FieldSelect, FieldText, Section, useStaff, useT } from "@/kit";
import { useForm, useWatch } from "react-hook-form";
import { useIntl } from "react-intl";

import { useApiMutation, type components } from "@/api";
import type { Json } from "@/pages/program/json";

import { nameOf, type PropertyForm, type TypeForm } from "./form";
import { TONES } from "./outcomes";

type Tried = components["schemas"]["TriedEvent"];
type Told = string | number | boolean | null;

interface TryForm {
  type: string;
  member: string;
  /** By place of the property: names may have dots to a form. */
  values: Told[];
}

/** What an event would bring by what is on the screen. Nothing is booked. */
export function TryIt({ types, document }: { types: readonly TypeForm[]; document: Json }) {
  const t = useT();
  const { locale } = useIntl();
  const staff = useStaff();
  const { control, getValues } = useForm<TryForm>({ defaultValues: { type: types[0]?.id ?? "", member: "", values: [] } });
  const chosen = useWatch({ control, name: "type" });
  const type = types.find((one) => one.id === chosen) ?? types[0];
  const attempt = useApiMutation("post", "/api/dashboard/v1/events/try", { invalidates: [] });
  if (type === undefined) return null;
  const run = () => {
    const form = getValues();
    const properties = propertiesOf(type.properties, form.values);
    attempt.mutate({ body: { document: document as never, type: type.id, member: form.member.trim(), at: null, properties } });
  };
  // What was said of another document, or another type, does not hold for this one.
  const tried = attempt.variables?.body;
  const isOfThis = tried?.document === (document as never) && tried?.type === type.id;
  return (
    <Section title={t("events.try")} hint={t("events.try_hint")}>
      <div className="kit-fields">
        <FieldSelect control={control} name="type" label={t("events.type")} choices={types.map((one) => ({ value: one.id, label: nameOf(one, locale.slice(0, 2)) }))} />
        {staff.mayAny("MANAGE_USERS", "MANAGE_ORDERS") && <FieldText control={control} name="member" label={t("events.try_member")} hint={t("events.try_member_hint")} maxLength={254} />}
        {type.properties.map((one, place) => {
          const shared = { control, name: `values.${place}` as const, label: one.name };
          if (one.kind === "int") return <FieldNumber {...shared} key={`${type.id}.${place}.int`} />;
          if (one.kind === "bool") {
            return <FieldSelect {...shared} key={`${type.id}.${place}.bool`} empty={t("events.untold")} choices={["true", "false"].map((value) => ({ value, label: t(`events.told.${value}`) }))} />;
          }
          return <FieldText {...shared} key={`${type.id}.${place}.string`} />;
        })}
      </div>
      <div className="kit-actions">
        <Button type="button" variant="secondary" disabled={attempt.isPending} onClick={run} data-try="run">
          {t("events.try_run")}
        </Button>
      </div>
      {isOfThis && attempt.error && <Failure error={attempt.error} />}
      {isOfThis && attempt.data !== undefined && <Outcome of={attempt.data} />}
    </Section>
  );
}

/** What was typed, as the event tells it; a number that is none is sent as it is, and refused. */
export function propertiesOf(properties: readonly PropertyForm[], values: readonly Told[]): Record<string, string | number | boolean> {
  const told: Record<string, string | number | boolean> = {};
  properties.forEach((one, place) => {
    const value = values[place] ?? null;
    if (value === null || value === "") return;
    told[one.name] = one.kind === "bool" ? value === "true" : value;
  });
  return told;
}

function Outcome({ of }: { of: Tried }) {
  const t = useT();
  return (
    <div className="events-outcome" role="status" data-tried={of.outcome}>
      <p>
        <Badge tone={TONES[of.outcome]}>{t(`events.outcome.${of.outcome}`)}</Badge>{" "}
        {of.member_name === "" ? t("events.try_new") : t("events.try_for", { name: of.member_name })}
      </p>
      <ul>
        {of.rules.map((one) => (
          <li key={one.rule}>{one.perk !== "" ? t("events.try_perk", { rule: one.name, perk: one.perk }) : t(one.unit === "status" ? "events.try_status" : "events.try_points", { rule: one.name, points: one.points })}</li>
        ))}
        {of.why.map((one) => (
          <li key={one.code + one.message}>{one.message}</li>
        ))}
      </ul>
    </div>
  );
}
