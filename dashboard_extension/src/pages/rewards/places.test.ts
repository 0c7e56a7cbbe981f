import { expect, test } from "vitest";

import { fieldAt } from "@/pages/rules/places";

import { formOf } from "./form";
import { calledAt, placesOf } from "./places";

const DOCUMENT = {
  texts: { en: {}, tr: {} },
  rewards: {
    items: [
      { id: "mug", names: { en: "A mug" }, gift: { type: "custom" }, points: 800, channels: [] },
      { id: "off", names: { tr: "İndirim" }, gift: { type: "percent" }, points: 500, channels: [{ channel: "shop", currency: "TRY" }] },
    ],
  },
};
const FORM = formOf(DOCUMENT, [
  { slug: "web", currency: "USD", name: "Web" },
  { slug: "shop", currency: "TRY", name: "Shop" },
]);

test("each place of a reward stands at its field, amounts in the row of their channel", () => {
  const at = (rest: string) => fieldAt(`rewards.items[1]${rest}`, placesOf(FORM));
  expect(at(".points")).toBe("items.1.points");
  expect(at(".gift.percent")).toBe("items.1.percent");
  expect(at(".names")).toBe("items.1.names.0.text");
  expect(at(".names.tr")).toBe("items.1.names.1.text");
  expect(at(".channels[0].amount")).toBe("items.1.channels.1.amount");
  expect(at(".channels[0].channel")).toBe("items.1.channels.1.on");
  expect(at(".limit.times")).toBe("items.1.times");
  expect(at(".who.member_days")).toBe("items.1.member_days");
  expect(fieldAt("rewards", placesOf(FORM))).toBeNull();
});

test("a reward is called by its name in the language, else in one that it has", () => {
  expect(calledAt("rewards.items[0].points", FORM, "tr")).toBe("A mug");
  expect(calledAt("rewards.items[1]", FORM, "en")).toBe("İndirim");
  expect(calledAt("rewards", FORM, "en")).toBeNull();
});
