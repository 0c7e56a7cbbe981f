import { expect, test } from "vitest";

import { upon } from "./upon";

const BASE = {
  name: "Points",
  earning: { rules: [{ id: "a", points: 1 }, { id: "b", points: 2 }, { id: "c", points: 3 }] },
  rewards: { items: [{ id: "mug", points: 800, gift: { type: "percent", percent: 10 } }] },
  spending: { minimum_points: 1, step: 1 },
};

test("what was not touched stays as the others saved it", () => {
  const mine = { ...BASE, rewards: { items: [{ ...BASE.rewards.items[0], points: 900 }] } };
  const theirs = { ...BASE, name: "Stars", earning: { rules: [{ id: "a", points: 9 }] }, tiers: { enabled: true } };
  expect(upon(BASE, mine, theirs)).toEqual({ ...theirs, rewards: mine.rewards });
  expect(upon(BASE, BASE, theirs)).toEqual(theirs);
});

test("items of one list are put together: mine changed, added and removed, theirs likewise", () => {
  const [a, b, c] = BASE.earning.rules;
  const mine = { ...BASE, earning: { rules: [a, { id: "b", points: 20 }, { id: "mine", points: 5 }] } };
  const theirs = { ...BASE, earning: { rules: [{ id: "a", points: 10 }, b, c, { id: "theirs", points: 6 }] } };
  expect(upon(BASE, mine, theirs).earning).toEqual({
    rules: [{ id: "a", points: 10 }, { id: "b", points: 20 }, { id: "theirs", points: 6 }, { id: "mine", points: 5 }],
  });
});

test("an order that I changed stays, with what they added behind", () => {
  const [a, b, c] = BASE.earning.rules;
  const mine = { ...BASE, earning: { rules: [c, a, b] } };
  const theirs = { ...BASE, earning: { rules: [a, b, c, { id: "d", points: 4 }] } };
  expect(upon(BASE, mine, theirs).earning).toEqual({ rules: [c, a, b, { id: "d", points: 4 }] });
});

test("where both changed the same mine stands, whole where it became another kind", () => {
  const of = (gift: object, minimum_points: number) => ({ ...BASE, rewards: { items: [{ id: "mug", points: 800, gift }] }, spending: { minimum_points, step: 1 } });
  const found = upon(BASE, of({ type: "percent", percent: 15 }, 5), of({ type: "custom" }, 7));
  expect(found).toEqual(of({ type: "percent", percent: 15 }, 5));
  expect(upon(BASE, of({ type: "custom" }, 1), of({ type: "percent", percent: 20 }, 1))).toEqual(of({ type: "custom" }, 1));
});

test("what is put upon the same once more does not change", () => {
  const mine = { ...BASE, earning: { rules: BASE.earning.rules.slice(1).reverse() }, texts: { en: "x" } };
  const theirs = { ...BASE, earning: { rules: [...BASE.earning.rules, { id: "d", points: 4 }] }, name: "Stars" };
  const once = upon(BASE, mine, theirs);
  expect(upon(BASE, once, theirs)).toEqual(once);
});
