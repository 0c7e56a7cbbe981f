import { describe, expect, it } from "vitest";

import { changeOf, daysOf, isDay, lengthOf, plusDays, stepOf } from "./ranges";

describe("ranges of days", () => {
  it("are seen from today, across months, years and leap days", () => {
    expect(daysOf("week", "2027-03-02")).toEqual({ since: "2027-02-24", until: "2027-03-02" });
    expect(daysOf("month", "2027-03-02")).toEqual({ since: "2027-02-01", until: "2027-03-02" });
    expect(daysOf("this_month", "2027-03-02")).toEqual({ since: "2027-03-01", until: "2027-03-02" });
    expect(daysOf("last_month", "2028-03-02")).toEqual({ since: "2028-02-01", until: "2028-02-29" });
    expect(daysOf("last_month", "2027-01-15")).toEqual({ since: "2026-12-01", until: "2026-12-31" });
    expect(daysOf("year", "2027-12-31")).toEqual({ since: "2027-01-01", until: "2027-12-31" });
  });

  it("are days in a chart until there are too many", () => {
    expect(lengthOf({ since: "2027-01-01", until: "2027-01-01" })).toBe(1);
    expect(stepOf({ since: "2027-01-01", until: "2027-04-02" })).toBe("day");
    expect(stepOf({ since: "2027-01-01", until: "2027-04-03" })).toBe("week");
  });

  it("know which texts are days", () => {
    expect(isDay("2028-02-29")).toBe(true);
    expect(isDay("2027-02-29")).toBe(false);
    expect(isDay("29.02.2028")).toBe(false);
    expect(plusDays("2028-02-28", 1)).toBe("2028-02-29");
  });
});

describe("a change", () => {
  it("is told in percent of what was before, if that was anything", () => {
    expect(changeOf(150, 100)).toBe(50);
    expect(changeOf(0, 3)).toBe(-100);
    expect(changeOf(-50, -100)).toBe(50);
    expect(changeOf(5, 0)).toBeNull();
  });
});
