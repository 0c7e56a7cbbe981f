import type { FieldPath } from "react-hook-form";

import type { ProgramForm } from "./form";
import { read } from "./shapes";

export type FieldName = FieldPath<ProgramForm>;

const SIMPLE: Readonly<Record<string, FieldName>> = {
  name: "name",
  "units[0].icon": "icon",
  "settings.price_basis": "price_basis",
  "settings.earn_on_shipping": "earn_on_shipping",
  "settings.availability.after": "available_after",
  "settings.availability.days": "available_days",
  "settings.expiry.months": "expiry_months",
  "settings.expiry.notice": "expiry_notice",
  "settings.refund_policy": "refund_policy",
  "settings.enrollment": "enrollment",
  "settings.hold_out_percent": "hold_out_percent",
  "settings.terms_version": "terms_version",
  "settings.privacy_version": "privacy_version",
  "settings.unfulfilled_alert_days": "unfulfilled_alert_days",
  "spending.minimum_points": "minimum_points",
  "spending.step": "step",
  "spending.maximum_share": "maximum_share",
  "spending.hold_minutes": "hold_minutes",
  "spending.code_days": "code_days",
  "spending.grace_days": "grace_days",
};

const TEXTS = /^texts\.([^.[]+)\.(program|point|points|summary|join|terms_url|privacy_url)$/;
const RATE = /^currencies\[(\d+)\]\.(earn|spend)_rate\.(points|money)$/;
const RATES = /^currencies\[(\d+)\]/;
const EXCEPTION = /^settings\.expiry\.exceptions\[(\d+)\](?:\.(months))?/;
const MINIMUM = /^spending\.minimum_orders\[(\d+)\]/;
const OFFER_AMOUNT = /^shipping\.offers\[(\d+)\]\.(prices|thresholds)\[(\d+)\]/;
const OFFER_NAME = /^shipping\.offers\[(\d+)\]\.name\.([^.[]+)$/;
const OFFER = /^shipping\.offers\[(\d+)\](?:\.(method_names|prices))?/;

/** The field of the form that shows a place of its document; null where none does. */
export function fieldAt(path: string, document: unknown, form: ProgramForm): FieldName | null {
  const simple = SIMPLE[path];
  if (simple !== undefined) return simple;
  let found = TEXTS.exec(path);
  if (found) {
    const at = form.texts.findIndex((one) => one.locale === found?.[1]);
    return at < 0 ? null : (`texts.${at}.${found[2]}` as FieldName);
  }
  if (path.startsWith("settings.expiry.exceptions")) return exceptionAt(path, form);
  const seen = read(document);
  const channelAt = (slug: string | undefined) => form.channels.findIndex((one) => one.channel === slug);
  found = RATE.exec(path);
  if (found) {
    const at = channelAt(seen.currencies[Number(found[1])]?.channel);
    return at < 0 ? null : (`channels.${at}.${found[2]}_${found[3]}` as FieldName);
  }
  found = RATES.exec(path);
  if (found) {
    const at = channelAt(seen.currencies[Number(found[1])]?.channel);
    return at < 0 ? null : (`channels.${at}.earns` as FieldName);
  }
  found = MINIMUM.exec(path);
  if (found) {
    const at = channelAt(seen.spending.minimum_orders[Number(found[1])]?.channel);
    return at < 0 ? null : (`channels.${at}.minimum_order` as FieldName);
  }
  return offerAt(path, seen, form);
}

/** What is wrong with all of them, such as a country that two name, stands at the last one. */
function exceptionAt(path: string, form: ProgramForm): FieldName | null {
  const found = EXCEPTION.exec(path);
  const at = found === null ? form.expiry_exceptions.length - 1 : Number(found[1]);
  const one = form.expiry_exceptions[at];
  if (one === undefined) return null;
  return `expiry_exceptions.${at}.${found?.[2] === "months" && one.expires ? "months" : "countries"}`;
}

function offerAt(path: string, seen: ReturnType<typeof read>, form: ProgramForm): FieldName | null {
  let found = OFFER_AMOUNT.exec(path);
  if (found) {
    const at = Number(found[1]);
    const offer = seen.shipping.offers[at];
    const amount = found[2] === "prices" ? offer?.prices[Number(found[3])] : offer?.thresholds[Number(found[3])];
    const row = form.offers[at]?.amounts.findIndex((one) => one.channel === amount?.channel) ?? -1;
    return row < 0 ? null : (`offers.${at}.amounts.${row}.${found[2] === "prices" ? "price" : "threshold"}` as FieldName);
  }
  found = OFFER_NAME.exec(path);
  if (found) {
    const at = Number(found[1]);
    const row = form.offers[at]?.names.findIndex((one) => one.locale === found?.[2]) ?? -1;
    return row < 0 ? null : (`offers.${at}.names.${row}.name` as FieldName);
  }
  found = OFFER.exec(path);
  if (found && form.offers[Number(found[1])]) {
    const field = found[2] === "method_names" ? "method_names" : "enabled";
    return `offers.${Number(found[1])}.${field}` as FieldName;
  }
  return null;
}

export interface Finding {
  readonly code: string;
  readonly path: string;
  readonly severity: string;
  readonly text: string;
}

export interface Sorted {
  /** What stands at a field, by its name. */
  readonly wrong: ReadonlyMap<FieldName, string>;
  /** Doubts, by field. */
  readonly doubtful: ReadonlyMap<FieldName, string>;
  /** What no field shows. */
  readonly other: readonly Finding[];
}

/** Findings sorted to the fields of the form; the first of each field counts. */
export function sorted(findings: readonly Finding[], document: unknown, form: ProgramForm): Sorted {
  const wrong = new Map<FieldName, string>();
  const doubtful = new Map<FieldName, string>();
  const other: Finding[] = [];
  for (const finding of findings) {
    const field = fieldAt(finding.path, document, form);
    const target = finding.severity === "error" ? wrong : doubtful;
    if (field === null) other.push(finding);
    else if (!target.has(field)) target.set(field, finding.text);
  }
  return { wrong, doubtful, other };
}

/** The same as React Hook Form takes errors: nested as the fields are. */
export function nested(wrong: ReadonlyMap<FieldName, string>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, message] of wrong) {
    const steps = name.split(".");
    const last = steps.pop() ?? name;
    let at = found;
    for (const step of steps) at = (at[step] ??= {}) as Record<string, unknown>;
    at[last] = { type: "server", message };
  }
  return found;
}
