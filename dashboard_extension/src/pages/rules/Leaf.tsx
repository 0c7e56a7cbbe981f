import { FieldDate, FieldLongText, FieldMoney, FieldNumber, useT } from "@/kit";
import { useWatch } from "react-hook-form";
import { useIntl } from "react-intl";

import { CATALOG, currenciesOf } from "./conditions";
import { useEditing } from "./context";
import { EventProperty } from "./EventProperty";
import { PluginPart } from "./PluginPart";
import { Metadata } from "./Metadata";
import { FieldCatalog, FieldChoices, FieldFromList } from "./pickers";
import { Tags } from "./Tags";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const LANGUAGES = ["en", "tr", "de", "fr", "es", "it", "nl", "pl", "pt", "ar", "ru", "uk", "el", "sv", "ja"];
type CatalogKind = "product" | "variant" | "category" | "collection" | "product_type";

/** The fields of a condition without parts, by its kind. */
export function Leaf(props: { field: string; type: string }) {
  const { field, type } = props;
  const t = useT();
  const { control, disabled, seen, tiers, segments } = useEditing();
  const shared = { control, disabled };
  if (type in CATALOG) {
    return <FieldCatalog name={`${field}.${CATALOG[type] ?? "slugs"}`} kind={type as CatalogKind} label={t(`rules.type.${type}`)} />;
  }
  switch (type) {
    case "order_value":
      return <Limits field={field} />;
    case "order_quantity":
    case "quantity":
    case "member_since":
    case "member_orders":
      return (
        <div className="kit-fields">
          <FieldNumber {...shared} name={`${field}.min`} label={t("rules.at_least")} affix={type === "member_since" ? t("rules.days") : undefined} />
          <FieldNumber {...shared} name={`${field}.max`} label={t("rules.at_most")} affix={type === "member_since" ? t("rules.days") : undefined} />
        </div>
      );
    case "nth_order":
      return (
        <div className="kit-fields">
          <FieldNumber {...shared} name={`${field}.min`} label={t("rules.from_number")} hint={t("rules.from_number_hint")} />
          <FieldNumber {...shared} name={`${field}.max`} label={t("rules.to_number")} />
          <FieldNumber {...shared} name={`${field}.every`} label={t("rules.every")} hint={t("rules.every_hint")} />
        </div>
      );
    case "date_window":
      return (
        <div className="kit-fields">
          <FieldDate {...shared} name={`${field}.start`} label={t("rules.from_day")} hint={t("rules.zone", { zone: seen.timezone })} />
          <FieldDate {...shared} name={`${field}.end`} label={t("rules.to_day")} />
        </div>
      );
    case "hour":
      return <Hours field={field} />;
    case "weekday":
      return <Weekdays field={field} />;
    case "channel":
      return <FieldChoices name={`${field}.slugs`} label={t("rules.type.channel")} choices={seen.channels.map((one) => ({ value: one.slug, label: one.name }))} />;
    case "currency":
      return <FieldChoices name={`${field}.codes`} label={t("rules.type.currency")} choices={currenciesOf(seen).map((value) => ({ value, label: value }))} />;
    case "country":
      return <Countries field={field} />;
    case "language":
      return <Languages field={field} />;
    case "tier":
      return <FieldChoices name={`${field}.tiers`} label={t("rules.type.tier")} choices={tiers} />;
    case "segment":
      return <FieldChoices name={`${field}.segments`} label={t("rules.type.segment")} choices={segments} />;
    case "tag":
      return <Tags field={field} />;
    case "voucher_used":
    case "on_sale":
      return <YesNo field={field} type={type} />;
    case "order_metadata":
    case "product_metadata":
      return <Metadata field={field} type={type} />;
    case "event_property":
      return <EventProperty field={field} />;
    case "plugin":
    case "plugin_line":
      return <PluginLeaf field={field} />;
    case "expression":
      return <FieldLongText {...shared} name={`${field}.cel`} label={t("rules.expression")} hint={t("rules.expression_hint")} rows={2} maxLength={500} />;
    default:
      return <p className="kit-hint">{t("rules.type_unknown", { type })}</p>;
  }
}

/** The fields of a condition beside which what is wrong with them is shown. */
export function fieldsOf(type: string): readonly string[] {
  switch (type) {
    case "order_quantity":
    case "quantity":
    case "member_since":
    case "member_orders":
    case "event_property":
      return ["min", "max"];
    case "nth_order":
      return ["min", "max", "every"];
    case "date_window":
      return ["start", "end"];
    case "expression":
      return ["cel"];
    case "order_metadata":
    case "product_metadata":
      return ["key", "values"];
    case "tag":
      return ["tags"];
    case "order_value":
      return Array.from({ length: 50 }, (_, at) => [`limits.${at}.min`, `limits.${at}.max`]).flat();
    default:
      return [];
  }
}

