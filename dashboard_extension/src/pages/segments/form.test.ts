import { describe, expect, it } from "vitest";

import { categoriesIn, documentOf, formOf, fresh, newSegment, ruleOf, says, stripped, turned } from "./form";

const RULE = {
  type: "all",
  of: [
    { type: "spend", currency: "USD", min: "50", max: null, days: 365 },
    { type: "not", of: { type: "category_share", category: "shoes", currency: "USD", min: 60, max: null, days: null } },
    { type: "any", of: [{ type: "tier", tiers: ["gold"] }, { type: "consent", channel: "sms", value: true }] },
  ],
};
const DOCUMENT = {
  name: "Points",
  texts: { en: {}, tr: {} },
  segments: [{ id: "loyal", names: { en: "Loyal" }, rule: RULE }],
};

describe("the form of segments", () => {
  it("gives back the document that it was read from", () => {
    expect(documentOf(DOCUMENT, formOf(DOCUMENT))).toEqual(DOCUMENT);
  });

  it("shows a name for each language and drops those that stay empty", () => {
    const form = formOf(DOCUMENT);
    expect(form.segments[0]?.name).toEqual({ en: "Loyal", tr: "" });
  });

  it("leaves the section out when the last segment goes", () => {
    expect(documentOf(DOCUMENT, { segments: [] })).not.toHaveProperty("segments");
  });

  it("opens a single condition as a group and closes it again", () => {
    const single = { ...DOCUMENT, segments: [{ id: "one", names: {}, rule: { type: "orders", min: 3, max: null, days: null } }] };
    const form = formOf(single);
    expect(form.segments[0]?.rule.type).toBe("all");
    expect(documentOf(single, form)).toEqual(single);
  });

  it("turns a condition around and back", () => {
    const orders = fresh("orders", "USD");
    const not = turned(orders);
    expect(stripped(not)).toEqual({ inner: orders, negated: true });
    expect(turned(not)).toEqual(orders);
  });

  it("keeps the currency of comparisons by spend alone", () => {
    const rule = { type: "all", of: [{ type: "rfm", score: "recency", currency: "USD", min: 4, max: null, days: 365 }] };
    expect(ruleOf(rule)).toMatchObject({ type: "rfm", currency: null });
  });

  it("names the categories of its rules, and says nothing while it is empty", () => {
    expect(categoriesIn(formOf(DOCUMENT))).toEqual(["shoes"]);
    expect(says({ type: "all", of: [] })).toBe(false);
    expect(says({ type: "all", of: [fresh("orders", "USD")] })).toBe(true);
  });

  it("gives a new segment an id that none had before, also none that was removed", () => {
    const [removed, made] = [newSegment({ segments: [] }, ["en"], []), newSegment({ segments: [] }, ["en"], [])];
    expect(made.id).toMatch(/^segment-[2-9a-z]{6}$/);
    expect(made.id).not.toBe(removed.id);
  });
});
