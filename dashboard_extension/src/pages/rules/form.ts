import { baseOf, newId } from "@/pages/program/json";

import { closed, opened, type Condition, type Places, type Scope } from "./conditions";
import { milestoneIn, milestoneOf, type MilestoneForm } from "./milestones";

export type Json = Record<string, unknown>;
export const EFFECTS = ["points_per_money", "points_per_order", "points_per_unit", "multiplier", "status_fixed", "status_rate", "issue_reward", "set_tier", "tag", "message"] as const;
/** What is no points: given once an order, and capped by times alone. */
export const PERKS: readonly string[] = ["issue_reward", "set_tier", "tag", "message"];
export const PERIODS = ["day", "week", "month", "year", "ever"] as const;

/** What a rule does; `kind` is the type in the document, with the two ways of status points apart. */
export interface EffectForm {
  kind: string;
  factor: string | null;
  points: number | string | null;
  fixed_points: boolean;
  unit: string;
  /** Of an effect of a plugin: its kind, its settings (text where they cannot be read), and what it gives at most. */
  plugin: string;
  settings: unknown;
  most: number | string | null;
  /** The reward or the tier that is given, by id, and for how many days the tier. */
  reward: string;
  tier: string;
  days: number | string | null;
  /** The tag that the member gets. */
  tag: string;
  /** The message that the member is sent, by language. */
  texts: Record<string, MessageForm>;
}

export interface MessageForm {
  title: string;
  body: string;
}

export interface CapsForm {
  per_order: number | string | null;
  per_member: { points: number | string | null; times: number | string | null; period: string };
}

export interface RuleForm {
  id: string;
  name: Record<string, string>;
  enabled: boolean;
  trigger: string;
  /** Of a rule on tiers, by id those that it waits for; none = any. What other rules wait for stays in `before`. */
  on: string[];
  /** The line that it waits for; null for rules on anything else. */
  milestone: MilestoneForm | null;
  scope: Scope;
  when: Condition;
  then: EffectForm;
  caps: CapsForm;
  priority: number | string | null;
  stop: boolean;
  /** The rule as it was read: what no field shows is kept. */
  before: Json;
}

export interface RulesForm {
  stacking: string;
  rules: RuleForm[];
}

/** The form of a document: its rules in the order in which they are asked. */
export function formOf(document: unknown, currencies: readonly string[]): RulesForm {
  const earning = record(record(document).earning);
  const locales = Object.keys(record(record(document).texts));
  const rules = list(earning.rules).map((one) => ruleOf(record(one), locales, currencies));
  return {
    stacking: earning.stacking === "best" ? "best" : "sum",
    rules: rules
      .map((rule, at) => ({ rule, at }))
      .sort((one, other) => weight(other.rule) - weight(one.rule) || one.at - other.at)
      .map(({ rule }) => rule),
  };
}

function weight(rule: RuleForm): number {
  return typeof rule.priority === "number" ? rule.priority : 100;
}

function ruleOf(rule: Json, locales: readonly string[], currencies: readonly string[]): RuleForm {
  const name = record(rule.name);
  return {
    id: text(rule.id),
    name: Object.fromEntries([...new Set([...locales, ...Object.keys(name)])].map((locale) => [locale, text(name[locale])])),
    enabled: rule.enabled !== false,
    trigger: text(rule.trigger) || "order",
    on: list(rule.on).filter((one): one is string => typeof one === "string"),
    milestone: milestoneOf(rule.milestone, currencies),
    scope: rule.scope === "order" ? "order" : "line",
    when: opened(rule.when, currencies),
    then: effectOf(record(rule.then), locales),
    caps: capsOf(record(rule.caps)),
    priority: typeof rule.priority === "number" ? rule.priority : 100,
    stop: rule.stop === true,
    before: rule,
  };
}

function effectOf(then: Json, locales: readonly string[]): EffectForm {
  const type = text(then.type);
  const kind = type === "status_points" ? (typeof then.factor === "string" ? "status_rate" : "status_fixed") : type;
  return {
    kind,
    factor: typeof then.factor === "string" ? then.factor : kind === "multiplier" ? null : "1",
    points: typeof then.points === "number" ? then.points : null,
    fixed_points: then.fixed_points === true,
    unit: then.unit === "status" ? "status" : "points",
    plugin: text(then.kind),
    settings: then.settings ?? {},
    most: typeof then.most === "number" ? then.most : null,
    reward: text(then.reward),
    tier: text(then.tier),
    days: typeof then.days === "number" ? then.days : 30,
    tag: text(then.tag),
    texts: textsOf(record(then.texts), locales),
  };
}