function PluginLeaf({ field }: { field: string }) {
  const { control } = useEditing();
  const kind: unknown = useWatch({ control, name: `${field}.kind` });
  return <PluginPart field={field} kind={typeof kind === "string" ? kind : ""} part="condition" />;
}

/** Limits per currency of the store; a currency without any does not fulfill the condition. */
function Limits(props: { field: string }) {
  const t = useT();
  const { control, disabled } = useEditing();
  const limits = (useWatch({ control, name: `${props.field}.limits` }) ?? []) as { currency: string }[];
  return (
    <>
      {limits.map(({ currency }, at) => (
        <div key={currency} className="kit-fields" data-currency={currency}>
          <FieldMoney control={control} disabled={disabled} name={`${props.field}.limits.${at}.min`} label={t("rules.at_least")} currency={currency} />
          <FieldMoney control={control} disabled={disabled} name={`${props.field}.limits.${at}.max`} label={t("rules.at_most")} currency={currency} />
        </div>
      ))}
      <p className="kit-hint">{t("rules.limits_hint")}</p>
    </>
  );
}

function Hours(props: { field: string }) {
  const t = useT();
  const { control, disabled, seen, setValue } = useEditing();
  const hour = (value: number) => ({ value: String(value), label: `${String(value).padStart(2, "0")}:00` });
  const [start, end] = useWatch({ control, name: [`${props.field}.start`, `${props.field}.end`] }) as unknown[];
  const choice = (name: "start" | "end", from: number) => (
    <HourSelect
      label={t(name === "start" ? "rules.from_hour" : "rules.to_hour")}
      value={String(name === "start" ? start : end)}
      disabled={disabled}
      choices={Array.from({ length: 24 }, (_, at) => hour(at + from))}
      change={(value) => setValue(`${props.field}.${name}`, value)}
      name={`${props.field}.${name}`}
    />
  );
  return (
    <>
      <div className="kit-fields">
        {choice("start", 0)}
        {choice("end", 1)}
      </div>
      <p className="kit-hint">{t("rules.hours_hint", { zone: seen.timezone })}</p>
    </>
  );
}

function HourSelect(props: { label: string; name: string; value: string; disabled: boolean; choices: readonly { value: string; label: string }[]; change: (value: number) => void }) {
  const strange = props.choices.every((one) => one.value !== props.value);
  return (
    <label className="kit-field">
      <span className="rules-label">{props.label}</span>
      <span className="kit-input">
        <select name={props.name} value={props.value} disabled={props.disabled} onChange={(event) => props.change(Number(event.target.value))}>
          {strange && <option value={props.value}>{`${props.value.padStart(2, "0")}:00`}</option>}
          {props.choices.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}

function Weekdays(props: { field: string }) {
  const t = useT();
  const intl = useIntl();
  // The first of January 2024 was a Monday.
  const choices = DAYS.map((value, at) => ({ value, label: intl.formatDate(Date.UTC(2024, 0, 1 + at), { weekday: "long", timeZone: "UTC" }) }));
  return <FieldChoices name={`${props.field}.days`} label={t("rules.type.weekday")} choices={choices} />;
}

export function Countries(props: { field: string }) {
  const t = useT();
  const { seen } = useEditing();
  const choices = useNamed("region", [...new Set(seen.channels.flatMap((one) => one.countries))]);
  return <FieldFromList name={`${props.field}.codes`} label={t("rules.type.country")} add={t("rules.add_country")} choices={choices} />;
}

export function Languages(props: { field: string }) {
  const t = useT();
  const choices = useNamed("language", LANGUAGES);
  return <FieldFromList name={`${props.field}.codes`} label={t("rules.type.language")} add={t("rules.add_language")} choices={choices} />;
}

function useNamed(type: "region" | "language", codes: readonly string[]): { value: string; label: string }[] {
  const { locale } = useIntl();
  const names = new Intl.DisplayNames(locale, { type });
  return codes
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((one, other) => one.label.localeCompare(other.label, locale));
}

/** Whether something is so or not, as a choice of two sentences. */
function YesNo(props: { field: string; type: string }) {
  const t = useT();
  const { control, disabled, setValue } = useEditing();
  const value: unknown = useWatch({ control, name: `${props.field}.value` });
  return (
    <fieldset className="rules-choices">
      <legend>{t(`rules.type.${props.type}`)}</legend>
      {[true, false].map((one) => (
        <label key={String(one)}>
          <input type="radio" name={`${props.field}.value`} checked={value === one} disabled={disabled} onChange={() => setValue(`${props.field}.value`, one)} />
          {t(`rules.${one ? "yes" : "no"}.${props.type}`)}
        </label>
      ))}
    </fieldset>
  );
}

