import { describe, expect, it } from "vitest";

import { documentOf, formOf, levelsOf, newItem, type RewardsForm } from "./form";

const PLACES = [
  { slug: "web", currency: "USD", name: "Web" },
  { slug: "shop", currency: "TRY", name: "Shop" },
];
const ITEM = {
  id: "ten",
  enabled: true,
  names: { en: "Ten off", tr: "On indirim" },
  texts: {},
  gift: { type: "amount" },
  points: 450,
  channels: [{ channel: "web", currency: "USD", amount: "10", minimum: "30" }],
  valid_days: 30,
  stock: 5,
  limit: { times: 2, period: "week" },
  who: { tiers: ["gold"], member_days: 30, segments: ["vip"] },
  active_until: "2027-12-31",
  picture: "https://shop.example.com/ten.png",
};
const DOCUMENT = { version: 1, texts: { en: {}, tr: {} }, rewards: { items: [ITEM] }, tiers: { levels: [{ id: "gold", names: { en: "Gold", tr: "Altın" } }] } };

function changed(change: (form: RewardsForm) => void, document: unknown = DOCUMENT) {
  const form = formOf(document, PLACES);
  change(form);
  return (documentOf(document, form) as unknown as typeof DOCUMENT).rewards;
}

describe("the catalog of a program", () => {
  it("stays as it is where nobody touched it, also what no field shows", () => {
    expect(documentOf(DOCUMENT, formOf(DOCUMENT, PLACES))).toEqual(DOCUMENT);
    expect(documentOf({ version: 1 }, formOf({ version: 1 }, PLACES))).toEqual({ version: 1 });
  });

  it("says nothing of bounds that are empty", () => {
    const [item] = changed(({ items }) => Object.assign(items[0] ?? {}, { stock: null, times: null, active_until: null, picture: " " })).items;
    for (const name of ["stock", "limit", "active_until", "picture"]) expect(item).not.toHaveProperty(name);
    const without = { ...DOCUMENT, rewards: { items: [{ ...ITEM, who: { tiers: ["gold"] } }] } };
    const [open] = changed(({ items }) => Object.assign(items[0] ?? {}, { tiers: [] }), without).items;
    expect(open).not.toHaveProperty("who");
  });

  it("keeps only the amounts that a kind knows", () => {
    const [item] = changed(({ items }) => Object.assign(items[0] ?? {}, { kind: "custom" })).items;
    expect(item).toMatchObject({ gift: { type: "custom" }, channels: [{ channel: "web", currency: "USD" }] });
    expect(item?.channels[0]).not.toHaveProperty("amount");
  });

  it("keeps what a reward costs, also where no field shows it, and loses it with its kind", () => {
    const worth = [{ channel: "web", currency: "USD", amount: "10", worth: "8" }];
    const document = (gift: object, channels: object[]) => ({ ...DOCUMENT, rewards: { items: [{ ...ITEM, gift, channels }] } });
    const amount = document({ type: "amount" }, worth);
    expect(documentOf(amount, formOf(amount, PLACES))).toEqual(amount);
    const percent = document({ type: "percent", percent: 20 }, [{ channel: "web", currency: "USD", cap: "15", worth: "8" }]);
    expect(documentOf(percent, formOf(percent, PLACES))).toEqual(percent);
    const [costs] = changed(({ items }) => Object.assign(items[0]?.channels[0] ?? {}, { worth: "9.50" }), percent).items;
    expect(costs?.channels).toEqual([{ channel: "web", currency: "USD", cap: "15", worth: "9.50" }]);
    const [turned] = changed(({ items }) => Object.assign(items[0] ?? {}, { kind: "amount" }), percent).items;
    expect(turned?.channels).toEqual([{ channel: "web", currency: "USD" }]);
  });

  it("is offered where a channel is switched on, in its currency", () => {
    const [item] = changed(({ items }) => Object.assign(items[0]?.channels[1] ?? {}, { on: true, amount: "300" })).items;
    expect(item?.channels[1]).toEqual({ channel: "shop", currency: "TRY", amount: "300" });
  });

  it("gets new rewards under ids that none had before, whatever is known of those that were taken", () => {
    const form = formOf(DOCUMENT, PLACES);
    const [removed, made] = [newItem(DOCUMENT, form, PLACES), newItem(DOCUMENT, form, PLACES)];
    expect(made).toMatchObject({ id: expect.stringMatching(/^reward-[2-9a-z]{6}$/) as string, kind: "amount", points: 500 });
    expect(made.id).not.toBe(removed.id);
    expect(made.channels.every((one) => one.on)).toBe(true);
  });

  it("names tiers in the reader's language", () => {
    expect(levelsOf(DOCUMENT, "tr")).toEqual([{ value: "gold", label: "Altın" }]);
  });
});
