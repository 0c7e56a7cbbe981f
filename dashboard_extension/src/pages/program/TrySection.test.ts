import { describe, expect, it } from "vitest";

import { bodyOf } from "./TrySection";

const CART = { what: "cart", order: null, channel: "tr", amount: "250.00", quantity: 2, shipping: "29.90", category: " shoes ", product: "" } as const;

describe("what is tried", () => {
  it("is a cart of one line, with what rules may ask for", () => {
    expect(bodyOf(CART)).toEqual({
      cart: { channel: "tr", lines: [{ amount: "250.00", quantity: 2, categories: ["shoes"], product: null }], shipping: "29.90" },
    });
  });

  it("is an order by its number", () => {
    expect(bodyOf({ ...CART, what: "order", order: 1042 })).toEqual({ order: 1042 });
  });

  it.each([
    { ...CART, amount: null },
    { ...CART, amount: "12x" },
    { ...CART, shipping: "-1" },
    { ...CART, quantity: null },
    { ...CART, what: "order" as const, order: "#1042" },
  ])("is not sent while something is missing", (values) => {
    expect(bodyOf(values)).toBeNull();
  });
});
