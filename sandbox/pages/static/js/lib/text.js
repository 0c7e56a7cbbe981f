/** Texts, money and times in the language of the page. */

const catalog = JSON.parse(document.getElementById("texts").textContent);
export const language = document.documentElement.lang;
const locale = language === "tr" ? "tr-TR" : "en-US";

/** The text `id` with its {named} places filled. */
export function t(id, values = {}) {
  const text = catalog[id];
  if (text === undefined) throw new Error(`no text ${id}`);
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** The text `id` if there is one, else `fallback`. */
export function textOr(id, fallback) {
  return catalog[id] ?? fallback;
}

/** Money of GraphQL or of the app: {amount, currency}. */
export function money({ amount, currency }) {
  return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(Number(amount));
}

/** Money that is taken off, with a true minus sign. */
export function off(value) {
  return `−${money(value)}`;
}

/** `amount` points in words: "1 point", "120 points". */
export function points(amount) {
  const one = new Intl.PluralRules(locale).select(amount) === "one";
  return t(one ? "points.one" : "points.many", { amount: number(amount) });
}

/** Days that a delivery takes, "" where nothing is known. */
export function days(least, most) {
  const known = [least, most].filter((one) => one !== null && one !== undefined);
  if (!known.length) return "";
  const [from, to] = [Math.min(...known), Math.max(...known)];
  const one = to === 1 ? "days.one" : "days.many";
  return from === to ? t(one, { days: number(to) }) : t("days.range", { from: number(from), to: number(to) });
}

export function country(code) {
  return new Intl.DisplayNames(locale, { type: "region" }).of(code);
}

export function number(value) {
  return new Intl.NumberFormat(locale).format(value);
}

export function day(value) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(value));
}

export function moment(value) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(value));
}

/** "CHARGE_SUCCESS" as "Charge success", for Saleor's codes that have no text of their own. */
export function humanized(code) {
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
