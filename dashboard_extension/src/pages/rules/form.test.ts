import { describe, expect, it } from "vitest";

import { closed, depthOf, opened, referencesIn, type Places } from "./conditions";
import { documentOf, documentOfRule, duplicated, formOf, moved, nameOf, newMilestone, newRule, type RuleForm } from "./form";
import { errorsOf, fieldAt, placed, saidAt } from "./places";
import { asking, eventsIn, tellsOf, waitedFor } from "./tells";

const SHIRTS = { type: "category", slugs: ["shirts"] };
const SALE = { type: "on_sale", value: true };
const DOCUMENT = {
  version: 1,
  name: "Points",
  texts: { en: { program: "P" }, "pt-BR": { program: "P" } },
  settings: { price_basis: "gross" },
  earning: {
    stacking: "best",
    rules: [
      { id: "base", then: { type: "points_per_money" } },
      { id: "shirts", name: { en: "Shirts" }, when: SHIRTS, then: { type: "multiplier", factor: "2" }, priority: 200, note: "kept" },
      { id: "birthday", trigger: "birthday", on: ["x"], then: { type: "points", points: 100 }, caps: { per_member: { times: 1, period: "year" } } },
    ],
  },
};

function rule(id: string, priority = 100): RuleForm {
  return { ...newRule({ stacking: "sum", rules: [] }, ["en"]), id, priority };
}

describe("the rules of a document as a form", () => {
  const form = formOf(DOCUMENT, ["USD"]);

  it("stand in the order in which they are asked", () => {
    expect(form.rules.map((one) => one.id)).toEqual(["shirts", "base", "birthday"]);
  });

  it("come back as they were, with what no field shows", () => {
    const { document } = documentOf(DOCUMENT, form);
    expect(document).toMatchObject({ settings: { price_basis: "gross" }, earning: { stacking: "best" } });
    const [shirts, base, birthday] = (document.earning as { rules: object[] }).rules;
    expect(shirts).toMatchObject({ id: "shirts", note: "kept", name: { en: "Shirts" }, when: SHIRTS, then: { type: "multiplier", factor: "2" } });
    expect(base).toMatchObject({ when: null, then: { type: "points_per_money", factor: "1" } });
    expect(base).not.toHaveProperty("caps");
    expect(birthday).toMatchObject({ trigger: "birthday", on: ["x"], then: { type: "points", points: 100 }, caps: { per_member: { times: 1, period: "year" } } });
  });

  it("keep what this page does not know", () => {
    const strange = { id: "s", when: { type: "moon", phase: "full" }, then: { type: "gift", of: "x" } };
    const { document } = documentOf({ earning: { rules: [strange] } }, formOf({ earning: { rules: [strange] } }, []));
    expect((document.earning as { rules: object[] }).rules[0]).toMatchObject(strange);
  });

  it("give rewards and tiers with caps of times alone", () => {
    const gift = { id: "g", scope: "line", then: { type: "issue_reward", reward: "mug" }, caps: { per_order: 5, per_member: { points: 9, times: 1, period: "year" } } };
    const { document } = documentOf({ earning: { rules: [gift] } }, formOf({ earning: { rules: [gift] } }, []));
    expect((document.earning as { rules: object[] }).rules[0]).toMatchObject({ scope: "order", then: gift.then });
    expect((document.earning as { rules: { caps: object }[] }).rules[0]?.caps).toEqual({ per_member: { times: 1, period: "year" } });
  });

  it("tell members something in the languages of the program, and in others that were written", () => {
    const said = { fr: { title: "Merci", body: "À bientôt." } };
    const tells = { id: "m", scope: "order", then: { type: "message", texts: said } };
    const told = formOf({ ...DOCUMENT, earning: { rules: [tells] } }, []);
    const [form] = told.rules as [RuleForm];
    const empty = { title: "", body: "" };
    expect(form.then.texts).toEqual({ en: empty, "pt-BR": empty, ...said });
    form.then.texts.en = { title: "", body: "Thanks." };
    expect(documentOfRule(form).then).toEqual({ type: "message", texts: { en: { title: "", body: "Thanks." }, ...said } });
  });

  it("have a name to fill in for each language of the program", () => {
    expect(form.rules[1]?.name).toEqual({ en: "", "pt-BR": "" });
  });

  it("read whatever a draft holds without breaking", () => {
    expect(formOf({ earning: { rules: [null, "x", { id: 5, when: "no", then: [] }] } }, []).rules).toHaveLength(3);
    expect(formOf(null, []).rules).toEqual([]);
  });
});

