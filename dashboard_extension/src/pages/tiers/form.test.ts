import { describe, expect, it } from "vitest";

import { asksForSeveral, documentOf, formOf, isShown, moved, newLevel, type TiersForm } from "./form";

const BRONZE = { id: "bronze", names: { en: "Bronze", tr: "Bronz" }, requirements: { match: "all", spend: { limits: [{ currency: "TRY", min: "3000" }] } }, benefits: {} };
const GOLD = {
  id: "gold",
  names: { en: "Gold" },
  color: "#a67c00",
  requirements: { match: "any", spend: { limits: [{ currency: "TRY", min: "30000" }] }, orders: { min: 25 } },
  multiplier: "1.5",
  entry_points: 200,
  benefits: { en: "Early access." },
  later: "kept",
};
const DOCUMENT = {
  version: 1,
  texts: { en: { program: "P" }, tr: { program: "P" } },
  tiers: { enabled: false, window: { type: "rolling", months: 12 }, downgrade: "one_step", grace_days: 30, levels: [BRONZE, GOLD] },
};
const CURRENCIES = ["TRY", "USD"];

function changed(change: (form: TiersForm) => void, document: unknown = DOCUMENT) {
  const form = formOf(document, CURRENCIES);
  change(form);
  return documentOf(document, form);
}

describe("the tiers of a program", () => {
  it("stay as they are where nobody touched them, with what no field shows", () => {
    expect(changed(() => undefined).document).toEqual(DOCUMENT);
    const bare = { version: 1, texts: {} };
    expect(changed(() => undefined, bare).document).toEqual(bare);
  });

  it("say only what is asked for and given", () => {
    const { document } = changed((form) => {
      const [bronze, gold] = form.levels;
      Object.assign(bronze ?? {}, { spend: [{ currency: "TRY", min: null }, { currency: "USD", min: "100" }], status_points: 50 });
      Object.assign(gold ?? {}, { multiplier: null, entry_points: null, color: "", names: { en: "Gold", tr: " " } });
      Object.assign(form, { window: "lifetime", enabled: true });
    });
    expect(document.tiers).toMatchObject({ enabled: true, window: { type: "lifetime" } });
    const levels = (document.tiers as { levels: object[] }).levels;
    expect(levels[0]).toMatchObject({ requirements: { match: "all", spend: { limits: [{ currency: "USD", min: "100" }] }, status_points: { min: 50 } } });
    expect(levels[1]).toEqual({ ...BRONZE, id: "gold", names: { en: "Gold" }, requirements: GOLD.requirements, benefits: GOLD.benefits, later: "kept" });
  });

  it("say where refunds take back what reaching a level gave, and nothing where it stays", () => {
    expect(formOf(DOCUMENT, CURRENCIES).levels.map((one) => one.keep)).toEqual([true, true]);
    const { document } = changed((form) => {
      Object.assign(form.levels[1] ?? {}, { keep: false });
    });
    const [bronze, gold] = (document.tiers as { levels: object[] }).levels;
    expect(bronze).toEqual(BRONZE);
    expect(gold).toEqual({ ...GOLD, keep: false });
    const again = changed((form) => {
      Object.assign(form.levels[1] ?? {}, { keep: true });
    }, document).document;
    expect(again).toEqual(DOCUMENT);
    expect(isShown("levels.1.keep")).toBe(true);
  });

  it("lead from a place of the document to its field, whatever fields are empty", () => {
    const { places } = changed((form) => {
      const [bronze] = form.levels;
      if (bronze) bronze.spend = [{ currency: "TRY", min: null }, { currency: "USD", min: "x" }];
    });
    expect(places.get("tiers.levels[0].requirements.spend.limits[0]")).toBe("levels.0.spend.1");
    expect(places.get("tiers.levels[1].requirements.orders.min")).toBe("levels.1.orders");
    expect(isShown("levels.0.spend.1.min")).toBe(true);
    expect(isShown("levels.0.requirements")).toBe(false);
  });

  it("are gone with the last level, unless they are on", () => {
    expect(changed((form) => Object.assign(form, { levels: [] })).document).not.toHaveProperty("tiers");
    expect(changed((form) => Object.assign(form, { levels: [], enabled: true })).document.tiers).toMatchObject({ levels: [] });
  });

  it("get new levels with ids that no level had before, also none that was removed", () => {
    const form = formOf(DOCUMENT, CURRENCIES);
    const [removed, fresh] = [newLevel(form, DOCUMENT, CURRENCIES), newLevel(form, DOCUMENT, CURRENCIES)];
    expect(fresh).toMatchObject({ id: expect.stringMatching(/^tier-[2-9a-z]{6}$/) as string, names: { en: "", tr: "" } });
    expect(fresh.id).not.toBe(removed.id);
    expect(moved(form.levels, 0, 1).map((one) => one.id)).toEqual(["gold", "bronze"]);
    expect(moved(form.levels, 1, 1).map((one) => one.id)).toEqual(["bronze", "gold"]);
    expect(form.levels.map(asksForSeveral)).toEqual([false, true]);
  });
});
