import { describe, expect, it } from "vitest";

import { goodwillIn, goodwillOf } from "./signals";

const CURRENCIES = [
  { channel: "default", currency: "USD" },
  { channel: "turkey", currency: "TRY" },
];
const SECTION = {
  late_delivery: { suggest: { type: "points", points: 150 }, automatic: true, days: 3, channels: [{ channel: "turkey", days: 2 }] },
  cancelled_line: { suggest: { type: "amount", amounts: [{ currency: "TRY", amount: "50" }], as_code: false }, automatic: false },
  limit: { times: 1, days: 30 },
  automatic_points: 5000,
  apology: { en: "Sorry." },
};
const DOCUMENT = { texts: { en: {}, tr: {} }, currencies: CURRENCIES, goodwill: SECTION };

describe("goodwill", () => {
  it("comes back as it was, with a row for each channel and currency", () => {
    const form = goodwillOf(DOCUMENT);
    expect(form.channels).toEqual([
      { channel: "default", days: null },
      { channel: "turkey", days: 2 },
    ]);
    expect(form.complaint.on).toBe(false);
    expect(goodwillIn(DOCUMENT, form)).toEqual(SECTION);
  });

  it("is not written where nothing is watched and nothing was said", () => {
    const document = { texts: { en: {} }, currencies: CURRENCIES };
    expect(goodwillIn(document, goodwillOf(document))).toBeUndefined();
  });

  it("suggests what is chosen, without amounts that are empty", () => {
    const form = goodwillOf({ ...DOCUMENT, goodwill: undefined });
    form.complaint = { ...form.complaint, on: true, type: "amount", amounts: [{ currency: "USD", amount: "5.00" }, { currency: "TRY", amount: null }] };
    expect(goodwillIn(DOCUMENT, form)?.complaint).toMatchObject({ suggest: { type: "amount", amounts: [{ currency: "USD", amount: "5.00" }] } });
  });
});
