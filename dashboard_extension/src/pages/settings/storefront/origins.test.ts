import { describe, expect, it } from "vitest";

import { formOf, namedBy, originIn, schemaOf } from "./origins";

describe("the addresses of a storefront", () => {
  it.each([
    ["https://shop.example.com/products/shirt?size=m", "https://shop.example.com"],
    ["shop.example.com", "https://shop.example.com"],
    ["http://localhost:3000/", "http://localhost:3000"],
    ["https://*.example.com", "https://*.example.com"],
    ["my shop", "my shop"],
  ])("%s is taken as %s", (typed, origin) => {
    expect(originIn(typed)).toBe(origin);
  });

  it("are any where none were asked for, none where the lines are empty, and else those named", () => {
    expect(namedBy({ named: false, lines: [{ address: "https://a.example.com" }] })).toEqual({ origins: null });
    expect(namedBy({ named: true, lines: [{ address: " " }] })).toEqual({ origins: [] });
    expect(namedBy(formOf({ origins: ["https://a.example.com"] }))).toEqual({ origins: ["https://a.example.com"] });
    expect(formOf({ origins: null })).toEqual({ named: false, lines: [{ address: "" }] });
  });

  it("are refused where no browser could send them", () => {
    const found = schemaOf("wrong").safeParse({ named: true, lines: [{ address: "ftp://shop.example.com" }, { address: "shop" }, { address: "" }] });
    expect(found.error?.issues.map((issue) => issue.path)).toEqual([
      ["lines", 0, "address"],
      ["lines", 1, "address"],
    ]);
  });
});