/** A message to fill in for each language of the program, and for others that it has. */
function textsOf(texts: Json, locales: readonly string[]): Record<string, MessageForm> {
  const written = (locale: string) => ({ title: text(record(texts[locale]).title), body: text(record(texts[locale]).body) });
  return Object.fromEntries([...new Set([...locales, ...Object.keys(texts)])].map((locale) => [locale, written(locale)]));
}

/** The languages in which something is written. */
function textsIn(texts: Record<string, MessageForm>): Record<string, MessageForm> {
  return Object.fromEntries(Object.entries(texts).filter(([, { title, body }]) => title.trim() !== "" || body.trim() !== ""));
}

function capsOf(caps: Json): CapsForm {
  const member = record(caps.per_member);
  return {
    per_order: whole(caps.per_order),
    per_member: { points: whole(member.points), times: whole(member.times), period: text(member.period) || "month" },
  };
}

/** The document of a form, upon the one that it was read from, and where its places stand in the form. */
export function documentOf(original: unknown, form: RulesForm): { document: Json; places: Places } {
  const before = record(original);
  const places: Places = new Map();
  const rules = form.rules.map((rule, at) => {
    places.set(`earning.rules[${at}]`, `rules.${at}`);
    return documentOfRule(rule, `earning.rules[${at}]`, `rules.${at}`, places);
  });
  places.set("earning.stacking", "stacking");
  return { document: { ...before, earning: { ...record(before.earning), stacking: form.stacking, rules } }, places };
}

/** A rule as the document keeps it. */
export function documentOfRule(rule: RuleForm, path = "", field = "", places: Places = new Map()): Json {
  const { before } = rule;
  const ofOrder = rule.trigger === "order" && scopeOf(rule) === "order";
  const when = closed(rule.when, `${path}.when`, `${field}.when`, places, ofOrder);
  const caps = capsIn(rule);
  const made: Json = {
    ...before,
    id: rule.id,
    name: Object.fromEntries(Object.entries(rule.name).filter(([, name]) => name.trim() !== "")),
    enabled: rule.enabled,
    trigger: rule.trigger,
    scope: scopeOf(rule),
    when,
    then: effectIn(rule.then, before.then),
    priority: rule.priority,
    stop: rule.stop,
    caps,
  };
  if (caps === undefined) delete made.caps;
  if (rule.trigger === "tier_reached") {
    if (rule.on.length > 0) made.on = rule.on;
    else delete made.on;
  }
  if (rule.milestone !== null) {
    const { milestone, rows } = milestoneIn(rule.milestone);
    made.milestone = milestone;
    places.set(`${path}.milestone.line`, `${field}.milestone`);
    rows.forEach((at, number) => places.set(`${path}.milestone.line.limits[${number}]`, `${field}.milestone.limits.${at}`));
  }
  return made;
}

/** What the rule looks at: what it does may leave no choice. */
export function scopeOf(rule: Pick<RuleForm, "scope" | "then">): Scope {
  if (rule.then.kind === "points_per_unit") return "line";
  if (["points_per_order", "status_fixed", ...PERKS].includes(rule.then.kind)) return "order";
  return rule.scope;
}

function effectIn(then: EffectForm, before: unknown): unknown {
  const { kind, factor, points } = then;
  switch (kind) {
    case "points_per_money":
      return { type: kind, factor };
    case "multiplier":
      return { type: kind, factor, fixed_points: then.fixed_points, unit: then.unit };
    case "status_rate":
      return { type: "status_points", factor };
    case "status_fixed":
      return { type: "status_points", points };
    case "points_per_order":
    case "points_per_unit":
    case "points":
      return { type: kind, points };
    case "issue_reward":
      return { type: kind, reward: then.reward };
    case "set_tier":
      return { type: kind, tier: then.tier, days: then.days };
    case "tag":
      return { type: kind, tag: then.tag.trim() };
    case "message":
      return { type: kind, texts: textsIn(then.texts) };
    case "plugin":
      return { type: kind, kind: then.plugin, settings: then.settings, most: then.most, unit: then.unit };
    default:
      return before;
  }
}

