import { describe, expect, it } from "vitest";

import { decimalInput, decimalText, decimalTyped, wholeTyped } from "./decimals";

describe("a decimal that somebody typed", () => {
  it.each([
    ["12.5", "en", "12.5"],
    ["1,234.50", "en", "1234.50"],
    ["1.234,50", "tr", "1234.50"],
    ["1 234,50", "tr", "1234.50"],
    ["12,5", "tr", "12.5"],
    ["0,02", "tr", "0.02"],
    ["007", "en", "7"],
    ["-3", "en", "-3"],
    ["99999999999999999999.01", "en", "99999999999999999999.01"],
  ])("%s in %s is %s", (text, locale, expected) => {
    expect(decimalTyped(text, locale)).toBe(expected);
  });

  it.each(["", " ", "twelve", "1,2,3", "1.2.3", "1e5", "--1", "1,23,456", "0x10", "∞"])("is not %j", (text) => {
    expect(decimalTyped(text, "en")).toBeNull();
    expect(decimalTyped(text, "tr")).toBeNull();
  });

  it("may use the other language's comma or point where it cannot mean thousands", () => {
    expect(decimalTyped("12.5", "tr")).toBe("12.5");
    expect(decimalTyped("12,5", "en")).toBe("12.5");
  });

  it.each([
    ["0.125", "tr", "0.125"],
    ["-0.125", "tr", "-0.125"],
    ["0,125", "en", "0.125"],
    ["00.125", "tr", "0.125"],
  ])("is less than one where it begins with a zero: %s in %s is %s", (text, locale, expected) => {
    expect(decimalTyped(text, locale)).toBe(expected);
  });

  it("is thousands where it can", () => {
    expect(decimalTyped("1.250", "tr")).toBe("1250");
    expect(decimalTyped("1,250", "en")).toBe("1250");
  });
});

it("a whole number is whole and exact", () => {
  expect(wholeTyped("1.250", "tr")).toBe(1250);
  expect(wholeTyped("12,5", "tr")).toBeNull();
  expect(wholeTyped("0.125", "tr")).toBeNull();
  expect(wholeTyped("9007199254740993", "en")).toBeNull();
});

it("a decimal is shown with every digit", () => {
  expect(decimalText("12345678901234567.89", { style: "currency", currency: "TRY" }, "en")).toBe("TRY\u00a012,345,678,901,234,567.89");
  expect(decimalInput("0.02", "tr")).toBe("0,02");
});
