import { asking, compared, comparison } from "./tells";

/** The conditions of a rule as data: what they are, what may stand where, and how a tree changes. */

export type Condition = { readonly type: string } & Readonly<Record<string, unknown>>;
export type Scope = "line" | "order";

/** How deep conditions may be nested; the server refuses more. */
export const MAX_DEPTH = 6;

export const GROUPS = ["all", "any", "not", "any_line"] as const;

const OF_ORDER = ["order_value", "order_quantity", "channel", "currency", "country", "voucher_used", "nth_order", "order_metadata"] as const;
const OF_TIME = ["weekday", "hour", "date_window"] as const;
const OF_MEMBER = ["tier", "segment", "tag", "member_since", "member_orders", "language"] as const;
const OF_LINE = ["product", "variant", "category", "collection", "product_type", "quantity", "on_sale", "product_metadata"] as const;

const OF_PLUGINS = ["plugin", "plugin_line"] as const;
const KNOWN: readonly string[] = [...OF_ORDER, ...OF_TIME, ...OF_MEMBER, ...OF_LINE, ...OF_PLUGINS, "event_property", "expression"];

/** Whether this page has fields for conditions of a kind. */
export function isKnown(type: string): boolean {
  return KNOWN.includes(type);
}

/** What the server finds in the store, and the field of the condition that names it. */
export const CATALOG: Readonly<Record<string, string>> = {
  product: "products",
  variant: "variants",
  category: "slugs",
  collection: "slugs",
  product_type: "slugs",
};

/** The kinds of conditions that may stand somewhere, by headings. */
export function offered(where: { trigger: string; onLine: boolean; withinAnyLine: boolean; tiers: boolean; segments: boolean; tells: boolean }): { heading: string; types: readonly string[] }[] {
  const member = OF_MEMBER.filter((one) => (one !== "tier" || where.tiers) && (one !== "segment" || where.segments));
  if (where.trigger !== "order") {
    return [
      ...(where.tells ? [{ heading: "event", types: ["event_property"] }] : []),
      { heading: "time", types: OF_TIME },
      { heading: "member", types: member },
    ];
  }
  const lines = where.onLine || where.withinAnyLine;
  return [
    ...(lines ? [{ heading: "line", types: OF_LINE }] : []),
    { heading: "order", types: where.onLine || where.withinAnyLine ? OF_ORDER : [...OF_ORDER, "any_line"] },
    { heading: "time", types: OF_TIME },
    { heading: "member", types: member },
    { heading: "expert", types: ["expression"] },
  ];
}

/** The currencies of the store's channels. */
export function currenciesOf(seen: { channels: readonly { currency: string }[] }): string[] {
  return [...new Set(seen.channels.map((one) => one.currency))].sort();
}

/** A new condition of a kind, as it stands before somebody fills it in. */
export function fresh(type: string, currencies: readonly string[]): Condition {
  switch (type) {
    case "all":
    case "any":
      return { type, of: [] };
    case "order_value":
      return { type, limits: currencies.map((currency) => ({ currency, min: null, max: null })) };
    case "order_quantity":
    case "quantity":
    case "member_since":
    case "member_orders":
      return { type, min: null, max: null };
    case "nth_order":
      return { type, min: 1, max: 1, every: null };
    case "date_window":
      return { type, start: null, end: null };
    case "hour":
      return { type, start: 18, end: 24 };
    case "weekday":
      return { type, days: [] };
    case "voucher_used":
    case "on_sale":
      return { type, value: true };
    case "event_property":
      return asking(undefined);
    case "order_metadata":
    case "product_metadata":
      return { type, key: "", values: [] };
    case "expression":
      return { type, cel: "" };
    case "tier":
      return { type, tiers: [] };
    case "segment":
      return { type, segments: [] };
    case "tag":
      return { type, tags: [] };
    case "currency":
    case "country":
    case "language":
      return { type, codes: [] };
    case "any_line":
      return { type, of: { type: "all", of: [] } };
    default:
      return { type, [CATALOG[type] ?? "slugs"]: [] };
  }
}

/** The parts of a group; none of any other condition. */
export function partsOf(condition: Condition): readonly Condition[] {
  const { of } = condition;
  if (Array.isArray(of)) return of as readonly Condition[];
  return isCondition(of) ? [of] : [];
}

/** How deep a condition is nested; 1 for one without parts. */
export function depthOf(condition: Condition): number {
  return 1 + Math.max(0, ...partsOf(condition).map(depthOf));
}

/**
 * The tree as the form shows it: the root, and what "not" and "any_line" hold, are groups to which
 * something can be added.
 */
