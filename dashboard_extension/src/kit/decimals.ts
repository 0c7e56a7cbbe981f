/** Decimals as text: what people type and what the API sends, with no float between them. */

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** A decimal of the API in the words of a language. */
export function decimalText(amount: string, format: Intl.NumberFormatOptions, locale: string): string {
  // Intl takes decimals as text and keeps every digit; only its types are behind.
  return new Intl.NumberFormat(locale, format).format(amount as unknown as number);
}

/** How a decimal of the API stands in an input: with the comma or point of the language. */
export function decimalInput(amount: string, locale: string): string {
  return DECIMAL.test(amount) ? amount.replace(".", separators(locale).decimal) : amount;
}

/**
 * What somebody typed, as the API wants it; null where it is no number. Spaces and groups of three
 * are understood as the language writes them: "1.234,50" in Turkish is "1234.50".
 */
export function decimalTyped(text: string, locale: string): string | null {
  const { decimal, group } = separators(locale);
  let clean = text.trim().replace(/[\s\u00a0\u202f]/g, "");
  // Nobody writes thousands that begin with a zero: "0.125" is less than one in every language.
  const grouped = new RegExp(`^-?[1-9]\\d{0,2}(${escaped(group)}\\d{3})+(${escaped(decimal)}\\d+)?$`);
  if (grouped.test(clean)) clean = clean.split(group).join("");
  else if (clean.split(group).length === 2 && !clean.includes(decimal)) clean = clean.replace(group, decimal);
  clean = clean.replace(decimal, ".");
  if (!DECIMAL.test(clean)) return null;
  return clean.replace(/^(-?)0+(?=\d)/, "$1");
}

/** A whole number that somebody typed; null where it is none, or more than JSON can hold exactly. */
export function wholeTyped(text: string, locale: string): number | null {
  const clean = decimalTyped(text, locale);
  if (clean === null || clean.includes(".")) return null;
  const value = Number(clean);
  return Number.isSafeInteger(value) ? value : null;
}

function separators(locale: string): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(-1234567.5);
  const of = (type: string, otherwise: string) => parts.find((part) => part.type === type)?.value ?? otherwise;
  return { decimal: of("decimal", "."), group: of("group", ",") };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
