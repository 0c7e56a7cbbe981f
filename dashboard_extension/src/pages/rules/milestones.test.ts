import { describe, expect, it } from "vitest";

import { documentOf, formOf, newMilestone } from "./form";
import { milestoneIn, milestoneOf } from "./milestones";

const CURRENCIES = ["TRY", "USD"];
const SPEND = { line: { type: "spend", limits: [{ currency: "USD", min: "200" }] }, keep: false, retroactive: true };

describe("a milestone", () => {
  it("comes back as it was, with a row for each currency", () => {
    const form = milestoneOf(SPEND, CURRENCIES);
    expect(form?.limits).toEqual([
      { currency: "USD", min: "200" },
      { currency: "TRY", min: null },
    ]);
    expect(form === null ? null : milestoneIn(form)).toEqual({ milestone: SPEND, rows: [0] });
  });

  it("keeps to the kind of line that is chosen", () => {
    const form = milestoneOf({ line: { type: "orders", min: 10 } }, CURRENCIES);
    expect(form === null ? null : milestoneIn({ ...form, kind: "points" }).milestone).toEqual({ line: { type: "points", min: 10 }, keep: true, retroactive: false });
  });

  it("stands in the document of its rule alone, and what is wrong with it finds its field", () => {
    const document = { texts: { en: {} }, earning: { rules: [{ id: "base", then: { type: "points_per_money", factor: "1" } }] } };
    const form = formOf(document, CURRENCIES);
    const rule = newMilestone(form, ["en"], CURRENCIES);
    const spend = { ...rule, milestone: milestoneOf({ line: { type: "spend", limits: [{ currency: "USD", min: "5" }] } }, CURRENCIES) };
    const made = documentOf(document, { ...form, rules: [...form.rules, spend] });
    const [base, line] = (made.document.earning as { rules: Record<string, unknown>[] }).rules;
    expect(base).not.toHaveProperty("milestone");
    expect(line).toMatchObject({ trigger: "milestone", then: { type: "points", points: 100 }, milestone: { keep: true, retroactive: false } });
    expect(made.places.get("earning.rules[1].milestone.line.limits[0]")).toBe("rules.1.milestone.limits.0");
  });

  it("may bring a reward instead of points", () => {
    const document = { texts: { en: {} }, earning: { rules: [] } };
    const form = formOf(document, CURRENCIES);
    const rule = newMilestone(form, ["en"], CURRENCIES);
    const given = { ...rule, then: { ...rule.then, kind: "issue_reward", reward: "mug" } };
    const [line] = (documentOf(document, { ...form, rules: [given] }).document.earning as { rules: Record<string, unknown>[] }).rules;
    expect(line).toMatchObject({ trigger: "milestone", then: { type: "issue_reward", reward: "mug" } });
  });
});
