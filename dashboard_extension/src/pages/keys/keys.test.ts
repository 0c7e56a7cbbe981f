import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";

import { describe, expect, it } from "vitest";

import { concernOf, formOf, mayGive, schemaOf, signedCall, withScope, type Key } from "./keys";

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
  must_sign: false,
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
    expect(schema.parse(formOf(KEY))).toEqual({ name: "Cash registers", scopes: KEY.scopes, event_types: [], day_limit: 5000, expires_on: null, must_sign: false });
    expect(schema.parse({ ...formOf(null), name: " POS " })).toEqual({ name: "POS", scopes: ["members:read"], event_types: [], day_limit: 0, expires_on: null, must_sign: false });
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

describe("what a key may do", () => {
  it("is to know who members are only beside what they have", () => {
    expect(withScope(["members:read"], "members:identify", true)).toEqual(["members:read", "members:identify"]);
    expect(withScope(["members:read", "members:identify", "points:write"], "members:read", false)).toEqual(["points:write"]);
    expect(withScope([], "members:identify", true)).toEqual([]);
    expect(withScope(["points:write"], "members:read", true)).toEqual(["members:read", "points:write"]);
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

describe("what a key signs", () => {
  it("is what the form says, and recommended where the key may give points", () => {
    expect(schema.parse({ ...formOf(null), name: "POS", must_sign: true }).must_sign).toBe(true);
    expect(formOf({ ...KEY, must_sign: true }).must_sign).toBe(true);
    expect(mayGive({ scopes: ["members:read", "members:write", "complaints:write"], event_types: [] })).toBe(false);
    expect(mayGive({ scopes: ["points:write"], event_types: [] })).toBe(true);
    expect(mayGive({ scopes: [], event_types: ["visit"] })).toBe(true);
  });

  it("is a call that a shell can make, in which the key is not sent", () => {
    const call = signedCall("https://loyalty.example.com/sub/api/partner/v1", "slk_7hq2m0x4c9ab_secret");
    expect(call.match(/secret/g)).toHaveLength(1);
    const shell = ["date() { echo 1799055000; }", 'curl() { printf "%s\\n" "$@"; }', call].join("\n");
    const said = execFileSync("bash", ["-euo", "pipefail", "-c", shell], { encoding: "utf8" });
    const text = ["1799055000", "GET", "/api/partner/v1/key", "", createHash("sha256").digest("hex")].join("\n");
    const proof = createHmac("sha256", "slk_7hq2m0x4c9ab_secret").update(text).digest("base64");
    expect(said.split("\n").filter((line) => line !== "-H")).toEqual([
      "https://loyalty.example.com/sub/api/partner/v1/key",
      "Authorization: Loyalty-Key slk_7hq2m0x4c9ab",
      "Loyalty-Timestamp: 1799055000",
      `Loyalty-Signature: v1,${proof}`,
      "",
    ]);
  });
});
