import { ending, free, list, localesOf, newId, record, rulesFor, said, text, textsOf, whole, type Json, type Texted, type Whole } from "@/pages/program/json";

export const PURPOSES = ["store_visit", "social", "community", "review", "custom"] as const;
export const KINDS = ["string", "int", "bool"] as const;
export const PERIODS = ["day", "week", "month", "year", "ever"] as const;
export const TRIGGER = "custom_event";
export const MOST_TYPES = 50;
export const MOST_PROPERTIES = 20;

/** Something that an event tells; `allowed`: the only values. */
export interface PropertyForm {
  name: string;
  kind: string;
  required: boolean;
  min: Whole;
  max: Whole;
  allowed: readonly (string | number)[];
}

/** A type of events, with the one simple rule that pays for it; `own`: other rules decide that. */
export interface TypeForm {
  id: string;
  enabled: boolean;
  texts: Texted[];
  purpose: string;
  own_reviews: boolean;
  by_user: boolean;
  by_email: boolean;
  max_age_days: Whole;
  properties: PropertyForm[];
  points: Whole;
  times: Whole;
  period: string;
  own: boolean;
  /** What the id of that rule ends in, where one is made. */
  ending: string;
  /** It was not saved so far: its id may still be chosen. */
  fresh: boolean;
}

export interface EventsForm {
  types: TypeForm[];
}

/** The form of a document: its types of events, each with what pays for it. */
export function formOf(document: unknown): EventsForm {
  const locales = localesOf(document);
  const rules = rulesFor(document, TRIGGER);
  return { types: typesIn(document).map((one) => typeOf(one, rules, locales)) };
}

function typesIn(document: unknown): Json[] {
  return list(record(record(document).events).types).map(record);
}

function typeOf(one: Json, rules: readonly Json[], locales: readonly string[]): TypeForm {
  const id = text(one.id);
  const identity = Array.isArray(one.identity) ? (one.identity as unknown[]) : ["user_id", "email_sha256"];
  return {
    id,
    enabled: one.enabled !== false,
    texts: textsOf(one.name, locales),
    purpose: text(one.purpose) || "custom",
    own_reviews: one.own_reviews === true,
    by_user: identity.includes("user_id"),
    by_email: identity.includes("email_sha256"),
    max_age_days: whole(one.max_age_days, 7),
    properties: list(one.properties).map((part) => propertyOf(record(part))),
    ...paidBy(rules, id),
    ending: ending(),
    fresh: false,
  };
}

function propertyOf(one: Json): PropertyForm {
  return {
    name: text(one.name),
    kind: text(one.kind) || "string",
    required: one.required === true,
    min: whole(one.min, null),
    max: whole(one.max, null),
    allowed: list(one.allowed).filter((value) => typeof value === "string" || typeof value === "number"),
  };
}

/** What pays for a type: one simple rule for it alone, or others that this page does not show. */
function paidBy(rules: readonly Json[], id: string): Pick<TypeForm, "points" | "times" | "period" | "own"> {
  const paying = rules.filter((rule) => list(rule.on).length === 0 || list(rule.on).includes(id));
  const [rule] = paying;
  if (rule === undefined) return { points: null, times: 1, period: "day", own: false };
  const cap = record(record(rule.caps).per_member);
  const points = rule.enabled === false ? null : whole(record(rule.then).points, null);
  const own = paying.length > 1 || !isSimple(rule);
  return { points, times: whole(cap.times, null), period: text(cap.period) || "day", own };
}

function isSimple(rule: Json): boolean {
  const cap = record(record(rule.caps).per_member);
  const bare = (rule.when === undefined || rule.when === null) && (cap.points === undefined || cap.points === null);
  return list(rule.on).length === 1 && record(rule.then).type === "points" && bare;
}

/** The document of a form, upon the one that it was read from: what no field shows is kept. */
export function documentOf(original: unknown, form: EventsForm): Json {
  const before = record(original);
  const old = typesIn(original);
  const types = form.types.map((one) => ({
    ...old.find((was) => was.id === one.id),
    id: one.id,
    enabled: one.enabled && isConfirmed(one),
    name: said(one.texts),
    purpose: one.purpose,
    properties: one.properties.map(propertyIn),
    identity: [...(one.by_user ? ["user_id"] : []), ...(one.by_email ? ["email_sha256"] : [])],
    max_age_days: one.max_age_days,
    own_reviews: one.purpose === "review" && one.own_reviews,
  }));
  const document: Json = { ...before, earning: { ...record(before.earning), rules: rulesOf(original, form) } };
  if (types.length > 0 || record(before.events).types !== undefined) document.events = { ...record(before.events), types };
  return document;
}

/** Whether the type may be open: for reviews the owner confirms that the store collects them itself. */
export function isConfirmed(one: Pick<TypeForm, "purpose" | "own_reviews">): boolean {
  return one.purpose !== "review" || one.own_reviews;
}

