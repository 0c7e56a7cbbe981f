import { describe, expect, it } from "vitest";

import { concernOf, formOf, schemaOf, type Key } from "./keys";

const schema = schemaOf({ name: "name!", scopes: "scopes!", limit: "limit!" });
const NOW = new Date("2027-01-04T12:00:00Z");
const KEY: Key = {
  id: 3,
  prefix: "slk_7hq2m0x4c9ab_…",
  name: "Cash registers",
  scopes: ["members:read", "points:write"],
  event_types: [],
  day_limit: 5000,
  moved_today: 0,
  state: "active",
  expires_on: null,
  secret_at: "2027-01-01T12:00:00Z",
  old_secret_until: null,
  last_used_at: null,
  created_by: "owner@example.com",
  created_at: "2027-01-01T12:00:00Z",
  revoked_by: null,
  revoked_at: null,
};

function wrong(form: object): string[] {
  const read = schema.safeParse(form);
  return read.success ? [] : read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("the form of a key", () => {
  it("sends a key as it is, and a new one that may only read", () => {
    expect(schema.parse(formOf(KEY))).toEqual({ name: "Cash registers", scopes: KEY.scopes, event_types: [], day_limit: 5000, expires_on: null });
    expect(schema.parse({ ...formOf(null), name: " POS " })).toEqual({ name: "POS", scopes: ["members:read"], event_types: [], day_limit: 0, expires_on: null });
  });

  it("asks for a limit where points are moved, and sends none where they are not", () => {
    for (const day_limit of [null, 0, "many", 10_000_001]) expect(wrong({ ...formOf(KEY), day_limit })).toEqual(["day_limit: limit!"]);
    expect(schema.parse({ ...formOf(KEY), scopes: ["members:read"], day_limit: "many" }).day_limit).toBe(0);
  });

  it("asks for a name and for something that the key may do", () => {
    expect(wrong({ ...formOf(KEY), name: " " })).toEqual(["name: name!"]);
    expect(wrong({ ...formOf(KEY), scopes: [] })).toEqual(["scopes: scopes!"]);
    expect(wrong({ ...formOf(KEY), scopes: [], event_types: ["post"] })).toEqual([]);
  });
});

describe("what an owner should look at", () => {
  it("is a key that ends soon, then a secret that is old, and never a key that has ended", () => {
    expect(concernOf(KEY, NOW)).toBeNull();
    expect(concernOf({ ...KEY, secret_at: "2026-01-01T00:00:00Z" }, NOW)).toBe("old");
    expect(concernOf({ ...KEY, secret_at: "2026-01-01T00:00:00Z", expires_on: "2027-01-10" }, NOW)).toBe("ends_soon");
    expect(concernOf({ ...KEY, expires_on: "2027-03-10" }, NOW)).toBeNull();
    expect(concernOf({ ...KEY, state: "revoked", secret_at: "2020-01-01T00:00:00Z" }, NOW)).toBeNull();
  });
});
