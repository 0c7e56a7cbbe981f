import { describe, expect, it } from "vitest";

import { figuresOf, isAtWork, peopleIn, progressOf, type Figures, type MemberImport } from "./shapes";

const figures = { bring: 8, there: 2, bad: 1, members: 3, fetched: 1, guests: 0, new: 4 } as Figures;
const found = { state: "checking", rows: 11, handled: 5, checked: null, booked: null, reversal: null } as unknown as MemberImport;

describe("an import", () => {
  it("tells how far it is by what it does", () => {
    expect(progressOf(found)).toEqual({ done: 5, total: 11 });
    expect(progressOf({ ...found, state: "booking", checked: figures, handled: 12 })).toEqual({ done: 10, total: 10 });
    const reversal = { before: { members: 7 } } as MemberImport["reversal"];
    expect(progressOf({ ...found, state: "reversing", reversal })).toEqual({ done: 5, total: 7 });
  });

  it("tells what was booked before what would be", () => {
    expect(figuresOf(found)).toBeNull();
    expect(figuresOf({ ...found, checked: figures })?.booked).toBe(false);
    expect(figuresOf({ ...found, checked: figures, booked: figures })?.booked).toBe(true);
    expect(peopleIn(figures)).toBe(8);
  });

  it("is at work until it waits for somebody", () => {
    expect(isAtWork(found)).toBe(true);
    expect(isAtWork({ ...found, state: "checked" })).toBe(false);
  });
});
