import { expect, it } from "vitest";

import { addressOf, mendedAt } from "./places";

it("steps of the checklist lead to the very tab of the settings", () => {
  expect([addressOf("settings/storefront"), addressOf("settings/messages"), addressOf("nothing")]).toEqual(["/settings/storefront", "/settings/messages", null]);
});

it.each([
  ["mail-failing", "settings", "/settings/messages"],
  ["consents-due", "settings", "/settings/messages/consents"],
  ["webhook-off:7", "settings", "/settings/webhooks"],
  ["another", "settings", "/settings"],
  ["dead-letters", "activity", "/activity"],
  ["missing-permissions", null, null],
])("the problem %s is mended at the right place", (key, mended_on, address) => {
  expect(mendedAt({ key, mended_on })).toBe(address);
});