export function opened(when: unknown, currencies: readonly string[] = []): Condition {
  if (!isCondition(when)) return { type: "all", of: [] };
  const inside = inner(when, currencies);
  return inside.type === "all" || inside.type === "any" ? inside : { type: "all", of: [inside] };
}

function inner(condition: Condition, currencies: readonly string[]): Condition {
  if (condition.type === "all" || condition.type === "any") return { ...condition, of: partsOf(condition).map((one) => inner(one, currencies)) };
  if (condition.type === "not" || condition.type === "any_line") return { ...condition, of: opened(condition.of, currencies) };
  return filled(condition, currencies);
}

/** A condition with all fields that its inputs show: of an order's value, a row for each currency. */
function filled(condition: Condition, currencies: readonly string[]): Condition {
  if (!isKnown(condition.type)) return condition;
  if (condition.type === "event_property") return compared(condition);
  if ((OF_PLUGINS as readonly string[]).includes(condition.type)) return { settings: {}, ...condition };
  if (condition.type === "nth_order") return { min: null, max: null, every: null, ...condition };
  if (condition.type !== "order_value") return { ...fresh(condition.type, []), ...condition };
  const limits = (Array.isArray(condition.limits) ? (condition.limits as Record<string, unknown>[]) : []).map((one) => ({ min: null, max: null, ...one }));
  const known = limits.map((one) => (one as Record<string, unknown>).currency);
  const more = currencies.filter((one) => !known.includes(one)).map((currency) => ({ currency, min: null, max: null }));
  return { ...condition, limits: [...limits, ...more] };
}

/** Where the places of a document stand in the form: prefixes of the one, and of the other. */
export type Places = Map<string, string>;

/**
 * The tree as the document keeps it: groups of one are that one, and empty ones nothing.
 *
 * `places` learns where each condition stands: in the document at `path`, in the form at `field`.
 * With `ofOrder` the rule looks at the whole order: what is about a product asks for one that fits.
 */
export function closed(condition: Condition, path: string, field: string, places: Places, ofOrder = false): Condition | null {
  places.set(path, field);
  if (condition.type === "all" || condition.type === "any") return closedGroup(condition, path, field, places, ofOrder);
  if (ofOrder && ([...OF_LINE, "plugin_line"] as readonly string[]).includes(condition.type)) {
    places.set(`${path}.of`, field);
    return { type: "any_line", of: condition };
  }
  if (condition.type === "not" || condition.type === "any_line") {
    const [part] = partsOf(condition);
    const inside = part === undefined ? null : closed(part, `${path}.of`, `${field}.of`, places, ofOrder && condition.type === "not");
    return inside === null ? null : { ...condition, of: inside };
  }
  if (condition.type === "event_property") return comparison(condition);
  if (condition.type === "order_value") {
    const all = Array.isArray(condition.limits) ? (condition.limits as Record<string, unknown>[]) : [];
    const limits = all.filter((one) => one.min !== null || one.max !== null);
    limits.forEach((one, at) => places.set(`${path}.limits[${at}]`, `${field}.limits.${all.indexOf(one)}`));
    return { ...condition, limits };
  }
  return condition;
}

function closedGroup(condition: Condition, path: string, field: string, places: Places, ofOrder: boolean): Condition | null {
  const parts = partsOf(condition).map((one, at) => ({ one, at }));
  const kept = parts.filter(({ one }) => says(one));
  const made = kept.map(({ one, at }, position) =>
    closed(one, kept.length < 2 ? path : `${path}.of[${position}]`, `${field}.of.${at}`, places, ofOrder),
  );
  if (made.length < 2) return made[0] ?? null;
  return { ...condition, of: made };
}

/** Whether a condition says anything: a group that holds nothing does not. */
function says(condition: Condition): boolean {
  const group = (GROUPS as readonly string[]).includes(condition.type);
  return !group || partsOf(condition).some(says);
}

/** References to the catalog that the conditions of some rules have, by kind. */
export function referencesIn(conditions: readonly unknown[]): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, Set<string>> = {};
  const visit = (one: unknown) => {
    if (!isCondition(one)) return;
    const field = CATALOG[one.type];
    if (field !== undefined && Array.isArray(one[field])) {
      const known = (found[one.type] ??= new Set());
      for (const reference of one[field] as unknown[]) if (typeof reference === "string") known.add(reference);
    }
    partsOf(one).forEach(visit);
  };
  conditions.forEach(visit);
  return Object.fromEntries(Object.entries(found).map(([kind, references]) => [kind, [...references].sort()]));
}

export function isCondition(value: unknown): value is Condition {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
