import { newId } from "@/pages/program/json";
import type { Places } from "@/pages/rules/conditions";

export type Json = Record<string, unknown>;
type Whole = number | string | null;

/** The part of the document. */
const PART = "tiers";
export const WINDOWS = ["rolling", "calendar_year", "membership_year", "lifetime"] as const;
export const DOWNGRADES = ["one_step", "by_merit", "none"] as const;
/** What a level may ask for, besides spend; each is a whole number in the form. */
export const COUNTS = ["orders", "status_points", "tenure_days"] as const;
/** What a level of the document says only where it has it. */
const OPTIONAL: readonly string[] = ["color", "multiplier", "entry_points", "keep"];
/** The server takes no more. */
export const MOST_LEVELS = 10;

export interface LevelForm {
  id: string;
  names: Record<string, string>;
  color: string;
  match: string;
  /** For each currency of the store; empty = nothing is asked for in it. */
  spend: { currency: string; min: string | null }[];
  orders: Whole;
  status_points: Whole;
  tenure_days: Whole;
  multiplier: string | null;
  entry_points: Whole;
  /** Whether what reaching it gave stays where refunds take the level. */
  keep: boolean;
  benefits: Record<string, string>;
  /** The level as it was read: what no field shows is kept. */
  before: Json;
}

export interface TiersForm {
  enabled: boolean;
  window: string;
  months: Whole;
  downgrade: string;
  grace_days: Whole;
  levels: LevelForm[];
}

/** The form of a document: its levels from the lowest to the highest. */
export function formOf(document: unknown, currencies: readonly string[]): TiersForm {
  const section = record(record(document).tiers);
  const window = record(section.window);
  const locales = localesOf(document);
  return {
    enabled: section.enabled === true,
    window: text(window.type) || "rolling",
    months: typeof window.months === "number" ? window.months : 12,
    downgrade: text(section.downgrade) || "one_step",
    grace_days: whole(section.grace_days) ?? 30,
    levels: list(section.levels).map((one) => levelOf(record(one), locales, currencies)),
  };
}

function levelOf(level: Json, locales: readonly string[], currencies: readonly string[]): LevelForm {
  const asked = record(level.requirements);
  const limits = list(record(asked.spend).limits).map(record);
  const known = [...new Set([...currencies, ...limits.map((one) => text(one.currency))])];
  return {
    id: text(level.id),
    names: textsOf(level.names, locales),
    color: text(level.color),
    match: asked.match === "any" ? "any" : "all",
    spend: known.map((currency) => ({ currency, min: amount(limits.find((one) => one.currency === currency)?.min) })),
    orders: whole(record(asked.orders).min),
    status_points: whole(record(asked.status_points).min),
    tenure_days: whole(record(asked.tenure_days).min),
    multiplier: amount(level.multiplier),
    entry_points: whole(level.entry_points),
    keep: level.keep !== false,
    benefits: textsOf(level.benefits, locales),
    before: level,
  };
}

/** The document of a form, upon the one that it was read from, and where its places stand in the form. */
export function documentOf(original: unknown, form: TiersForm): { document: Json; places: Places } {
  const { tiers: before, ...rest } = record(original);
  const places: Places = new Map([
    [`${PART}.enabled`, "enabled"],
    [`${PART}.window.months`, "months"],
    [`${PART}.window`, "window"],
    [`${PART}.downgrade`, "downgrade"],
    [`${PART}.grace_days`, "grace_days"],
  ]);
  const levels = form.levels.map((level, at) => levelIn(level, at, places));
  // A program without levels has no tiers; somebody who switched them on is told so.
  if (levels.length === 0 && !form.enabled) return { document: before === null ? { ...rest, tiers: null } : rest, places };
  const window = form.window === "rolling" ? { type: form.window, months: form.months } : { type: form.window };
  const tiers = { ...record(before), enabled: form.enabled, window, downgrade: form.downgrade, grace_days: form.grace_days, levels };
  return { document: { ...rest, tiers }, places };
}

function levelIn(level: LevelForm, at: number, places: Places): Json {
  const path = `${PART}.levels[${at}]`;
  const field = `levels.${at}`;
  places.set(path, field);
  const kept = Object.entries(level.before).filter(([name]) => !OPTIONAL.includes(name));
  return {
    ...Object.fromEntries(kept),
    id: level.id,
    names: said(level.names),
    requirements: requirementsIn(level, `${path}.requirements`, field, places),
    benefits: said(level.benefits),
    ...(level.color === "" ? {} : { color: level.color }),
    ...(level.multiplier === null ? {} : { multiplier: level.multiplier }),
    ...(level.entry_points === null ? {} : { entry_points: level.entry_points }),
    ...(level.keep ? {} : { keep: false }),
  };
}

function requirementsIn(level: LevelForm, path: string, field: string, places: Places): Json {
  const made: Json = { match: level.match };
  const limits: Json[] = [];
  for (const [place, { currency, min }] of level.spend.entries()) {
    if (min === null) continue;
    places.set(`${path}.spend.limits[${limits.length}]`, `${field}.spend.${place}`);
    places.set(`${path}.spend.limits[${limits.length}].currency`, `${field}.spend.${place}.min`);
    limits.push({ currency, min });
  }
  if (limits.length > 0) made.spend = { limits };
  for (const name of COUNTS) {
    if (level[name] === null) continue;
    made[name] = { min: level[name] };
    places.set(`${path}.${name}`, `${field}.${name}`);
    places.set(`${path}.${name}.min`, `${field}.${name}`);
  }
  return made;
}

/** A level that somebody begins to write, above all others. */
export function newLevel(form: TiersForm, document: unknown, currencies: readonly string[]): LevelForm {
  const id = newId("tier", form.levels.map((one) => one.id));
  return levelOf({ id }, localesOf(document), currencies);
}

/** The levels with one of them one place higher or lower. */
export function moved(levels: readonly LevelForm[], at: number, by: -1 | 1): LevelForm[] {
  const next = [...levels];
  const [one, other] = [next[at], next[at + by]];
  if (one === undefined || other === undefined) return next;
  next[at] = other;
  next[at + by] = one;
  return next;
}

const SHOWN = /^levels\.\d+\.(names\.|benefits\.|spend\.\d+\.min$|(orders|status_points|tenure_days|multiplier|entry_points|keep|color|match)$)/;

/** Whether a field of a level says itself what is wrong with it. */
export function isShown(field: string | null): boolean {
  return field !== null && SHOWN.test(field);
}

/** Whether a level asks for several things, so that all or any of them may be meant. */
export function asksForSeveral(level: LevelForm): boolean {
  const counts = COUNTS.filter((name) => level[name] !== null).length;
  return counts + Number(level.spend.some((one) => one.min !== null)) > 1;
}

/** What a level is called in a language: its name there, or in any language, or its id. */
export function nameOf(level: Pick<LevelForm, "id" | "names">, language: string): string {
  return [level.names[language], level.names.en, ...Object.values(level.names)].find((name) => name !== undefined && name.trim() !== "") ?? level.id;
}

function localesOf(document: unknown): string[] {
  const locales = Object.keys(record(record(document).texts));
  return locales.length > 0 ? locales : ["en"];
}

function textsOf(value: unknown, locales: readonly string[]): Record<string, string> {
  const known = record(value);
  return Object.fromEntries([...new Set([...locales, ...Object.keys(known)])].map((locale) => [locale, text(known[locale])]));
}

function said(texts: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(Object.entries(texts).filter(([, one]) => one.trim() !== ""));
}

function amount(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function whole(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
