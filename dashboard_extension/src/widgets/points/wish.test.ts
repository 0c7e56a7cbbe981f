import { describe, expect, it } from "vitest";

import { needsNote, reasonsFor, signed, wishSchema, type Reason, type Wish } from "./wish";

const REASONS: Reason[] = [
  { code: "goodwill", name: "Goodwill", gives: true, takes: false },
  { code: "misuse", name: "Misuse", gives: false, takes: true },
  { code: "other", name: "Other", gives: true, takes: true },
];
const GOOD: Wish = { direction: "give", points: 50, reason: "goodwill", note: "" };

function wrong(changes: Partial<Wish>, available = 100): string[] {
  const schema = wishSchema((id) => id, REASONS, available);
  const checked = schema.safeParse({ ...GOOD, ...changes });
  return checked.success ? [] : checked.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("a wish to give or take points", () => {
  it("is sent when it is whole", () => {
    expect(wrong({})).toEqual([]);
    expect(wrong({ direction: "take", points: 100, reason: "misuse", note: "two accounts" })).toEqual([]);
  });

  it.each([[null], ["many"], [0], [-5], [1.5]])("does not take %s for points", (points) => {
    expect(wrong({ points })).toEqual(["points: points.need_number"]);
  });

  it("does not take more than the customer has", () => {
    expect(wrong({ direction: "take", points: 101, reason: "misuse", note: "x" })).toEqual(["points: points.has_only"]);
    expect(wrong({ points: 101 })).toEqual([]);
  });

  it("needs a reason that fits the direction", () => {
    expect(wrong({ reason: "misuse" })).toEqual(["reason: points.need_reason"]);
    expect(reasonsFor(REASONS, "give").map((one) => one.code)).toEqual(["goodwill", "other"]);
    expect(reasonsFor(REASONS, "take").map((one) => one.code)).toEqual(["misuse", "other"]);
  });

  it("needs a note for what is taken and for other reasons", () => {
    expect(wrong({ reason: "other", note: "  " })).toEqual(["note: points.need_note"]);
    expect(needsNote({ direction: "take", reason: "misuse" })).toBe(true);
    expect(needsNote({ direction: "give", reason: "goodwill" })).toBe(false);
  });

  it("is signed by its direction", () => {
    expect(signed({ direction: "give", points: 5 })).toBe(5);
    expect(signed({ direction: "take", points: 5 })).toBe(-5);
  });
});