function propertyIn(one: PropertyForm): Json {
  const bounded = one.kind !== "bool";
  return {
    name: one.name.trim(),
    kind: one.kind,
    required: one.required,
    min: bounded ? one.min : null,
    max: bounded ? one.max : null,
    allowed: bounded ? allowedOf(one) : [],
  };
}

/** The allowed values by the kind that was chosen: what is no whole number is left to the server. */
export function allowedOf(one: PropertyForm): (string | number)[] {
  return one.allowed.map((value) => {
    if (one.kind !== "int") return String(value);
    return typeof value === "string" && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  });
}

/** Whether rules that this page does not show pay for a type, also for one whose id was just typed. */
export function isPaidElsewhere(one: TypeForm, document: unknown): boolean {
  return one.own || (one.fresh && paidBy(rulesFor(document, TRIGGER), one.id).own);
}

function rulesOf(original: unknown, form: EventsForm): Json[] {
  let rules = list(record(record(original).earning).rules).map(record);
  const kept = new Set(form.types.map((one) => one.id));
  const gone = typesIn(original).map((one) => text(one.id)).filter((id) => !kept.has(id));
  const isOfGone = (rule: Json) => rule.trigger === TRIGGER && list(rule.on).length > 0 && list(rule.on).every((id) => gone.includes(text(id)));
  rules = rules.filter((rule) => !isOfGone(rule));
  for (const one of form.types) if (!isPaidElsewhere(one, original)) rules = withRule(rules, one);
  return rules;
}

/** The rules with the simple one of a type as it is wished: made, changed, or switched off. */
function withRule(rules: Json[], one: TypeForm): Json[] {
  const wanted = one.points !== null;
  const at = rules.findIndex((rule) => rule.trigger === TRIGGER && list(rule.on).length === 1 && list(rule.on)[0] === one.id);
  const caps = one.times === null ? {} : { caps: { per_member: { times: one.times, period: one.period } } };
  if (at >= 0) {
    const rule = { ...rules[at] };
    if (wanted) delete rule.caps;
    const then = { ...record(rule.then), ...(wanted ? { points: one.points } : {}) };
    return rules.map((was, place) => (place === at ? { ...rule, enabled: wanted, then, ...(wanted ? caps : {}) } : was));
  }
  if (!wanted) return rules;
  const id = `${`event-${one.id}`.slice(0, 50)}-${one.ending}`;
  return [...rules, { id, name: said(one.texts), trigger: TRIGGER, on: [one.id], then: { type: "points", points: one.points }, ...caps }];
}

/** A type that somebody begins to write: it brings points by itself, unless a rule pays for all types. */
export function newType(document: unknown, form: EventsForm): TypeForm {
  const id = newId("event", form.types.map((one) => one.id));
  const paid = paidBy(rulesFor(document, TRIGGER), id);
  return {
    id,
    enabled: true,
    texts: localesOf(document).map((locale) => ({ locale, text: "" })),
    purpose: "custom",
    own_reviews: false,
    by_user: true,
    by_email: true,
    max_age_days: 7,
    properties: [],
    ...paid,
    points: paid.own ? paid.points : 20,
    ending: ending(),
    fresh: true,
  };
}

/** A property that somebody begins to write. */
export function newProperty(taken: readonly string[]): PropertyForm {
  return { name: free("property", taken).replace("-", "_"), kind: "string", required: false, min: null, max: null, allowed: [] };
}

/** What a type is called in a language; its id where it has no name. */
export function nameOf(one: Pick<TypeForm, "id" | "texts">, language: string): string {
  const named = [language, "en"].map((locale) => one.texts.find((said_) => said_.locale === locale)?.text ?? "");
  return [...named, ...one.texts.map((said_) => said_.text)].find((name) => name.trim() !== "") ?? one.id;
}

/** A value of a property that its type takes. */
export function sampleOf(one: PropertyForm): string | number | boolean {
  const [allowed] = allowedOf(one);
  if (one.kind === "bool") return true;
  if (allowed !== undefined) return allowed;
  if (one.kind === "int") return typeof one.min === "number" ? one.min : typeof one.max === "number" ? Math.min(1, one.max) : 1;
  return "abc".padEnd(typeof one.min === "number" ? one.min : 0, "x").slice(0, typeof one.max === "number" ? one.max : undefined);
}

/** How a system reports an event of a type, and takes it back. */
export function callsOf(apiUrl: string, one: TypeForm): string {
  const who = one.by_user ? { user_id: "VXNlcjo1" } : { email_sha256: "b6fbd675f98e2abd22d4ed29fdc83150fedc48597e92dd1a7a24381d44a27451" };
  const properties = Object.fromEntries(one.properties.map((part) => [part.name, sampleOf(part)]));
  const body = { type: one.id, external_id: "4711", ...who, ...(one.properties.length > 0 ? { properties } : {}) };
  return [
    `curl ${apiUrl}/events \\`,
    `  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\`,
    `  --data '${JSON.stringify(body).replaceAll("'", "'\\''")}'`,
    "",
    `curl -X DELETE ${apiUrl}/events/${one.id}:4711 \\`,
    `  -H "Authorization: Bearer $KEY"`,
  ].join("\n");
}
