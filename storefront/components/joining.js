/** Joining a program that shoppers join by themselves. */

import { h } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{version: string, url: string | null}} Text */
/** @typedef {{may_join: boolean, join_text: string | null, terms: Text, privacy: Text}} Membership */

/**
 * What to read before joining, and the button.
 *
 * @param {Membership} membership
 * @param {Words} words
 * @param {() => void} join
 * @returns {Child[]}
 */
export function drawJoining({ join_text: text, terms, privacy }, words, join) {
  const links = [link(terms, words.t("join.terms")), link(privacy, words.t("join.privacy"))].filter((one) => one !== null);
  return [
    text && h("p", {}, text),
    terms.version && h("p", { class: "soft" }, words.t("join.agree")),
    links.length > 0 && h("p", { class: "row" }, links),
    h("button", { type: "button", class: "primary", id: "join", part: "button primary", onclick: join }, words.t("join.join")),
  ];
}

/**
 * @param {Text} text
 * @param {string} words
 */
function link({ url }, words) {
  return url && /^https?:\/\//i.test(url) ? h("a", { href: url, target: "_blank", rel: "noopener", part: "link" }, words) : null;
}
