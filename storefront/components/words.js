/** Texts, numbers, money and days in the language of the reader. */

import { TEXTS } from "./texts.js";

/** @typedef {import("./amounts.js").Money} Money */
/** @typedef {{name: string, point_name: string, points_name: string}} Names */

/**
 * The language of the texts, and the locale of numbers and dates, for a language tag.
 *
 * @param {string | null | undefined} tag such as "tr", "en-GB"; what is none of ours is English
 * @returns {{language: string, locale: string}}
 */
export function localeOf(tag) {
  let locale = "en";
  try {
    [locale = "en"] = Intl.getCanonicalLocales((tag || "en").replaceAll("_", "-"));
  } catch {
    // No language tag at all: English, as for one that is not ours.
  }
  const [language = "en"] = locale.split("-");
  return Object.hasOwn(TEXTS, language) ? { language, locale } : { language: "en", locale: "en" };
}

/** Says things in one locale. */
export class Words {
  /** @param {string | null | undefined} tag */
  constructor(tag) {
    const { language, locale } = localeOf(tag);
    this.language = language;
    this.locale = locale;
    this.catalog = /** @type {Record<string, string>} */ (TEXTS[language]);
    this.plural = new Intl.PluralRules(locale);
  }

  /**
   * The text with its {named} places filled.
   *
   * @param {string} id
   * @param {Record<string, string | number>} [values]
   */
  t(id, values = {}) {
    const text = this.catalog[id];
    if (text === undefined) throw new Error(`no text ${id}`);
    return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
  }

  /**
   * The text if there is one.
   *
   * @param {string} id
   */
  maybe(id) {
    return this.catalog[id] ?? "";
  }

  /** @param {number} value */
  number(value) {
    return new Intl.NumberFormat(this.locale).format(value);
  }

  /**
   * A number of points with its sign: "+45", "−250".
   *
   * @param {number} value
   */
  signed(value) {
    return `${value < 0 ? "−" : "+"}${this.number(Math.abs(value))}`;
  }

  /**
   * So many points as the program calls them: "1 point", "120 puan".
   *
   * @param {number} amount
   * @param {Names | null | undefined} [names]
   */
  points(amount, names) {
    const one = this.plural.select(amount) === "one";
    const name = one ? names?.point_name : names?.points_name;
    return `${this.number(amount)} ${name ?? this.t(one ? "point" : "points")}`;
  }

  /** @param {Money} money */
  money({ amount, currency }) {
    const shown = new Intl.NumberFormat(this.locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    return shown.format(/** @type {any} */ (amount));
  }

  /** @param {string} value a decimal as the app writes it */
  decimal(value) {
    return new Intl.NumberFormat(this.locale, { maximumFractionDigits: 6 }).format(/** @type {any} */ (value));
  }

  /** @param {string} date without a time, which is the same day everywhere */
  date(date) {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(date));
  }

  /** @param {string} moment in ISO 8601 */
  day(moment) {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: "medium" }).format(new Date(moment));
  }
}