function capsIn(rule: RuleForm): Json | undefined {
  const perk = PERKS.includes(rule.then.kind);
  const { per_member } = rule.caps;
  const { times, period } = per_member;
  // What a cap of points was before the rule gave something else is no cap of that.
  const [per_order, points] = perk ? [null, null] : [rule.caps.per_order, per_member.points];
  const member = points === null && times === null ? {} : { per_member: { ...(points === null ? {} : { points }), ...(times === null ? {} : { times }), period } };
  const order = per_order === null ? {} : { per_order };
  const caps = { ...order, ...member };
  return Object.keys(caps).length === 0 ? undefined : caps;
}

/** A rule that somebody begins to write: points count twice, always. */
export function newRule(form: RulesForm, locales: readonly string[]): RuleForm {
  return {
    id: newId("rule", idsOf(form.rules)),
    name: Object.fromEntries(locales.map((locale) => [locale, ""])),
    enabled: true,
    trigger: "order",
    on: [],
    milestone: null,
    scope: "line",
    when: { type: "all", of: [] },
    then: { kind: "multiplier", factor: "2", points: null, fixed_points: false, unit: "points", plugin: "", settings: {}, most: null, reward: "", tier: "", days: 30, tag: "", texts: textsOf({}, locales) },
    caps: capsOf({}),
    priority: form.rules.at(-1)?.priority ?? 100,
    stop: false,
    before: {},
  };
}

/** A milestone that somebody begins to write: a line of paid orders. */
export function newMilestone(form: RulesForm, locales: readonly string[], currencies: readonly string[]): RuleForm {
  const rule = newRule(form, locales);
  const milestone = milestoneOf({ line: { type: "orders", min: 10 } }, currencies);
  return { ...rule, trigger: "milestone", milestone, then: { ...rule.then, kind: "points", points: 100 } };
}

/** A rule on tiers that somebody begins to write: a reward of the catalog for each tier, or points where there is none. */
export function newTierRule(form: RulesForm, locales: readonly string[], rewards: readonly { readonly value: string }[]): RuleForm {
  const rule = newRule(form, locales);
  const [reward] = rewards;
  const then = reward === undefined ? { ...rule.then, kind: "points", points: 100 } : { ...rule.then, kind: "issue_reward", reward: reward.value };
  return { ...rule, trigger: "tier_reached", then };
}

/** The same rule once more behind it, switched off until somebody has changed it. */
export function duplicated(rules: readonly RuleForm[], at: number): RuleForm[] {
  const rule = rules[at];
  if (rule === undefined) return [...rules];
  const copy = structuredClone(rule);
  copy.id = newId(baseOf(rule.id).slice(0, 50) || "rule", idsOf(rules));
  copy.name = Object.fromEntries(Object.entries(rule.name).map(([locale, name]) => [locale, name === "" ? "" : `${name.slice(0, 115)} (2)`]));
  copy.enabled = false;
  return [...rules.slice(0, at + 1), copy, ...rules.slice(at + 1)];
}

/** Moves a rule before or behind its neighbor; it takes the neighbor's priority, as that decides first. */
export function moved(rules: readonly RuleForm[], at: number, by: -1 | 1): RuleForm[] {
  const [rule, neighbor] = [rules[at], rules[at + by]];
  if (rule === undefined || neighbor === undefined) return [...rules];
  const next = [...rules];
  next[at] = neighbor;
  next[at + by] = { ...rule, priority: neighbor.priority };
  return next;
}

function idsOf(rules: readonly RuleForm[]): string[] {
  return rules.map((one) => one.id);
}

/** What a rule is called in a language: its name there, or in any language; `unnamed` where it has none. */
export function nameOf(rule: Pick<RuleForm, "name">, language: string, unnamed: string): string {
  const names = [rule.name[language], rule.name.en, ...Object.values(rule.name)];
  return names.find((name) => name !== undefined && name.trim() !== "") ?? unnamed;
}

export function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function whole(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

