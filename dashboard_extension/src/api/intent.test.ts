import { expect, it } from "vitest";

import { IntentKey } from "./intent";

it("is the same for the same input until it was answered", () => {
  const intent = new IntentKey();
  const first = intent.of({ points: 5 });
  expect(intent.of({ points: 5 })).toBe(first);
  intent.settled();
  expect(intent.of({ points: 5 })).not.toBe(first);
});

it("is another for other input", () => {
  const intent = new IntentKey();
  expect(intent.of({ points: 5 })).not.toBe(intent.of({ points: 6 }));
});
