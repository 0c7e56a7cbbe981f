import assert from "node:assert/strict";
import test from "node:test";

import { choices, discountOf, isNothing, nearest, plain, reached } from "../components/amounts.js";

const limits = (more = {}) => ({ available: 568, most_points: 568, most_discount: { amount: "11.36", currency: "USD" }, minimum_points: 50, step: 1, ...more });
const rate = (points, amount) => ({ points, amount, currency: "USD", text: "" });

test("what comes off is exact, and cut as the app cuts it", () => {
  assert.deepEqual(discountOf(250, limits(), rate(1, "0.02")), { amount: "5.00", currency: "USD" });
  assert.equal(discountOf(3, limits(), rate(1, "0.015"))?.amount, "0.04");
  assert.equal(discountOf(1, limits(), rate(3, "0.10"))?.amount, "0.03");
  assert.equal(discountOf(568, limits(), rate(1, "0.02"))?.amount, "11.36");
});

test("more than the cart takes is worth no more than that", () => {
  assert.equal(discountOf(1000, limits(), rate(1, "0.02"))?.amount, "11.36");
  assert.equal(discountOf(567, limits({ most_discount: { amount: "11.30", currency: "USD" } }), rate(1, "0.02"))?.amount, "11.30");
});

test("without a rate points are valued in proportion, also in a currency without coins", () => {
  assert.equal(discountOf(284, limits(), null)?.amount, "5.68");
  assert.equal(discountOf(100, limits({ most_discount: { amount: "568", currency: "JPY" } }), null)?.amount, "100");
});

test("nothing comes off where nothing is spent", () => {
  assert.equal(discountOf(0, limits(), null), null);
  assert.equal(discountOf(-5, limits(), null), null);
  assert.equal(discountOf(10, limits({ most_points: 0 }), null), null);
});

test("a wish becomes the nearest number that can be spent", () => {
  assert.equal(nearest(273, limits({ step: 50 })), 250);
  assert.equal(nearest(0, limits({ step: 40 })), 80);
  assert.equal(nearest(Number.NaN, limits()), 50);
  assert.equal(nearest(1e9, limits()), 568);
});

test("the choices are a few, ascending, and all of them possible", () => {
  assert.deepEqual(choices(limits()), [142, 284, 426, 568]);
  assert.deepEqual(choices(limits({ most_points: 100, step: 50 })), [50, 100]);
  assert.deepEqual(choices(limits({ most_points: 50 })), [50]);
  assert.deepEqual(choices(limits({ most_points: 40 })), []);
});

test("how far it is to a threshold stays between nothing and all", () => {
  const usd = (amount) => ({ amount, currency: "USD" });
  assert.equal(reached(usd("100.00"), usd("25.00")), 0.75);
  assert.equal(reached(usd("100.00"), usd("250.00")), 0);
  assert.equal(reached(usd("0.00"), usd("0.00")), 1);
});

test("amounts keep their places", () => {
  assert.equal(plain(5n, 2), "0.05");
  assert.equal(plain(500n, 0), "500");
  assert.equal(isNothing({ amount: "0.000", currency: "KWD" }), true);
  assert.equal(isNothing({ amount: "0.001", currency: "KWD" }), false);
});
