import assert from "node:assert/strict";
import test from "node:test";

import { answersOf } from "../components/faq.js";
import { isLoss, pauseBefore, standing } from "../components/redemption.js";
import { Words } from "../components/words.js";

const usd = (amount) => ({ amount, currency: "USD" });
const terms = (channel, more = {}) => ({
  channel,
  currency: "USD",
  earn: { points: 1, amount: "1", currency: "USD", text: "1 point per $1.00" },
  worth: { points: 1, amount: "0.02", currency: "USD", text: "1 point is worth $0.02" },
  spending: { minimum_points: 50, step: 1, maximum_share: 50, minimum_order: usd("20.00"), hold_minutes: 60 },
  shipping: [{ id: "free", name: "Free shipping", price: usd("0.00"), threshold: usd("100.00"), when: null }, { id: "express", name: "Express", price: usd("9.00"), threshold: null, when: "for members" }],
  ...more,
});
const program = (...channels) => ({
  program: { name: "Points program", point_name: "point", points_name: "points" },
  rules: [{ id: "purchases", name: "Points on every purchase", gives: "points at the channel’s rate", when: null }],
  available: "14 days after the fulfillment",
  expiry: "after 12 months, at the end of the month and never without notice",
  channels,
});
const answers = (found, channel = "") => Object.fromEntries(answersOf(found, channel, new Words("en")).map(({ id, answer }) => [id, answer]));

test("the answers are made from the program", () => {
  const found = answers(program(terms("web")));
  assert.deepEqual(found.earn, ["1 point per $1.00.", "Points on every purchase: points at the channel’s rate."]);
  assert.deepEqual(found.when, ["Your points can be spent 14 days after the fulfillment."]);
  assert.deepEqual(found.spend, ["1 point is worth $0.02. At the checkout, from 50 points on, for up to 50% of the goods. The goods must cost at least $20.00."]);
  assert.deepEqual(found.shipping, ["Free shipping from $100.00.", "“Express” for $9.00; for members."]);
});

test("what is switched off is not promised", () => {
  const found = answers(program(terms("web", { earn: null, spending: null, shipping: [] })));
  assert.deepEqual(Object.keys(found), ["when", "expire", "return"]);
});

test("only the channel of the page is told", () => {
  const found = answers(program(terms("web"), terms("app", { earn: null })), "app");
  assert.equal(found.earn, undefined);
  assert.equal(found.spend.length, 1);
});

test("a redemption says where the points are", () => {
  const of = (state, ending = null) => standing({ state, ending });
  assert.equal(standing(null), "none");
  assert.deepEqual([of("held"), of("issued"), of("attached"), of("attached", "released"), of("failed"), of("consumed"), of("something new")], ["waiting", "waiting", "spent", "returning", "over", "over", "over"]);
});

test("it is asked for calmly: as the app says, and more slowly the longer it takes", () => {
  assert.equal(pauseBefore(0, 2), 2000);
  assert.equal(pauseBefore(0, null), 1000);
  assert.ok(pauseBefore(6, 1) > pauseBefore(3, 1));
  assert.equal(pauseBefore(50, 1), 5000);
});

test("losses are told apart from other refusals", () => {
  assert.deepEqual(["worse_off", "gift_lost", "delivery_lost", "other_code", "below_minimum_points"].map(isLoss), [true, true, true, true, false]);
});
