/** Lines that bring something once when they are passed, and how far they are. */

import { h } from "./dom.js";

/** @typedef {{id: string, name: string, reached: boolean, percent: number, told: string, reward?: string, not_now?: {message: string} | null}} Milestone */

/** More would be a list of wishes, not the next step. */
const SHOWN = 3;

/**
 * The nearest lines that were not passed yet.
 *
 * @param {Milestone[]} milestones
 */
export function milestonesAhead(milestones) {
  return milestones.filter((one) => !one.reached && one.told).slice(0, SHOWN);
}

/**
 * @param {Milestone[]} ahead
 * @returns {import("./dom.js").Child[]}
 */
export function drawMilestones(ahead) {
  return [h("ul", { class: "milestones" }, ahead.map((one) =>
    h("li", { part: "milestone" },
      h("p", { id: `milestone-${one.id}` }, one.told),
      one.not_now && h("p", { class: "soft" }, `${one.reward}: ${one.not_now.message}`),
      h("progress", { max: 100, value: one.percent, "aria-labelledby": `milestone-${one.id}` }))))];
}
