import { expect, test } from "vitest";

import { fieldAt } from "@/pages/rules/places";

import { formOf } from "./form";
import { calledAt, concerns, placesOf } from "./places";

const DOCUMENT = {
  texts: { en: {}, tr: {} },
  events: { types: [{ id: "visit", name: { en: "A visit" }, properties: [{ name: "shop", kind: "string", allowed: ["a, b", "c"] }] }] },
  earning: {
    rules: [
      { id: "base", then: { type: "points_per_money" } },
      { id: "event-visit", trigger: "custom_event", on: ["visit"], then: { type: "points", points: 20 } },
    ],
  },
};
const FORM = formOf(DOCUMENT);

test("each place of a type of events, and of the rule that pays for it, stands at its field", () => {
  const at = (path: string) => fieldAt(path, placesOf(DOCUMENT, FORM));
  expect(at("events.types[0].max_age_days")).toBe("types.0.max_age_days");
  expect(at("events.types[0].name.tr")).toBe("types.0.texts.1.text");
  expect(at("events.types[0].properties[0].min")).toBe("types.0.properties.0.min");
  expect(at("events.types[0].properties[0].allowed[1]")).toBe("types.0.properties.0.allowed");
  expect(at("earning.rules[1].then.points")).toBe("types.0.points");
  expect(at("earning.rules[1].caps")).toBe("types.0.times");
  expect(at("earning.rules[0].then")).toBeNull();
});

test("problems of events are called by their type, also those of its rule; others are none of this page", () => {
  expect(calledAt("events.types[0].name", DOCUMENT, FORM, "tr")).toBe("A visit");
  expect(calledAt("earning.rules[1].caps", DOCUMENT, FORM, "en")).toBe("A visit");
  expect(["events.types[0]", "earning.rules[1].caps", "earning.rules[0]", "tiers"].map((path) => concerns(path, DOCUMENT))).toEqual([true, true, false, false]);
});
