import { describe, expect, it } from "vitest";

import { dayBefore, earliest, importOf, isToCome } from "./moments";

const NOW = "2027-01-31T23:59:30+03:00";

describe("moments on the clocks of the store", () => {
  it("begin with the next full minute, over the end of a month", () => {
    expect(earliest(NOW)).toBe("2027-02-01T00:00");
  });

  it("are to come only if the store's own clock has not passed them", () => {
    expect(isToCome("2027-02-01T00:00", NOW)).toBe(true);
    expect(isToCome("2027-01-31T23:59", NOW)).toBe(false);
    expect(isToCome(null, NOW)).toBe(false);
    expect(isToCome("tomorrow", NOW)).toBe(false);
  });

  it("count days back by the calendar", () => {
    expect(dayBefore("2027-03-01T08:00:00+03:00", 1)).toBe("2027-02-28");
  });
});

describe("what is counted from before the program", () => {
  it.each([
    [{ mode: "none", days: "x", cap: null }, { mode: "none", days: null, cap: null }],
    [{ mode: "days", days: 90, cap: 7 }, { mode: "days", days: 90, cap: null }],
    [{ mode: "capped", days: null, cap: 500 }, { mode: "capped", days: null, cap: 500 }],
    [{ mode: "days", days: null, cap: null }, null],
    [{ mode: "days", days: "9x", cap: null }, null],
    [{ mode: "capped", days: null, cap: 0 }, null],
    [{ mode: "status_only", days: null, cap: 1000 }, { mode: "status_only", days: null, cap: null }],
    [{ mode: "status_only", days: 365, cap: "x" }, { mode: "status_only", days: 365, cap: null }],
    [{ mode: "status_only", days: "9x", cap: null }, null],
  ] as const)("%o", (values, body) => {
    expect(importOf(values)).toEqual(body);
  });
});
