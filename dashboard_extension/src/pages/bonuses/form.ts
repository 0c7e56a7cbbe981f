import { free, list, localesOf, newId, record, rulesFor, said, text, textsOf, whole, type Json, type Texted, type Whole } from "@/pages/program/json";

import { goodwillIn, goodwillOf, type GoodwillForm } from "./signals";

export type { Json, Texted } from "@/pages/program/json";
export const KINDS = ["choice", "number", "date", "text"] as const;
export const CARDS = ["account_confirmed", "birthday", "anniversary"] as const;
export type Trigger = (typeof CARDS)[number] | "question_answered";

/** Points by one simple rule; `own` = rules that this page does not show decide it. */
export interface PaidForm {
  on: boolean;
  points: Whole;
  own: boolean;
}

export interface OptionForm {
  id: string;
  labels: Texted[];
}

export interface QuestionForm {
  id: string;
  enabled: boolean;
  texts: Texted[];
  kind: string;
  options: OptionForm[];
  panel: boolean;
  page: boolean;
  points: Whole;
  own: boolean;
}

export interface BonusesForm {
  account_confirmed: PaidForm;
  birthday: PaidForm & { asked: boolean; leap_day: string; known_days: Whole };
  anniversary: PaidForm & { years: string };
  remembered_months: Whole;
  questions: QuestionForm[];
  goodwill: GoodwillForm;
}

/** What a new rule of each kind is called; other languages read the English name. */
const NAMES: Record<Trigger, Json> = {
  account_confirmed: { en: "Welcome bonus", tr: "Hoş geldin bonusu" },
  birthday: { en: "Birthday points", tr: "Doğum günü puanı" },
  anniversary: { en: "Anniversary points", tr: "Yıl dönümü puanı" },
  question_answered: { en: "Points for an answer", tr: "Yanıt puanı" },
};
const IDS: Record<Trigger, string> = {
  account_confirmed: "welcome-bonus",
  birthday: "birthday-bonus",
  anniversary: "anniversary-bonus",
  question_answered: "answer",
};

/** The form of a document: bonuses that one simple rule pays, and the questions. */
export function formOf(document: unknown): BonusesForm {
  const section = record(record(document).bonuses);
  const birthdays = record(section.birthdays);
  const locales = localesOf(document);
  const paid = (trigger: Trigger): PaidForm => paidBy(rulesFor(document, trigger));
  const [anniversary] = rulesFor(document, "anniversary");
  return {
    account_confirmed: paid("account_confirmed"),
    birthday: {
      ...paid("birthday"),
      asked: birthdays.asked === true,
      leap_day: birthdays.leap_day === "mar_1" ? "mar_1" : "feb_28",
      known_days: whole(birthdays.known_days, 7),
    },
    anniversary: { ...paid("anniversary"), years: list(anniversary?.on).join(", ") },
    remembered_months: whole(section.remembered_months, 24),
    questions: list(section.questions).map((one) => questionOf(record(one), document, locales)),
    goodwill: goodwillOf(document),
  };
}

function questionOf(question: Json, document: unknown, locales: readonly string[]): QuestionForm {
  const id = text(question.id);
  const paid = paidFor(document, id);
  const shown = Array.isArray(question.shown) ? question.shown : ["panel", "page"];
  return {
    id,
    enabled: question.enabled !== false,
    texts: textsOf(question.text, locales),
    kind: text(question.kind) || "text",
    options: list(question.options).map((one) => ({ id: text(record(one).id), labels: textsOf(record(one).label, locales) })),
    panel: shown.includes("panel"),
    page: shown.includes("page"),
    points: paid.on ? paid.points : null,
    own: paid.own,
  };
}

/** What answering a question brings: by the rules for it alone, for several, or for all of them. */
function paidFor(document: unknown, question: string): PaidForm {
  const rules = rulesFor(document, "question_answered");
  return paidBy(rules.filter((rule) => list(rule.on).length === 0 || list(rule.on).includes(question)), question);
}

/** Whether these rules are one simple rule, and what it pays; of a question: narrowed to it alone. */
function paidBy(rules: readonly Json[], question?: string): PaidForm {
  const [rule] = rules;
  if (rule === undefined) return { on: false, points: null, own: false };
  const then = record(rule.then);
  const narrowed = question === undefined || (list(rule.on).length === 1 && list(rule.on)[0] === question);
  const simple = rules.length === 1 && narrowed && then.type === "points" && (rule.when === undefined || rule.when === null);
  return { on: rule.enabled !== false, points: simple ? whole(then.points, null) : null, own: !simple };
}

/** The document of a form, upon the one that it was read from: what no field shows is kept. */
export function documentOf(original: unknown, form: BonusesForm): Json {
  const before = record(original);
  const section = record(before.bonuses);
  const birthdays = {
    ...record(section.birthdays),
    asked: form.birthday.asked,
    leap_day: form.birthday.leap_day,
    known_days: form.birthday.known_days,
  };
  const old = list(section.questions).map(record);
  const questions = form.questions.map((one) => ({
    ...old.find((was) => was.id === one.id),
    id: one.id,
    enabled: one.enabled,
    text: said(one.texts),
    kind: one.kind,
    options: one.kind === "choice" ? one.options.map((option) => ({ id: option.id, label: said(option.labels) })) : [],
    shown: [...(one.panel ? ["panel"] : []), ...(one.page ? ["page"] : [])],
  }));
  const bonuses = { ...section, birthdays, questions, remembered_months: form.remembered_months };
  const rules = rulesOf(original, form);
  const untouched = before.bonuses === undefined || before.bonuses === null;
  const document: Json = { ...before, earning: { ...record(before.earning), rules } };
  if (!untouched || !isUsual(form)) document.bonuses = bonuses;
  const goodwill = goodwillIn(original, form.goodwill);
  if (goodwill !== undefined) document.goodwill = goodwill;
  return document;
}

