/** Campaigns that are for the shopper: what they give, until when, and the code to type. */

import { h } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{id: string, kind: string, title: string, text: string, gives: string, last_day: string, code: string | null, own: boolean, usable: boolean, reason: {code: string, message: string} | null, channels: string[]}} Campaign */

/**
 * Those that hold in a channel; all where none is named.
 *
 * @param {Campaign[]} campaigns
 * @param {string} channel
 */
export function campaignsIn(campaigns, channel) {
  return campaigns.filter(({ channels }) => !channel || !channels.length || channels.includes(channel));
}

/**
 * @param {Campaign[]} campaigns
 * @param {Words} words
 * @returns {Child[]}
 */
export function drawCampaigns(campaigns, words) {
  return [h("ul", { class: "campaigns", part: "campaigns" }, campaigns.map((one) => h("li", { part: "campaign", "data-kind": one.kind },
    h("p", { class: "asked" }, one.title),
    one.text && h("p", {}, one.text),
    h("p", { class: "soft" }, [one.gives, words.t("campaigns.until", { day: words.date(one.last_day) })].filter(Boolean).join(" · ")),
    one.code && drawCode(one, one.code, words))))];
}

/**
 * The code to type; of one that does nothing for the shopper any more, why.
 *
 * @param {Campaign} campaign
 * @param {string} code
 * @param {Words} words
 */
function drawCode({ own, usable, reason }, code, words) {
  const said = [words.t(own ? "campaigns.own_code" : "campaigns.code"), " "];
  if (usable) return h("p", {}, ...said, h("strong", { class: "code", translate: "no", part: "code" }, code));
  return h("p", { class: "soft", part: "hint" }, ...said, h("s", { class: "gone", translate: "no" }, code), " · ", reason?.message ?? "");
}
