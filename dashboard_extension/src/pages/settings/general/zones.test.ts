import { describe, expect, it } from "vitest";

import { clockIn, languageName, zoneChoices } from "./zones";

describe("time zones", () => {
  it("are read without underscores and kept with them", () => {
    expect(zoneChoices(["America/New_York", "UTC"])).toEqual([
      { value: "America/New_York", label: "America/New York" },
      { value: "UTC", label: "UTC" },
    ]);
  });

  it("show what their clocks say, and nothing where the browser does not know them", () => {
    const at = new Date("2026-11-22T21:30:00Z");
    expect(clockIn("Europe/Istanbul", at, "tr")).toBe("23 Kas 2026 00:30");
    expect(clockIn("Mars/Base", at, "en")).toBe("");
  });
});

it("a language is named in the words of the screen and in its own", () => {
  expect(languageName("tr", "en")).toBe("Turkish (Türkçe)");
  expect(languageName("tr", "tr")).toBe("Türkçe");
});
