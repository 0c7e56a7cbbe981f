/** Values of a document that may hold anything, read as what is expected there; else as nothing. */

export type Json = Record<string, unknown>;
/** A whole number as it is typed: null while empty, text while it is none. */
export type Whole = number | string | null;

/** A text in one language. */
export interface Texted {
  locale: string;
  text: string;
}

export function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function whole(value: unknown, otherwise: Whole): Whole {
  return typeof value === "number" ? value : otherwise;
}

/** The languages that a program speaks; English where it says none. */
export function localesOf(document: unknown): string[] {
  const locales = Object.keys(record(record(document).texts));
  return locales.length > 0 ? locales : ["en"];
}

/** Texts by language as a form shows them: one for each language of the program, and those known. */
export function textsOf(value: unknown, locales: readonly string[]): Texted[] {
  const known = record(value);
  return [...new Set([...locales, ...Object.keys(known)])].map((locale) => ({ locale, text: text(known[locale]) }));
}

/** Texts as the document keeps them: without those that say nothing. */
export function said(texts: readonly Texted[]): Json {
  return Object.fromEntries(texts.filter((one) => one.text.trim() !== "").map((one) => [one.locale, one.text]));
}

/** An id that is not taken: `base`, `base-2`, … */
export function free(base: string, taken: readonly string[]): string {
  let found = base;
  for (let number = 2; taken.includes(found); number += 1) found = `${base}-${number}`;
  return found;
}

/** What ids end in: without vowels, so that no words come about, and nothing that reads like another. */
const LETTERS = "23456789bcdfghjkmnpqrstvwxz";
const LENGTH = 6;

/**
 * An id that nothing had before: `rule-k7m2q9`. What was removed is known by its id for ever (who
 * passed a milestone, who was welcomed in a tier, what an answer chose, what a limit counted), so
 * that a number that is free now would give members what was somebody else's, or nothing.
 */
export function newId(base: string, taken: readonly string[] = []): string {
  const made = `${base}-${ending()}`;
  return taken.includes(made) ? newId(base, taken) : made;
}

/** What an id ends in, at random. */
export function ending(): string {
  return [...crypto.getRandomValues(new Uint8Array(LENGTH))].map((byte) => LETTERS.charAt(byte % LETTERS.length)).join("");
}

/** What an id says without its number or its ending. */
export function baseOf(id: string): string {
  return id.replace(new RegExp(`-(\\d+|[${LETTERS}]{${LENGTH}})$`), "");
}

/** The earning rules of a document that wait for a trigger. */
export function rulesFor(document: unknown, trigger: string): Json[] {
  return list(record(record(document).earning).rules).map(record).filter((rule) => rule.trigger === trigger);
}
