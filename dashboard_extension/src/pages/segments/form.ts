import { newId } from "@/pages/program/json";
import { closed, isCondition, opened, partsOf, type Condition } from "@/pages/rules/conditions";
import { record, type Json } from "@/pages/rules/form";

/** So many segments a program has at most, and so deep a rule may be nested. */
export const MOST = 50;
export const MAX_DEPTH = 6;

export const KINDS: readonly { readonly heading: string; readonly types: readonly string[] }[] = [
  { heading: "bought", types: ["spend", "orders", "recency", "category_share"] },
  { heading: "compared", types: ["rfm"] },
  { heading: "person", types: ["tier", "tag", "member_since", "joined", "language", "country", "consent"] },
];
const KNOWN = KINDS.flatMap((one) => one.types);

export interface SegmentForm {
  id: string;
  name: Record<string, string>;
  rule: Condition;
  /** The segment as it was read: what no field shows is kept. */
  before: Json;
}

export interface SegmentsForm {
  segments: SegmentForm[];
}

/** Whether this page has fields for conditions of a kind. */
export function isKnown(type: string): boolean {
  return KNOWN.includes(type);
}

/** The form of a document. */
export function formOf(document: unknown): SegmentsForm {
  const locales = localesOf(document);
  const listed = record(document).segments;
  return { segments: (Array.isArray(listed) ? listed : []).map((one) => segmentOf(record(one), locales)) };
}

function segmentOf(segment: Json, locales: readonly string[]): SegmentForm {
  const names = record(segment.names);
  const all = [...new Set([...locales, ...Object.keys(names)])];
  return {
    id: text(segment.id),
    name: Object.fromEntries(all.map((locale) => [locale, text(names[locale])])),
    rule: shown(opened(segment.rule)),
    before: segment,
  };
}

/** The document of a form, upon the one that it was read from. */
export function documentOf(original: unknown, form: SegmentsForm): Json {
  const before = record(original);
  const segments = form.segments.map(documentOfSegment);
  const document: Json = { ...before };
  if (segments.length > 0) document.segments = segments;
  else delete document.segments;
  return document;
}

export function documentOfSegment(segment: SegmentForm): Json {
  const names = Object.fromEntries(Object.entries(segment.name).filter(([, name]) => name.trim() !== ""));
  return { ...segment.before, id: segment.id, names, rule: ruleOf(segment.rule) };
}

/** The rule as the document keeps it; a group that says nothing yet stays, and the server says so. */
export function ruleOf(rule: Condition): Json {
  return (closed(kept(rule), "", "", new Map()) ?? { type: "all", of: [] }) as Json;
}

/** A new segment, with an id that none has. */
export function newSegment(form: SegmentsForm, locales: readonly string[], taken: readonly string[]): SegmentForm {
  const id = newId("segment", [...form.segments.map((one) => one.id), ...taken]);
  const name = Object.fromEntries(locales.map((locale) => [locale, ""]));
  return { id, name, rule: { type: "all", of: [] }, before: {} };
}

/** A new condition of a kind, as it stands before somebody fills it in. */
export function fresh(type: string, currency: string): Condition {
  switch (type) {
    case "all":
    case "any":
      return { type, of: [] };
    case "spend":
      return { type, currency, min: null, max: null, days: 365 };
    case "orders":
      return { type, min: null, max: null, days: 365 };
    case "rfm":
      return { type, score: "frequency", currency: null, min: 4, max: null, days: 365 };
    case "category_share":
      return { type, picked: [], currency, min: 50, max: null, days: 365 };
    case "tier":
      return { type, tiers: [] };
    case "tag":
      return { type, tags: [] };
    case "consent":
      return { type, channel: "email", value: true };
    case "joined":
      return { type, start: null, end: null };
    case "language":
    case "country":
      return { type, codes: [] };
    default:
      return { type, min: null, max: null };
  }
}

/** The condition without its "not", and whether it had one. */
export function stripped(condition: Condition): { inner: Condition; negated: boolean } {
  const [part] = partsOf(condition);
  return condition.type === "not" && part !== undefined ? { inner: part, negated: true } : { inner: condition, negated: false };
}

/** Turns a condition around, or back. */
export function turned(condition: Condition): Condition {
  const { inner, negated } = stripped(condition);
  return negated ? inner : { type: "not", of: inner };
}

/** What a segment is called in a language. */
export function nameOf(segment: SegmentForm, language: string): string {
  return segment.name[language]?.trim() || segment.name.en?.trim() || Object.values(segment.name).find((one) => one.trim() !== "") || segment.id;
}

/** Categories that the rules name, to be told by their names. */
export function categoriesIn(form: SegmentsForm): string[] {
  const found = new Set<string>();
  const visit = (one: Condition) => {
    if (one.type === "category_share" && Array.isArray(one.picked)) for (const slug of one.picked as string[]) found.add(slug);
    partsOf(one).forEach(visit);
  };
  form.segments.forEach((one) => visit(one.rule));
  return [...found].sort();
}

export function localesOf(document: unknown): string[] {
  return Object.keys(record(record(document).texts));
}

/** As the inputs want it: a category is picked into a list, and "not" holds one condition. */
function shown(condition: Condition): Condition {
  if (condition.type === "category_share") {
    const { category, ...rest } = condition;
    return { min: null, max: null, days: null, ...rest, type: condition.type, picked: typeof category === "string" ? [category] : [] };
  }
  if (condition.type === "not") {
    const [part] = partsOf(condition);
    if (part === undefined) return condition;
    const parts = partsOf(part);
    // `opened` gives "not" a group of its own; with one condition in it, that one is meant.
    const only = part.type === "all" && parts.length === 1 ? parts[0] : undefined;
    return { ...condition, of: shown(only ?? part) };
  }
  const parts = partsOf(condition);
  return parts.length > 0 ? { ...condition, of: parts.map(shown) } : condition;
}

/** As the document keeps it. */
export function kept(condition: Condition): Condition {
  if (condition.type === "category_share") {
    const { picked, ...rest } = condition;
    return { ...rest, type: condition.type, category: Array.isArray(picked) ? ((picked[0] as string | undefined) ?? "") : "" };
  }
  if (condition.type === "rfm" && condition.score !== "monetary") return { ...condition, currency: null };
  if (condition.type === "not") {
    const [part] = partsOf(condition);
    return part === undefined ? condition : { ...condition, of: kept(part) };
  }
  const parts = partsOf(condition);
  return parts.length > 0 ? { ...condition, of: parts.map(kept) } : condition;
}

/** Whether a rule says anything. */
export function says(rule: Condition): boolean {
  return isCondition(rule) && (!["all", "any", "not"].includes(rule.type) || partsOf(rule).some(says));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
