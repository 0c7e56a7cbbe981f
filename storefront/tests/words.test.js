import assert from "node:assert/strict";
import test from "node:test";

import { TEXTS } from "../components/texts.js";
import { localeOf, Words } from "../components/words.js";

const places = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test("every text is there in both languages with the same places to fill", () => {
  assert.deepEqual(Object.keys(TEXTS.tr).sort(), Object.keys(TEXTS.en).sort());
  for (const [id, text] of Object.entries(TEXTS.en)) assert.deepEqual(places(TEXTS.tr[id]), places(text), id);
});

test("a locale keeps its country; what is none of ours is English", () => {
  assert.deepEqual(localeOf("tr_TR"), { language: "tr", locale: "tr-TR" });
  assert.deepEqual(localeOf("en-GB"), { language: "en", locale: "en-GB" });
  assert.deepEqual(localeOf("de-DE"), { language: "en", locale: "en" });
  for (const odd of ["", null, undefined, "!!", "constructor", "x".repeat(500)]) assert.equal(localeOf(odd).language, "en");
});

test("points are counted as the program calls them", () => {
  const stars = { name: "Stars", point_name: "star", points_name: "stars" };
  assert.equal(new Words("en").points(1, stars), "1 star");
  assert.equal(new Words("en").points(1200, stars), "1,200 stars");
  assert.equal(new Words("tr").points(1200, { name: "Yıldız", point_name: "yıldız", points_name: "yıldız" }), "1.200 yıldız");
  assert.equal(new Words("tr").points(1), "1 puan");
});

test("money, signs and days are written as the reader writes them", () => {
  assert.equal(new Words("tr").money({ amount: "1250.50", currency: "TRY" }), "₺1.250,50");
  assert.equal(new Words("en-US").money({ amount: "5.00", currency: "USD" }), "$5.00");
  assert.equal(new Words("en").signed(-250), "−250");
  assert.equal(new Words("tr").signed(1045), "+1.045");
  assert.match(new Words("tr").day("2028-01-31T12:00:00Z"), /31 Oca 2028/);
});

test("a text that does not exist is a fault, a place without a value stays", () => {
  assert.throws(() => new Words("en").t("no.such"));
  assert.equal(new Words("en").t("redeem.off", {}), "{money} off");
  assert.equal(new Words("en").maybe("no.such"), "");
});
