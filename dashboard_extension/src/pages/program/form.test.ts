import { describe, expect, it } from "vitest";

import { documentOf, formOf, newException, newOffer } from "./form";
import { fieldAt, nested, sorted } from "./places";

const CHANNELS = [
  { slug: "tr", currency: "TRY" },
  { slug: "us", currency: "USD" },
];

const DOCUMENT = {
  version: 1,
  name: "Stars",
  texts: { en: { program: "Stars", point: "star", points: "stars" } },
  units: [{ code: "points", icon: "★" }],
  currencies: [
    { channel: "us", currency: "USD", earn_rate: { points: 1, money: "1" }, spend_rate: { points: 1, money: "0.02" } },
    { channel: "gone", currency: "EUR", earn_rate: { points: 1, money: "1" }, spend_rate: null },
  ],
  settings: {
    price_basis: "gross",
    earn_on_shipping: false,
    availability: { after: "fulfillment", days: 14 },
    expiry: { months: null, notice: "required" },
    refund_policy: "within_balance",
    enrollment: "automatic",
    hold_out_percent: 0,
    terms_version: "",
    privacy_version: "",
    unfulfilled_alert_days: 60,
  },
  earning: { stacking: "best", rules: [{ id: "purchases", enabled: true, then: { type: "points_per_money" }, when: { type: "channel", slugs: ["us"] } }] },
  shipping: {
    offers: [
      {
        id: "free",
        name: { en: "Free" },
        enabled: true,
        method: "cheapest",
        method_names: [],
        hide_original: false,
        prices: [{ channel: "us", currency: "USD", price: "0" }],
        thresholds: [{ channel: "us", currency: "USD", money: "75" }],
        when: { type: "member", value: true },
      },
    ],
  },
};

describe("the form of a document", () => {
  it("gives the same document back when nothing was changed", () => {
    expect(documentOf(DOCUMENT, formOf(DOCUMENT, CHANNELS, "en"))).toEqual(DOCUMENT);
  });

  it("has a row for each channel of the store and for others that the document names", () => {
    const form = formOf(DOCUMENT, CHANNELS, "en");
    expect(form.channels.map(({ channel, earns }) => [channel, earns])).toEqual([
      ["tr", false],
      ["us", true],
      ["gone", true],
    ]);
  });

  it("adds a channel behind those that are there, and takes one out", () => {
    const form = formOf(DOCUMENT, CHANNELS, "en");
    Object.assign(form.channels[0] ?? {}, { earns: true, earn_money: "10" });
    Object.assign(form.channels[2] ?? {}, { earns: false });
    const after = documentOf(DOCUMENT, form) as typeof DOCUMENT;
    expect(after.currencies.map((one) => one.channel)).toEqual(["us", "tr"]);
    expect(after.currencies[1]).toEqual({ channel: "tr", currency: "TRY", earn_rate: { points: 1, money: "10" }, spend_rate: null });
  });

  it("keeps conditions, effects and whatever else no field shows", () => {
    const form = formOf(DOCUMENT, CHANNELS, "en");
    form.name = "Other";
    const after = documentOf(DOCUMENT, form) as typeof DOCUMENT;
    expect(after.earning).toEqual(DOCUMENT.earning);
    expect(after.shipping.offers[0]?.when).toEqual({ type: "member", value: true });
  });

  it("reads a draft that holds anything", () => {
    for (const odd of [null, 7, [], { texts: 3, currencies: "x", settings: [] }, { units: [null], shipping: { offers: [{}] } }]) {
      const form = formOf(odd, CHANNELS, "en");
      expect(form.channels).toHaveLength(2);
      expect(documentOf(odd, form).version).toBe(1);
    }
  });

  it("leaves a section out that says nothing but what holds without it", () => {
    const form = formOf({ version: 1, name: "A" }, CHANNELS, "en");
    expect(documentOf({ version: 1, name: "A" }, form)).not.toHaveProperty("spending");
    form.minimum_points = 100;
    expect(documentOf({}, form)).toHaveProperty("spending.minimum_points", 100);
  });

  it("gives a new offer an id that is free, and its price in every channel", () => {
    const form = formOf(DOCUMENT, CHANNELS, "en");
    form.offers.push(newOffer(form));
    expect(newOffer(form).id).not.toBe(form.offers[1]?.id);
    const after = documentOf(DOCUMENT, form) as typeof DOCUMENT;
    expect(after.shipping.offers[1]?.prices).toHaveLength(3);
  });
});

