import { FieldNumber, FieldSelect, FieldSwitch, FieldText, Section, useMoney, useT } from "@/kit";
import type { ReactNode } from "react";
import { useWatch, type Control } from "react-hook-form";
import { Link } from "react-router";

import type { components } from "@/api";

import { worthOf, yearsOf, type BonusesForm, type Json, type PaidForm, type Trigger } from "./form";

type Lately = components["schemas"]["BonusOverview"];

export interface CardProps {
  readonly control: Control<BonusesForm>;
  readonly disabled: boolean;
  readonly document: Json;
  readonly lately: Lately | undefined;
  /** Of the store, as they are called there. */
  readonly channels: readonly { slug: string; name: string }[];
}

/** Points for a confirmed account. */
export function Registration(props: CardProps) {
  const t = useT();
  const paid = useWatch({ control: props.control, name: "account_confirmed" });
  return (
    <Section title={t("bonuses.registration")} hint={t("bonuses.registration_hint")}>
      <Paid {...props} name="account_confirmed" paid={paid} />
      <Example {...props} paid={paid} text="bonuses.registration_example" />
      <Given {...props} kind="account_confirmed" />
    </Section>
  );
}

/** Points and a greeting on the day. */
export function Birthday(props: CardProps) {
  const t = useT();
  const { control, disabled, lately } = props;
  const birthday = useWatch({ control, name: "birthday" });
  return (
    <Section title={t("bonuses.birthday")} hint={t("bonuses.birthday_hint")}>
      <FieldSwitch control={control} name="birthday.asked" label={t("bonuses.asked")} hint={t("bonuses.asked_hint")} disabled={disabled} />
      {(birthday.asked || birthday.on) && (
        <>
          <Paid {...props} name="birthday" paid={birthday} />
          <div className="kit-fields">
            <FieldNumber control={control} name="birthday.known_days" label={t("bonuses.known_days")} hint={t("bonuses.known_days_hint")} affix={t("bonuses.days")} disabled={disabled} />
            <FieldSelect
              control={control}
              name="birthday.leap_day"
              label={t("bonuses.leap_day")}
              choices={["feb_28", "mar_1"].map((value) => ({ value, label: t(`bonuses.leap_day.${value}`) }))}
              disabled={disabled}
            />
          </div>
        </>
      )}
      <Example {...props} paid={birthday} text="bonuses.birthday_example" />
      {lately !== undefined && <p className="kit-hint">{t("bonuses.birthdays_known", { count: lately.birthdays })}</p>}
      <Given {...props} kind="birthday" />
      <Greeting lately={lately} kind="birthday" />
    </Section>
  );
}

/** Points for the years since joining. */
export function Anniversary(props: CardProps) {
  const t = useT();
  const { control, disabled, lately } = props;
  const anniversary = useWatch({ control, name: "anniversary" });
  const [first] = yearsOf(anniversary.years);
  return (
    <Section title={t("bonuses.anniversary")} hint={t("bonuses.anniversary_hint")}>
      <Paid {...props} name="anniversary" paid={anniversary} />
      {anniversary.on && !anniversary.own && (
        <FieldText control={control} name="anniversary.years" label={t("bonuses.years")} hint={t("bonuses.years_hint")} maxLength={80} disabled={disabled} />
      )}
      <Example {...props} paid={anniversary} text="bonuses.anniversary_example" years={Number(first ?? 1)} />
      <Given {...props} kind="anniversary" />
      <Greeting lately={lately} kind="anniversary" />
    </Section>
  );
}

/** How long it is remembered what an account was given that is gone. */
export function Memory({ control, disabled }: CardProps) {
  const t = useT();
  return (
    <Section title={t("bonuses.memory")} hint={t("bonuses.memory_hint")}>
      <FieldNumber control={control} name="remembered_months" label={t("bonuses.remembered_months")} affix={t("bonuses.months")} disabled={disabled} />
    </Section>
  );
}

function Paid(props: CardProps & { name: "account_confirmed" | "birthday" | "anniversary"; paid: PaidForm }) {
  const t = useT();
  const { control, disabled, name, paid } = props;
  if (paid.own) return <ByRules />;
  return (
    <>
      <FieldSwitch control={control} name={`${name}.on`} label={t("bonuses.gives")} disabled={disabled} />
      {paid.on && <FieldNumber control={control} name={`${name}.points`} label={t("bonuses.points")} disabled={disabled} />}
    </>
  );
}

/** Where rules decide that say more than a number of points. */
export function ByRules() {
  const t = useT();
  return (
    <p className="kit-soft">
      {t("bonuses.by_rules")}{" "}
      <Link className="kit-link" to="/rules">
        {t("bonuses.to_rules")}
      </Link>
    </p>
  );
}

function Example(props: CardProps & { paid: PaidForm; text: string; years?: number }): ReactNode {
  const t = useT();
  const money = useMoney();
  const { points, on, own } = props.paid;
  if (!on || own || typeof points !== "number" || points < 1) return null;
  const worth = worthOf(props.document, points);
  return (
    <p className="bonuses-example">
      {t(props.text, { points, years: props.years ?? 1 })} {worth !== null && t("bonuses.worth", { money: money(worth) })}
    </p>
  );
}

function Given({ lately, kind }: CardProps & { kind: Trigger }): ReactNode {
  const t = useT();
  const found = lately?.given.find((one) => one.kind === kind);
  if (lately === undefined || found === undefined) return null;
  return (
    <p className="kit-hint" data-given={kind}>
      {t("bonuses.given", { days: lately.days, times: found.times, points: found.points })}
    </p>
  );
}

function Greeting(props: { lately: Lately | undefined; kind: "birthday" | "anniversary" }): ReactNode {
  const t = useT();
  const found = props.lately?.greetings.find((one) => one.kind === props.kind);
  if (found === undefined) return null;
  return (
    <p className="kit-hint">
      {t(found.on ? "bonuses.greeting_on" : "bonuses.greeting_off")}{" "}
      <Link className="kit-link" to={found.on ? "/settings/texts" : "/settings/messages"}>
        {t(found.on ? "bonuses.to_texts" : "bonuses.to_messages")}
      </Link>
    </p>
  );
}