describe("a rule", () => {
  it("looks at what its effect leaves it", () => {
    const made = (kind: string) => documentOfRule({ ...rule("r"), scope: "line", then: { ...rule("r").then, kind, points: 5 } });
    expect(made("points_per_order")).toMatchObject({ scope: "order", then: { type: "points_per_order", points: 5 } });
    expect(made("points_per_unit")).toMatchObject({ scope: "line" });
    expect(made("status_fixed")).toMatchObject({ scope: "order", then: { type: "status_points", points: 5 } });
    expect(made("multiplier")).toMatchObject({ scope: "line", then: { type: "multiplier", factor: "2", unit: "points" } });
  });

  it("on the whole order asks for a product that fits", () => {
    const order = { ...rule("r"), scope: "order" as const, when: { type: "all", of: [SHIRTS, { type: "weekday", days: ["sat"] }] } };
    expect(documentOfRule(order).when).toEqual({ type: "all", of: [{ type: "any_line", of: SHIRTS }, { type: "weekday", days: ["sat"] }] });
    const places: Places = new Map();
    documentOfRule({ ...order, when: { type: "all", of: [SHIRTS] } }, "r", "f", places);
    expect(fieldAt("r.when.of.slugs", places)).toBe("f.when.of.0.slugs");
  });

  it("takes the place and the priority of the neighbor that it passes", () => {
    const next = moved([rule("a", 300), rule("b", 200), rule("c", 100)], 2, -1);
    expect(next.map((one) => [one.id, one.priority])).toEqual([["a", 300], ["c", 200], ["b", 200]]);
    expect(moved(next, 0, -1)).toEqual(next);
  });

  it("is copied behind itself, switched off, under an id of its own", () => {
    const [first, copy, last] = duplicated([{ ...rule("weekend-1"), name: { en: "Weekend" } }, rule("weekend-2")], 0);
    expect([first?.id, last?.id]).toEqual(["weekend-1", "weekend-2"]);
    expect(copy).toMatchObject({ id: expect.stringMatching(/^weekend-[2-9a-z]{6}$/) as string, enabled: false, name: { en: "Weekend (2)" } });
    expect(duplicated(copy ? [copy] : [], 0)[1]?.id).toMatch(/^weekend-[2-9a-z]{6}$/);
  });

  it("never has the id of one that was removed: members would get nothing for it", () => {
    const empty = { stacking: "sum", rules: [] };
    const removed = newMilestone(empty, ["en"], []).id;
    expect(removed).toMatch(/^rule-[2-9a-z]{6}$/);
    expect([newMilestone(empty, ["en"], []).id, newRule(empty, ["en"]).id]).not.toContain(removed);
  });

  it("is called by its name in the language or in any; without one, as the page calls it", () => {
    expect(nameOf({ name: { en: "Shirts", tr: "Gömlek" } }, "tr", "Adsız kural")).toBe("Gömlek");
    expect(nameOf({ name: { de: "Hemden", tr: " " } }, "tr", "Adsız kural")).toBe("Hemden");
    expect(nameOf({ name: { en: "" } }, "tr", "Adsız kural")).toBe("Adsız kural");
  });
});

describe("a tree of conditions", () => {
  it("comes back as it was", () => {
    for (const when of [SHIRTS, { type: "all", of: [SHIRTS, { type: "any", of: [SALE, { type: "not", of: SALE }] }] }, { type: "any_line", of: SHIRTS }]) {
      expect(closed(opened(when), "when", "when", new Map())).toEqual(when);
    }
  });

  it("is nothing where groups are empty, however deep", () => {
    const empty = { type: "all", of: [{ type: "not", of: { type: "all", of: [] } }, { type: "any", of: [] }] };
    expect(closed(empty, "when", "when", new Map())).toBeNull();
    expect(depthOf(empty)).toBe(3);
  });

  it("has a row for each currency, and keeps those that say something", () => {
    const value = { type: "order_value", limits: [{ currency: "USD", min: "5" }] };
    const shown = opened(value, ["TRY", "USD"]);
    expect(shown.of).toEqual([{ type: "order_value", limits: [{ currency: "USD", min: "5", max: null }, { currency: "TRY", min: null, max: null }] }]);
    expect(closed(shown, "w", "w", new Map())).toEqual({ type: "order_value", limits: [{ currency: "USD", min: "5", max: null }] });
  });

  it("asks of an event in one way, and keeps values by their kind", () => {
    for (const when of [
      { type: "event_property", name: "stars", values: [1, "1", true] },
      { type: "event_property", name: "stars", min: null, max: 5 },
    ]) {
      expect(closed(opened(when), "w", "w", new Map())).toEqual(when);
    }
    const [part] = opened({ type: "event_property", name: "stars", min: 1, max: null }).of as { by: string }[];
    expect(closed({ type: "event_property", ...part, by: "values", values: [3] }, "w", "w", new Map())).toEqual({ type: "event_property", name: "stars", values: [3] });
  });

  it("names what it refers to, once", () => {
    expect(referencesIn([{ type: "any", of: [SHIRTS, { type: "not", of: SHIRTS }] }, { type: "product", products: ["b", "a"] }])).toEqual({ category: ["shirts"], product: ["a", "b"] });
  });
});

