import { expect, test } from "vitest";

import { placeOf, emptyForm, formOf, instantOf, termsOf, type CampaignOf, type Choices } from "./form";

const CHOICES: Choices = {
  channels: [
    { slug: "us", name: "US", currency: "USD", active: true, places: 2 },
    { slug: "tr", name: "Türkiye", currency: "TRY", active: true, places: 2 },
  ],
  tiers: [],
  segments: [],
  locales: ["en", "tr"],
  timezone: "Europe/Istanbul",
  tells: true,
};
const TODAY = new Date("2027-03-01T10:00:00Z");

test("the clocks of the store decide when a campaign begins, also on the day they are set", () => {
  expect(instantOf("2027-03-01T00:00", "Europe/Istanbul")).toBe("2027-02-28T21:00:00.000Z");
  expect(instantOf("2027-03-28T01:30", "Europe/Berlin")).toBe("2027-03-28T00:30:00.000Z");
  expect(instantOf("2027-03-28T03:30", "Europe/Berlin")).toBe("2027-03-28T01:30:00.000Z");
});

test("a new campaign begins tomorrow by the clocks of the store, for a week", () => {
  const days = (now: string, timezone: string) => {
    const { starts, ends } = emptyForm({ ...CHOICES, timezone }, new Date(now));
    return [starts, ends];
  };
  expect(days("2027-03-01T20:59:00Z", "Europe/Istanbul")).toEqual(["2027-03-02T00:00", "2027-03-09T00:00"]);
  expect(days("2027-03-01T21:00:00Z", "Europe/Istanbul")).toEqual(["2027-03-03T00:00", "2027-03-10T00:00"]);
  expect(days("2027-03-01T02:00:00Z", "America/New_York")).toEqual(["2027-03-01T00:00", "2027-03-08T00:00"]);
});

test("a campaign on points says nothing of codes and values, and names channels only to leave some out", () => {
  const form = { ...emptyForm(CHOICES, TODAY), kind: "points" as const, name: "Double", points: 500 };
  const terms = termsOf(form, CHOICES.timezone);
  expect(terms).toMatchObject({ kind: "points", times: "2", channels: [], budget: { points: 500, money: {} } });
  expect(terms).not.toHaveProperty("codes");
  const first = { ...form, channels: form.channels.map((one, at) => ({ ...one, on: at === 0 })) };
  expect(termsOf(first, CHOICES.timezone).channels).toEqual([{ channel: "us", currency: "USD" }]);
});

test("what was saved stands in the form again and is saved alike", () => {
  const form = {
    ...emptyForm(CHOICES, TODAY),
    name: "Flyer",
    code: "MUSTERI10",
    texts: [
      { locale: "en", title: "10% off", text: "" },
      { locale: "tr", title: "%10 indirim", text: "Bu hafta" },
    ],
    channels: emptyForm(CHOICES, TODAY).channels.map((one) => ({ ...one, on: one.slug === "tr", value: one.slug === "tr" ? "10" : null, minimum: one.slug === "tr" ? "500" : null })),
    money: [
      { currency: "USD", amount: null },
      { currency: "TRY", amount: "40000" },
    ],
  };
  const terms = termsOf(form, CHOICES.timezone);
  expect(terms).toMatchObject({ codes: { sharing: "shared", code: "MUSTERI10", after_order: null }, budget: { money: { TRY: "40000" } } });
  const saved = { terms, starts_at: "2027-03-02T00:00:00+03:00", ends_at: "2027-03-09T00:00:00+03:00" } as unknown as CampaignOf;
  expect(termsOf(formOf(saved, CHOICES), CHOICES.timezone)).toEqual(terms);
});

/** A campaign as it is read, with terms that differ from those of a form. */
function read(terms: object): CampaignOf {
  const form = { ...emptyForm(CHOICES, TODAY), name: "Flyer", code: "MUSTERI10" };
  return { terms: { ...termsOf(form, CHOICES.timezone), ...terms }, starts_at: "2027-03-02T00:00:00+03:00", ends_at: "2027-03-09T00:00:00+03:00" } as unknown as CampaignOf;
}

test("a reduced value stays when the budget does not use it any more", () => {
  const channels = [{ channel: "us", currency: "USD", value: "10", minimum: "0", reduced: "5" }];
  const form = formOf(read({ channels, budget: { points: null, money: { USD: "40" }, warn_percent: 80, when_reached: "reduce" } }), CHOICES);
  expect(termsOf({ ...form, reached: "warn" }, CHOICES.timezone)).toMatchObject({ channels, budget: { when_reached: "warn" } });
});

test("channels that are off or gone stay in the terms that name them, with their currencies, and nowhere else", () => {
  const [us, tr] = CHOICES.channels as [Choices["channels"][number], Choices["channels"][number]];
  const off: Choices = { ...CHOICES, channels: [us, { ...tr, active: false }] };
  const named = ["us", "tr", "old"].map((channel, at) => ({ channel, currency: ["USD", "TRY", "EUR"][at], value: "10", minimum: "0", reduced: null }));
  const money = { USD: "40", TRY: "900", EUR: "30" };
  const form = formOf(read({ channels: named, budget: { points: null, money, warn_percent: 80, when_reached: "stop" } }), off);
  expect(termsOf(form, off.timezone)).toMatchObject({ channels: named, budget: { money } });
  expect(form.channels.map(({ slug, active }) => [slug, active])).toEqual([["us", true], ["tr", false], ["old", false]]);
  expect(emptyForm(off, TODAY).channels.map(({ slug }) => slug)).toEqual(["us"]);
});

test("points in some channels do not become points everywhere because the others are off", () => {
  const points = (channels: object[]) => read({ kind: "points", codes: null, channels, times: "2", budget: { points: 500, money: {}, warn_percent: 80, when_reached: "stop" } });
  const third = { slug: "de", name: "DE", currency: "EUR", active: false, places: 2 };
  const three: Choices = { ...CHOICES, channels: [...CHOICES.channels, third] };
  const two = [{ channel: "us", currency: "USD" }, { channel: "tr", currency: "TRY" }];
  expect(termsOf(formOf(points(two), three), three.timezone).channels).toEqual(two);
  expect(termsOf(formOf(points([]), three), three.timezone).channels).toEqual([]);
});

test("places of problems are named as the form names them, the nearest first", () => {
  expect(placeOf("codes.code").message).toBe("campaigns.code");
  expect(placeOf("codes.after_order.days").message).toBe("campaigns.codes");
  expect(placeOf("what.is.this").message).toBe("campaigns.what");
});

test("places of problems say which channel is meant", () => {
  expect(placeOf("channels[1].value")).toEqual({ message: "campaigns.where", number: 2 });
  expect(placeOf("channels").number).toBeNull();
});
