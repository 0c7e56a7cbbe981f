import { describe, expect, it } from "vitest";

import { allMessages } from "@/testing/catalogues";

import { placeOf } from "./where";

const DOCUMENT = {
  earning: { rules: [{ id: "base" }, { id: "welcome", trigger: "account_confirmed" }, { id: "visit", trigger: "custom_event" }, { id: "ten", trigger: "milestone" }] },
};

describe("placeOf", () => {
  it.each([
    ["earning.rules[0].then", "/rules"],
    ["earning.rules[1].then", "/bonuses"],
    ["earning.rules[2]", "/events"],
    ["earning.rules[3].milestone", "/rules"],
    ["earning.rules[9]", "/rules"],
    ["rewards.items[4].where", "/reward-catalog"],
    ["goodwill.apology", "/bonuses"],
    ["tiers.levels[1]", "/tiers"],
    ["shipping.rules[0].when", "/program"],
    ["", "/program"],
  ])("%s is mended on %s", (path, page) => {
    const place = placeOf(path, DOCUMENT);
    expect(place.to).toBe(page);
    for (const language of ["en", "tr"] as const) expect(allMessages(language)[`shell.nav.${place.area}`]).toBeTruthy();
  });
});
