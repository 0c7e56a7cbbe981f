import { describe, expect, it } from "vitest";

import { daysBetween, daysOf, daysSchema, type Retention } from "./days";

const SEEN: Retention = {
  version: 1,
  job_days: 7,
  spans: [
    { name: "inbox", days: 3, usual: 14, own: true, least: 1, most: 60, meaning: "" },
    { name: "offers", days: 2, usual: 2, own: false, least: 2, most: 30, meaning: "" },
  ],
};

describe("days of keeping", () => {
  it("shows the store's own days and leaves the usual ones empty", () => {
    expect(daysOf(SEEN)).toEqual({ inbox: 3, offers: null });
  });

  it("takes whole days within the bounds of each kind", () => {
    const schema = daysSchema(SEEN, (least, most) => `${least}-${most}`);
    expect(schema.safeParse({ inbox: 60, offers: null }).success).toBe(true);
    for (const inbox of [0, 61, 2.5, "x"]) {
      expect(schema.safeParse({ inbox, offers: null }).error?.issues[0]?.message).toBe("1-60");
    }
  });

  it("counts days over a change of the clocks", () => {
    expect(daysBetween("2027-03-27", "2027-03-29")).toBe(2);
  });
});
