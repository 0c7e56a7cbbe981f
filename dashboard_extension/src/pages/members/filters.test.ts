import { expect, it } from "vitest";

import { addressOf, filtersOf, queryOf, type Filters } from "./filters";

const NONE: Filters = { q: "", state: "", show: "", least: null, most: null, since: null };

it("keeps what narrows down in the address, and finds it there again", () => {
  const filters: Filters = { q: "ayşe", state: "active", show: "debt", least: 10, most: null, since: "2026-01-31" };
  expect(addressOf(filters)).toEqual({ q: "ayşe", state: "active", show: "debt", least: "10", since: "2026-01-31" });
  expect(filtersOf(new URLSearchParams(addressOf(filters)))).toEqual(filters);
  expect(addressOf(NONE)).toEqual({});
});

it("leaves out what an address names wrongly", () => {
  const params = new URLSearchParams("state=dead&show=all&least=-1&most=many&since=yesterday");
  expect(filtersOf(params)).toEqual(NONE);
});

it("asks the API for the meaning of each filter, and not for half a number", () => {
  expect(queryOf(NONE)).toEqual({});
  expect(queryOf({ ...NONE, show: "expiring", least: "12x" })).toEqual({ expiring_days: 30 });
  expect(queryOf({ ...NONE, q: "  ayşe ", show: "blocked", most: 5 })).toEqual({ q: "ayşe", blocked: true, most: 5 });
});
