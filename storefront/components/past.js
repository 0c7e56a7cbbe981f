/** The movements in the panel: of the points to be spent, or of the status points. */

import { h, scrollable } from "./dom.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./client.js").Entry} Entry */
/** @typedef {import("./client.js").Me} Me */
/** @typedef {import("./client.js").Unit} Unit */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./words.js").Names} Names */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{entries: Entry[], more: boolean}} Past */
/** @typedef {(id: string, title: string, content: Child) => Child} Fold */

const LARGEST_PAGE = 100;

/**
 * Whether the program has status points; an older app does not tell of them.
 *
 * @param {Me} me
 * @returns {me is Me & {status_points: number}}
 */
export function knowsStatus(me) {
  return typeof me.status_points === "number";
}

/**
 * The newest movements.
 *
 * @param {Client} client
 * @param {Unit} unit
 * @param {number} wanted how many at least, where there are so many
 * @returns {Promise<Past>}
 */
export async function readPast(client, unit, wanted) {
  /** @type {Entry[]} */
  const entries = [];
  let after = "";
  for (;;) {
    const { entries: found, page_info: info } = await client.history(unit, Math.min(LARGEST_PAGE, wanted - entries.length), after);
    entries.push(...found);
    after = info.end_cursor ?? "";
    if (!info.has_next_page || !after || entries.length >= wanted) return { entries, more: info.has_next_page };
  }
}

/**
 * @param {Past & {unit: Unit}} past
 * @param {Words} words
 * @param {{names: Names | null, units: boolean, trouble: {id: string, text: string} | null, fold: Fold, choose: (id: string, unit: Unit) => void, extend: (id: string) => void}} given
 * @returns {Child[]}
 */
export function drawPast({ unit, entries, more }, words, { names, units, trouble, fold, choose, extend }) {
  const told = (/** @type {RegExp} */ where) => trouble !== null && where.test(trouble.id) && h("p", { class: "problem", part: "problem" }, trouble.text);
  const spendable = names?.points_name ?? words.t("points");
  const button = (/** @type {Unit} */ other, /** @type {string} */ text) =>
    h("button", { type: "button", id: `unit-${other}`, part: "button", "aria-pressed": String(other === unit), onclick: () => choose(`unit-${other}`, other) }, text);
  return [
    units && h("div", { class: "row units", role: "group", "aria-label": words.t("panel.unit") }, button("points", spendable), button("status", words.t("panel.unit.status"))),
    units && told(/^unit-/),
    entries.length
      ? scrollable(h("ol", { id: "entries", class: "entries", part: "entries" }, entries.map((entry) => drawEntry(entry, unit, words, fold))))
      : h("p", { class: "soft" }, words.t(`panel.none.${unit}`, { unit: spendable })),
    more && h("button", { type: "button", id: "more", part: "button", onclick: () => extend("more") }, words.t("panel.more")),
    more && told(/^more$/),
  ];
}

/**
 * @param {Entry} entry
 * @param {Unit} unit
 * @param {Words} words
 * @param {Fold} fold
 */
function drawEntry(entry, unit, words, fold) {
  const [first = "", ...rest] = entry.explanation;
  const when = [
    words.day(entry.time),
    words.maybe(`state.${unit}.${entry.state}`) || words.maybe(`state.${entry.state}`),
    entry.state === "pending" && entry.available_from && words.t("panel.available_on", { day: words.day(entry.available_from) }),
    ["pending", "available"].includes(entry.state) && entry.expires_at && words.t("panel.expires_on", { day: words.day(entry.expires_at) }),
  ];
  return h("li", { class: `entry ${entry.state}`, part: "entry", "data-kind": entry.kind },
    h("span", { class: "amount", part: "amount" }, words.signed(entry.amount)),
    h("div", {},
      h("p", {}, first),
      h("p", { class: "when" }, when.filter(Boolean).join(" · ")),
      rest.length > 0 && fold(entry.id, words.t("panel.why"), h("ul", { class: "when" }, rest.map((line) => h("li", {}, line))))));
}
