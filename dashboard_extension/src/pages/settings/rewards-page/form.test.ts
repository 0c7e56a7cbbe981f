import { describe, expect, it } from "vitest";

import { contrast, formOf, schemaOf, setupOf } from "./form";

const SETUP = {
  page_on: true,
  slug: null,
  shop_name: "",
  shop_url: "",
  account_url: "",
  looks: { brand_color: "#1f6f54", ground_color: "#ffffff", text_color: "#1b1f24", logo_url: "" },
  texts: { tr: { heading: "Puanlar", welcome: "" } },
  erase_at_once: false,
  mail_guests: false,
};
const check = (changes: object) =>
  (schemaOf({ color: "color", page: "page", slug: "slug", contrast: "contrast" }).safeParse({ ...formOf(SETUP), ...changes }).error?.issues ?? []).map(
    (issue) => `${issue.path.join(".")}: ${issue.message}`,
  );

describe("the form of the rewards page", () => {
  it("gives back what it was made of: languages without words are left out", () => {
    expect(setupOf(formOf(SETUP))).toEqual(SETUP);
    expect(check({})).toEqual([]);
  });

  it.each([
    ["#777777", "#ffffff", 4.48],
    ["#000000", "#ffffff", 21],
    ["#1b1f24", "#1b1f24", 1],
  ])("knows the contrast of %s on %s", (text, ground, expected) => {
    expect(contrast(text, ground)).toBeCloseTo(expected, 2);
  });

  it("refuses text that cannot be read, names with capitals, and addresses of other kinds", () => {
    expect(check({ looks: { ...SETUP.looks, text_color: "#777777" } })).toEqual(["looks.text_color: contrast"]);
    expect(check({ looks: { ...SETUP.looks, text_color: "red" } })).toEqual(["looks.text_color: color"]);
    expect(check({ slug: "Acme Shop", shop_url: "javascript:alert(1)" })).toEqual(["slug: slug", "shop_url: page"]);
  });
});