function isUsual(form: BonusesForm): boolean {
  const { birthday, questions, remembered_months: months } = form;
  return !birthday.asked && birthday.leap_day === "feb_28" && birthday.known_days === 7 && months === 24 && questions.length === 0;
}

function rulesOf(original: unknown, form: BonusesForm): Json[] {
  const locales = localesOf(original);
  let rules = list(record(record(original).earning).rules).map(record);
  for (const trigger of CARDS) {
    const paid = form[trigger];
    if (paid.own) continue;
    const on = trigger === "anniversary" ? yearsOf(form.anniversary.years) : undefined;
    rules = withRule(rules, locales, trigger, on, paid.on, paid.points);
  }
  const kept = new Set(form.questions.map((one) => one.id));
  const gone = list(record(record(original).bonuses).questions).map((one) => text(record(one).id)).filter((id) => !kept.has(id));
  rules = rules.filter((rule) => !(rule.trigger === "question_answered" && list(rule.on).length > 0 && list(rule.on).every((id) => gone.includes(text(id)))));
  for (const question of form.questions) {
    if (question.own) continue;
    rules = withRule(rules, locales, "question_answered", [question.id], question.points !== null, question.points);
  }
  return rules;
}

/** The rules with the one simple rule of a trigger as it is wished: made, changed, or switched off. */
function withRule(rules: Json[], locales: readonly string[], trigger: Trigger, on: string[] | undefined, wanted: boolean, points: Whole): Json[] {
  const mine = (rule: Json) => rule.trigger === trigger && (trigger !== "question_answered" || list(rule.on)[0] === on?.[0]);
  const at = rules.findIndex(mine);
  const narrowed = on === undefined || on.length === 0 ? {} : { on };
  if (at >= 0) {
    const { on: _was, ...rule } = rules[at] ?? {};
    const then = { ...record(rule.then), ...(wanted ? { points } : {}) };
    const years = wanted || trigger !== "anniversary" ? narrowed : _was === undefined || _was === null ? {} : { on: _was };
    return rules.map((one, place) => (place === at ? { ...rule, ...years, enabled: wanted, then } : one));
  }
  if (!wanted) return rules;
  const names = Object.fromEntries(Object.entries(NAMES[trigger]).filter(([locale]) => locale === "en" || locales.includes(locale)));
  const base = trigger === "question_answered" ? `${IDS[trigger]}-${on?.[0] ?? ""}`.slice(0, 55) : IDS[trigger];
  return [...rules, { id: free(base, rules.map((rule) => text(rule.id))), name: names, trigger, ...narrowed, then: { type: "points", points } }];
}

/** The years that somebody wrote, "1, 5 and 10" as well as "1 5 10"; none = every year. */
export function yearsOf(written: string): string[] {
  return [...new Set(written.match(/\d+/g) ?? [])].map((year) => String(Number(year)));
}

/** A question that somebody begins to write: it brings points by itself, unless a rule pays for all questions. */
export function newQuestion(document: unknown, form: Pick<BonusesForm, "questions">): QuestionForm {
  const id = newId("question", form.questions.map((one) => one.id));
  const texts = localesOf(document).map((locale) => ({ locale, text: "" }));
  const { own } = paidFor(document, id);
  const first = newOption(document, []);
  const options = [first, newOption(document, [first.id])];
  return { id, enabled: true, texts, kind: "choice", options, panel: true, page: true, points: own ? null : 50, own };
}

/** An option that somebody begins to write; what was answered keeps the ids of those that are gone. */
export function newOption(document: unknown, taken: readonly string[]): OptionForm {
  return { id: newId("option", taken), labels: localesOf(document).map((locale) => ({ locale, text: "" })) };
}

/** What points are worth: a decimal as text with six places at most; null without a rate. */
export function worthOf(document: unknown, points: Whole): { amount: string; currency: string } | null {
  const paying = list(record(document).currencies).map(record).find((one) => typeof record(one.spend_rate).money === "string");
  const rate = record(paying?.spend_rate);
  const places = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text(rate.money));
  if (paying === undefined || places === null || typeof points !== "number" || points <= 0 || !Number.isSafeInteger(points) || typeof rate.points !== "number" || rate.points <= 0) return null;
  const millionths = (BigInt(points) * BigInt((places[1] ?? "0") + (places[2] ?? "").padEnd(6, "0"))) / BigInt(rate.points);
  const digits = millionths.toString().padStart(7, "0");
  return { amount: `${digits.slice(0, -6)}.${digits.slice(-6, -4)}`, currency: text(paying.currency) };
}

/** What is said in a language, or else in any; null where nothing is. */
export function textIn(texts: readonly Texted[], language: string): string | null {
  const filled = texts.filter((one) => one.text.trim() !== "");
  return (filled.find((one) => one.locale === language) ?? filled[0])?.text ?? null;
}