describe("what events tell", () => {
  const types = [
    { id: "a", name: { en: "A", tr: "Â" }, properties: [{ name: "n", kind: "int", allowed: [1, 2] }, { name: "shop", kind: "string" }] },
    { id: "b", properties: [{ name: "n", kind: "int", allowed: [2, 3] }, { name: "shop", kind: "bool" }, null] },
  ];
  const events = eventsIn({ events: { types } }, "tr");

  it("is that of the types which a rule waits for, each property once", () => {
    expect(events.map((one) => one.label)).toEqual(["Â", "b"]);
    expect(waitedFor(null, events)).toHaveLength(2);
    expect(tellsOf(waitedFor(["b", "gone"], events)).map((one) => one.name)).toEqual(["n", "shop"]);
    expect(tellsOf(events)).toEqual([{ name: "n", kind: "int", allowed: [1, 2, 3] }, { name: "shop", kind: "string", allowed: [] }]);
    expect(tellsOf(eventsIn(null, "en"))).toEqual([]);
  });

  it("begins to be asked as its kind is", () => {
    const begun = (kind: "string" | "int" | "bool", allowed: number[] = []) => asking({ name: "x", kind, allowed });
    expect([begun("int"), begun("int", [1]), begun("bool"), begun("string")].map(({ by, values }) => [by, values])).toEqual([["span", []], ["values", []], ["values", [true]], ["values", []]]);
  });
});

describe("what is wrong", () => {
  const form = formOf(DOCUMENT, []);
  form.rules[0] = { ...(form.rules[0] as RuleForm), when: { type: "all", of: [{ type: "any", of: [] }, { type: "all", of: [SHIRTS, SALE] }] } };
  const { document, places } = documentOf(DOCUMENT, form);

  it("is found at its field, though the document has fewer groups than the form", () => {
    expect((document.earning as { rules: object[] }).rules[0]).toMatchObject({ when: { type: "all", of: [SHIRTS, SALE] } });
    expect(fieldAt("earning.rules[0].when.of[1].value", places)).toBe("rules.0.when.of.1.of.1.value");
    expect(fieldAt("earning.rules[0].when.of[0].slugs[0]", places)).toBe("rules.0.when.of.1.of.0.slugs.0");
    expect(fieldAt("earning.rules[1].then.factor", places)).toBe("rules.1.then.factor");
    expect(fieldAt("settings.expiry", places)).toBeNull();
  });

  it("keeps to the rules, and stands where no field shows it", () => {
    const finding = (path: string, severity = "error") => ({ code: "c", path, severity, text: path });
    const found = placed([finding("earning.rules[1].then.factor"), finding("earning.rules", "warning"), finding("currencies[0]")], places);
    expect(found.map((one) => one.field)).toEqual(["rules.1.then.factor", null]);
    expect(errorsOf(found)).toEqual({ rules: { 1: { then: { factor: { type: "server", message: "earning.rules[1].then.factor" } } } } });
    expect(saidAt(found, "rules.1")).toHaveLength(1);
    expect(saidAt(found, "rules.1", ["then.factor"])).toHaveLength(0);
    expect(saidAt(found, "rules.10")).toHaveLength(0);
  });

  it("learns no place of what is left out", () => {
    const learned: Places = new Map();
    closed({ type: "all", of: [{ type: "any", of: [] }, SALE] }, "when", "form", learned);
    expect(learned.get("when")).toBe("form.of.1");
  });
});
