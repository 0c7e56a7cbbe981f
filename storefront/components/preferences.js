/** How a shopper is written to: language, news of their points, and offers only if they agree. */

import { h } from "./dom.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {"email" | "sms"} Channel */
/** @typedef {{language: string, languages: string[], news: Record<Channel, boolean>, offers: Record<Channel, {granted: boolean}>}} Preferences */
/** @typedef {(id: string, work: (client: Client) => Promise<unknown>) => void} Change */
/** @typedef {{id: string, code: string, text: string, count: number}} Trouble */

/** @type {Channel[]} */
const CHANNELS = ["email", "sms"];
/** Names the texts "pref.offers" and "pref.offers_text": with other words they have another version. */
export const TEXT_VERSION = "panel-1";

/**
 * What a member prefers, with switches that act at once.
 *
 * @param {Preferences} known
 * @param {Words} words
 * @param {{unit: string, textVersion: string, trouble: Trouble | null, change: Change}} more
 * @returns {Child[]}
 */
export function drawPreferences(known, words, { unit, textVersion, trouble, change }) {
  /** @param {Channel} channel */
  const news = (channel) => toggle(`news-${channel}`, words.t(`pref.${channel}`), known.news[channel], (wanted) =>
    change(`news-${channel}`, (client) => client.call("me/preferences", { method: "PUT", input: { news: { [channel]: wanted } } })));
  /** @param {Channel} channel */
  const offers = (channel) => toggle(`offers-${channel}`, words.t(`pref.${channel}`), known.offers[channel].granted, (wanted) =>
    change(`offers-${channel}`, (client) => (wanted ? agree(client, channel, textVersion) : client.call(`me/consents/${channel}`, { method: "DELETE" }))));
  return [
    h("div", { class: "row", part: "preference" },
      h("label", { for: "language" }, words.t("pref.language")),
      h("select", { id: "language", part: "input", onchange: (/** @type {Event} */ event) => {
        const { value } = /** @type {HTMLSelectElement} */ (event.currentTarget);
        change("language", (client) => client.call("me/preferences", { method: "PUT", input: { language: value } }));
      } }, known.languages.map((language) => h("option", { value: language, selected: language === known.language }, nameOf(language, words))))),
    h("fieldset", { part: "preference" }, h("legend", {}, words.t("pref.news", { unit })), CHANNELS.map(news)),
    h("fieldset", { part: "preference", "aria-describedby": "offers-text" }, h("legend", {}, words.t("pref.offers")),
      h("p", { class: "soft", id: "offers-text" }, h("slot", { name: "offers-text" }, words.t("pref.offers_text", { unit }))),
      CHANNELS.map(offers)),
    trouble?.code === "phone_missing" || trouble?.code === "invalid_phone" ? phone(words, textVersion, change) : null,
    h("p", { class: "problem", id: "preferences-problem", part: "problem" }, trouble?.text ?? ""),
  ];
}

/**
 * @param {Client} client
 * @param {Channel} channel
 * @param {string} textVersion
 * @param {string} [number]
 */
function agree(client, channel, textVersion, number = "") {
  return client.call(`me/consents/${channel}`, { method: "PUT", input: { text_version: textVersion, ...(number ? { phone: number } : {}) } });
}

/**
 * @param {Words} words
 * @param {string} textVersion
 * @param {Change} change
 */
function phone(words, textVersion, change) {
  const field = /** @type {HTMLInputElement} */ (h("input", { id: "phone", type: "tel", autocomplete: "tel", part: "input", "data-keep": true, "data-focus": true, "aria-describedby": "preferences-problem" }));
  return h("form", { class: "row", novalidate: true, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    change("phone", (client) => agree(client, "sms", textVersion, field.value.trim()));
  } }, h("label", { for: "phone" }, words.t("pref.phone")), field, h("button", { type: "submit", id: "phone-save", part: "button" }, words.t("pref.save")));
}

/**
 * @param {string} id
 * @param {string} label
 * @param {boolean} checked
 * @param {(wanted: boolean) => void} change
 */
function toggle(id, label, checked, change) {
  return h("label", { class: "switch", part: "switch" },
    h("input", { id, type: "checkbox", checked, onchange: (/** @type {Event} */ event) => change(/** @type {HTMLInputElement} */ (event.currentTarget).checked) }), label);
}

/**
 * @param {string} language
 * @param {Words} words
 */
function nameOf(language, words) {
  return new Intl.DisplayNames(words.locale, { type: "language" }).of(language) ?? language;
}
