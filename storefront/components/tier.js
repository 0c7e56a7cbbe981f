/** A shopper's tier: what it is, what is missing to the next, and what each level takes and gives. */

import { h } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./words.js").Names} Names */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{id: string, name: string, color: string | null, reached: boolean, requires: string, multiplier: string | null, entry_points: number | null, benefits: string | null}} Level */
/** @typedef {{enabled: boolean, tier: string | null, held_through: string | null, told: string[], levels: Level[]}} Tier */

/**
 * The tier in large, the sentences of the app, and the ladder.
 *
 * @param {Tier} tier
 * @param {Words} words
 * @param {Names | null} names
 * @returns {Child[]}
 */
export function drawTier({ tier, held_through: until, told, levels }, words, names) {
  const mine = levels.find(({ id }) => id === tier);
  return [
    h("p", { class: "tier", part: "tier", "data-tier": tier ?? "" }, mine && dot(mine.color), h("strong", {}, mine?.name ?? words.t("tier.none"))),
    mine && until && h("p", { class: "soft" }, words.t("tier.held", { day: words.date(until) })),
    told.length > 0 && h("ul", { class: "ahead", part: "ahead" }, told.map((line) => h("li", {}, line))),
    h("ol", { class: "levels", part: "levels" }, levels.map((level) =>
      h("li", { "data-level": level.id, "data-reached": level.reached, "aria-current": level.id === tier && "true" },
        h("p", {}, dot(level.color), h("strong", {}, level.name)),
        h("p", { class: "soft" }, gains(level, words, names).join(" · ")),
        level.benefits && h("p", { class: "benefits" }, level.benefits)))),
  ];
}

/**
 * @param {Level} level
 * @param {Words} words
 * @param {Names | null} names
 */
function gains({ requires, multiplier, entry_points: points }, words, names) {
  return [
    requires,
    ...(multiplier ? [words.t("tier.multiplier", { factor: words.decimal(multiplier), unit: names?.points_name ?? words.t("points") })] : []),
    ...(points ? [words.t("tier.entry", { points: words.points(points, names) })] : []),
  ];
}

/** @param {string | null} color */
function dot(color) {
  const made = h("span", { class: "dot", "aria-hidden": "true" });
  // By script, as a policy of the page may forbid styles in attributes.
  if (color) made.style.background = color;
  return made;
}
