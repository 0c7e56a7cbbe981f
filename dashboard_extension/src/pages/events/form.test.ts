import { describe, expect, it } from "vitest";

import { allowedOf, callsOf, documentOf, formOf, isPaidElsewhere, newProperty, newType, sampleOf, type EventsForm, type TypeForm } from "./form";
import { propertiesOf } from "./TryIt";

const RULE = { id: "visits", trigger: "custom_event", on: ["visit"], then: { type: "points", points: 20 }, caps: { per_member: { times: 1, period: "day" } } };
const VALUES = ["izmir, alsancak", " a", "a", "a"];
const TYPE = {
  id: "visit",
  name: { en: "Visit" },
  purpose: "store_visit",
  properties: [{ name: "shop", kind: "string", required: true, allowed: VALUES }],
};
const DOCUMENT = {
  version: 1,
  texts: { en: {}, tr: {} },
  earning: { stacking: "sum", rules: [{ id: "purchases", then: { type: "points_per_money" } }, RULE] },
  events: { types: [TYPE] },
};

function only(form: EventsForm): TypeForm {
  const [one] = form.types;
  if (one === undefined) throw new Error("no type");
  return one;
}

function rulesOf(document: Record<string, unknown>): Record<string, unknown>[] {
  return (document.earning as { rules: Record<string, unknown>[] }).rules;
}

describe("the form of events", () => {
  it("keeps a document that nobody changed, rules and all", () => {
    const made = documentOf(DOCUMENT, formOf(DOCUMENT));
    expect(rulesOf(made)).toEqual(DOCUMENT.earning.rules.map((rule, at) => (at === 1 ? { ...rule, enabled: true } : rule)));
    expect(made.events).toMatchObject({ types: [{ id: "visit", identity: ["user_id", "email_sha256"], max_age_days: 7, properties: [{ allowed: VALUES }] }] });
    expect(documentOf({ earning: { rules: [] } }, { types: [] })).toEqual({ earning: { rules: [] } });
  });

  it("makes, changes and switches off the one simple rule that pays for a type", () => {
    const form = formOf(DOCUMENT);
    const changed = { types: [{ ...only(form), points: 30, times: 2, period: "week" }] };
    expect(rulesOf(documentOf(DOCUMENT, changed))[1]).toMatchObject({ then: { points: 30 }, caps: { per_member: { times: 2, period: "week" } } });
    expect(rulesOf(documentOf(DOCUMENT, { types: [{ ...only(form), points: null }] }))[1]).toMatchObject({ enabled: false, then: { points: 20 } });
    expect(rulesOf(documentOf(DOCUMENT, { types: [] }))).toHaveLength(1);
    const fresh = { ...newType(DOCUMENT, form), id: "post", points: 5, times: null };
    const made = rulesOf(documentOf(DOCUMENT, { types: [...form.types, fresh] }))[2];
    expect(made).toMatchObject({ id: expect.stringMatching(/^event-post-[2-9a-z]{6}$/) as string, on: ["post"], then: { points: 5 } });
    expect(made).not.toHaveProperty("caps");
    const again = rulesOf(documentOf(DOCUMENT, { types: [{ ...newType(DOCUMENT, form), id: "post" }] }))[1];
    expect(again?.id).not.toBe(made?.id);
  });

  it("leaves rules alone that say more than it shows", () => {
    for (const more of [{ when: { type: "weekday", days: ["sat"] } }, { on: ["visit", "post"] }, { caps: { per_member: { points: 9, period: "day" } } }]) {
      const document = { ...DOCUMENT, earning: { rules: [{ ...RULE, ...more }] } };
      expect(only(formOf(document)).own).toBe(true);
      expect(rulesOf(documentOf(document, formOf(document)))).toEqual(document.earning.rules);
    }
  });

  it("makes no second rule for a new type that a general rule, or one on several types, pays for", () => {
    const general = { id: "all", trigger: "custom_event", then: RULE.then };
    const paidFor = { ...DOCUMENT, earning: { rules: [general] } };
    const fresh = newType(paidFor, { types: [] });
    expect(fresh).toMatchObject({ own: true });
    expect(rulesOf(documentOf(paidFor, { types: [fresh] }))).toEqual([general]);
    const several = { ...RULE, on: ["visit", "post"] };
    const shared = { ...DOCUMENT, earning: { rules: [several] } };
    const named = { ...newType(shared, formOf(shared)), id: "post" };
    expect(named.own).toBe(false);
    expect(isPaidElsewhere(named, shared)).toBe(true);
    expect(rulesOf(documentOf(shared, { types: [...formOf(shared).types, named] }))).toEqual([several]);
  });

  it("gives a new type an id that none had before, also none that was removed", () => {
    const [removed, made] = [newType(DOCUMENT, { types: [] }), newType(DOCUMENT, { types: [] })];
    expect(made.id).toMatch(/^event-[2-9a-z]{6}$/);
    expect(made.id).not.toBe(removed.id);
  });

  it("opens no type for reviews before the owner confirms that the store collects them itself", () => {
    const review = { ...only(formOf(DOCUMENT)), purpose: "review", enabled: true };
    const saved = (one: TypeForm) => (documentOf(DOCUMENT, { types: [one] }).events as { types: { enabled: boolean; own_reviews: boolean }[] }).types[0];
    expect(saved(review)).toMatchObject({ enabled: false, own_reviews: false });
    expect(saved({ ...review, own_reviews: true })).toMatchObject({ enabled: true, own_reviews: true });
    expect(saved({ ...review, purpose: "social", own_reviews: true })).toMatchObject({ enabled: true, own_reviews: false });
  });
});

describe("what an event tells", () => {
  const property = (more: object) => ({ ...newProperty([]), name: "p", ...more });

  it("keeps allowed values as they are, by the kind that was chosen, and leaves to the server what is none", () => {
    expect(allowedOf(property({ allowed: ["a, b", " a", 5] }))).toEqual(["a, b", " a", "5"]);
    expect(allowedOf(property({ kind: "int", allowed: [1_000_000_000_000, "-2", "x"] }))).toEqual([1_000_000_000_000, -2, "x"]);
  });

  it("has a sample that its type takes", () => {
    expect(sampleOf(property({ kind: "bool" }))).toBe(true);
    expect(sampleOf(property({ kind: "int", min: 30 }))).toBe(30);
    expect(sampleOf(property({ min: 5, max: 5 }))).toHaveLength(5);
  });

  it("is sent in a call as it stands, with quotes that a shell keeps", () => {
    const one = { ...only(formOf(DOCUMENT)), properties: [property({ name: "shop", allowed: ["o'neill"] })] };
    const calls = callsOf("https://loyalty.example.com/api/partner/v1", one);
    expect(calls).toContain(`"properties":{"shop":"o'\\''neill"}`);
    expect(calls).toContain("-X DELETE https://loyalty.example.com/api/partner/v1/events/visit:4711");
  });

  it("is tried without what nobody typed", () => {
    const kinds = [property({ name: "a", kind: "int" }), property({ name: "b", kind: "bool" }), property({ name: "c" }), property({ name: "d" })];
    expect(propertiesOf(kinds, [3, "false", "", null])).toEqual({ a: 3, b: false });
  });
});