describe("places of a document", () => {
  const form = formOf(DOCUMENT, CHANNELS, "en");

  it.each([
    ["name", "name"],
    ["texts.en.point", "texts.0.point"],
    ["currencies[0].earn_rate.money", "channels.1.earn_money"],
    ["currencies[1].channel", "channels.2.earns"],
    ["settings.expiry.months", "expiry_months"],
    ["shipping.offers[0].thresholds[0]", "offers.0.amounts.1.threshold"],
    ["shipping.offers[0].name.en", "offers.0.names.0.name"],
    ["shipping.offers[0].when", "offers.0.enabled"],
    ["earning.rules[0].when", null],
    ["texts.fr.point", null],
  ])("%s is shown by %s", (path, field) => {
    expect(fieldAt(path, DOCUMENT, form)).toBe(field);
  });

  it("sorts findings to fields, and keeps those that none shows", () => {
    const found = sorted(
      [
        { code: "too_small", path: "currencies[0].earn_rate.money", severity: "error", text: "too small" },
        { code: "gives_back_much", path: "currencies[0]", severity: "warning", text: "generous" },
        { code: "no_base_rule", path: "earning.rules", severity: "warning", text: "no rule" },
      ],
      DOCUMENT,
      form,
    );
    expect([...found.wrong]).toEqual([["channels.1.earn_money", "too small"]]);
    expect([...found.doubtful]).toEqual([["channels.1.earns", "generous"]]);
    expect(found.other.map((one) => one.code)).toEqual(["no_base_rule"]);
    expect(nested(found.wrong)).toEqual({ channels: { 1: { earn_money: { type: "server", message: "too small" } } } });
  });
});

describe("countries with another expiry", () => {
  const settings = { ...DOCUMENT.settings, expiry: { months: 12, notice: "required", exceptions: [{ countries: ["DE", "AT"], months: null }, { countries: ["FR"], months: 36 }] } };
  const document = { ...DOCUMENT, settings };
  const exceptionsOf = (form: ReturnType<typeof formOf>) => (documentOf(document, form) as typeof document).settings.expiry.exceptions;

  it("are read and written without loss", () => {
    const form = formOf(document, CHANNELS, "en");
    expect(form.expiry_exceptions).toEqual([
      { countries: ["DE", "AT"], expires: false, months: 12 },
      { countries: ["FR"], expires: true, months: 36 },
    ]);
    expect(documentOf(document, form)).toEqual(document);
  });

  it("are left out of the document when the last one goes", () => {
    const form = formOf(document, CHANNELS, "en");
    form.expiry_exceptions = [];
    expect((documentOf(document, form) as typeof document).settings.expiry).toEqual({ months: 12, notice: "required" });
  });

  it("do not live for ever because a number was not filled in", () => {
    const form = formOf(document, CHANNELS, "en");
    form.expiry_exceptions = [newException(), { countries: ["FR"], expires: true, months: null }];
    expect(exceptionsOf(form)).toEqual([
      { countries: [], months: null },
      { countries: ["FR"], months: "" },
    ]);
  });

  it("leave points of all others mortal when their number is emptied, also in a draft read again", () => {
    const form = { ...formOf(document, CHANNELS, "en"), expiry_months: null };
    const written = documentOf(document, form);
    expect((written as typeof document).settings.expiry.months).toBe("");
    const again = formOf(written, CHANNELS, "en");
    expect(again).toMatchObject({ expires: true, expiry_months: null });
    expect(documentOf(written, again)).toEqual(written);
    const never = documentOf(document, { ...form, expires: false }) as typeof document;
    expect(never.settings.expiry.months).toBeNull();
    expect(formOf(never, CHANNELS, "en")).toMatchObject({ expires: false, expiry_months: 12 });
  });

  it("are read from a draft that holds anything", () => {
    const odd = { settings: { expiry: { months: 6, exceptions: [null, 7, { countries: "DE" }, { countries: ["DE"], months: "x" }] } } };
    const form = formOf(odd, CHANNELS, "en");
    expect(form.expiry_months).toBe(6);
    expect(form.expiry_exceptions).toEqual([[], [], [], ["DE"]].map((countries) => ({ countries, expires: true, months: 12 })));
  });

  it.each([
    ["settings.expiry.exceptions[1].months", "expiry_exceptions.1.months"],
    ["settings.expiry.exceptions[0].months", "expiry_exceptions.0.countries"],
    ["settings.expiry.exceptions[0].countries[1]", "expiry_exceptions.0.countries"],
    ["settings.expiry.exceptions", "expiry_exceptions.1.countries"],
    ["settings.expiry.exceptions[2].countries", null],
  ])("%s is shown by %s", (path, field) => {
    expect(fieldAt(path, document, formOf(document, CHANNELS, "en"))).toBe(field);
  });
});
