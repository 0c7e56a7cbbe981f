/** What points can be exchanged for, why not the rest, and what the shopper took. */

import { h } from "./dom.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./preferences.js").Change} Change */
/** @typedef {import("./preferences.js").Trouble} Trouble */
/** @typedef {import("./words.js").Names} Names */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{id: string, name: string, text: string, gives: string, points: number, picture: string | null, left: number | null, until: string | null, in_cart: boolean, only_in_cart: boolean, can_take: boolean, reason: {message: string} | null}} Reward */
/** @typedef {{id: string, name: string, gives: string, state: string, code: string | null, note: string | null, valid_on: string | null, can_cancel: boolean, points: number}} Claim */
/** @typedef {{rewards: Reward[], claims: Claim[]}} Exchange */
/** @typedef {{names: Names | null, channel: string, checkout: string, trouble: Trouble | null, change: Change}} More */

/**
 * @param {Exchange} exchange
 * @param {Words} words
 * @param {More} more
 * @returns {Child[]}
 */
export function drawRewards({ rewards, claims }, words, more) {
  return [
    claims.length > 0 && h("ul", { class: "campaigns", part: "claims" }, claims.map((claim) => drawClaim(claim, words, more))),
    rewards.length > 0 && h("ul", { class: "campaigns", part: "rewards" }, rewards.map((reward) => drawReward(reward, words, more))),
  ].filter(Boolean);
}

/**
 * @param {Claim} claim
 * @param {Words} words
 * @param {More} more
 */
function drawClaim({ id, name, gives, state, code, note, valid_on: until, can_cancel: may, points }, words, { names, trouble, change }) {
  const giveUp = words.t("rewards.give_up", { points: words.points(points, names) });
  return h("li", { part: "claim", "data-state": state },
    h("p", { class: "asked" }, name),
    code ? h("p", {}, h("strong", { class: "code", translate: "no", part: "code" }, code)) : h("p", { class: "soft" }, words.maybe(`claim.${state}`)),
    note && h("p", {}, note),
    (code || until) && h("p", { class: "soft" }, [gives, until && words.t("campaigns.until", { day: words.date(until) })].filter(Boolean).join(" · ")),
    may && h("button", {
      type: "button",
      id: `give-up-${id}`,
      part: "button",
      "aria-label": `${giveUp}: ${name}`,
      onclick: () => change(`give-up-${id}`, (client) => client.call(`me/claims/${encodeURIComponent(id)}`, { method: "DELETE" })),
    }, giveUp),
    troubleOf(`give-up-${id}`, trouble));
}

/**
 * @param {Reward} reward
 * @param {Words} words
 * @param {More} more
 */
function drawReward(reward, words, { names, channel, checkout, trouble, change }) {
  const { id, name, picture, left, until } = reward;
  const onCart = checkout !== "" && reward.in_cart;
  const price = words.points(reward.points, names);
  const facts = [reward.gives, left !== null && words.t("rewards.left", { count: words.number(left) }), until && words.t("campaigns.until", { day: words.date(until) })];
  const blocked = reward.reason?.message ?? (reward.only_in_cart && !onCart ? words.t("rewards.in_cart_only") : "");
  const label = words.t(onCart ? "rewards.take_on_cart" : "rewards.take", { points: price });
  const take = () => change(`take-${id}`, (client) => client.take(id, onCart ? { checkout_id: checkout } : { channel }));
  return h("li", { part: "reward", "data-reward": id },
    picture && h("img", { src: picture, alt: "", loading: "lazy", part: "picture" }),
    h("p", { class: "asked" }, name),
    reward.text && h("p", {}, reward.text),
    h("p", { class: "soft" }, facts.filter(Boolean).join(" · ")),
    blocked
      ? h("p", { class: "soft" }, h("strong", {}, price), " · ", blocked)
      : h("button", { type: "button", id: `take-${id}`, part: "button", "aria-label": `${label}: ${name}`, onclick: take }, label),
    troubleOf(`take-${id}`, trouble));
}

/**
 * @param {string} id
 * @param {Trouble | null} trouble
 */
function troubleOf(id, trouble) {
  return trouble?.id === id ? h("p", { class: "problem", part: "problem" }, trouble.text) : null;
}
