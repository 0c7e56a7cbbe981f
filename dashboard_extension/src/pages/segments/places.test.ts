import { expect, test } from "vitest";

import { fieldAt } from "@/pages/rules/places";

import { formOf } from "./form";
import { calledAt, placesOf } from "./places";

const FORM = formOf({
  texts: { en: {}, tr: {} },
  segments: [{ id: "new", names: { en: "New ones" }, rule: { type: "all", of: [{ type: "orders", max: 1 }, { type: "not", of: { type: "spend", currency: "USD", min: 5 } }] } }],
});

test("each place of a segment stands at its field, conditions within their groups", () => {
  const at = (rest: string) => fieldAt(`segments[0]${rest}`, placesOf(FORM));
  expect(at(".names.tr")).toBe("segments.0.name.tr");
  expect(at(".names")).toBe("segments.0.name.en");
  expect(at(".rule.of[0].max")).toBe("segments.0.rule.of.0.max");
  expect(at(".rule.of[1].of.min")).toBe("segments.0.rule.of.1.of.min");
});

test("a segment is called by its name", () => {
  expect(calledAt("segments[0].rule", FORM, "tr")).toBe("New ones");
  expect(calledAt("segments", FORM, "en")).toBeNull();
});
