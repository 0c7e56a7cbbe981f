import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { renderPage } from "@/testing/render";

import { Log } from "./Log";

const GIVEN = {
  id: "1", type: "visit", type_name: "Visit", external_id: "v-1", member_id: "7", member_name: "Ayşe", system: "Doors", at: "2027-01-04T09:30:00Z",
  received_at: "2027-01-04T09:30:00Z", tries: 1, outcome: "given", points: 0, status_points: 0, taken_back: 0, reversed_at: null,
  properties: {}, why: [], perks: ["Beside points: a mug.", "Beside points: a mug."],
};

// React tells of two rows of one key by console.error alone.
beforeEach(() => void vi.spyOn(console, "error").mockImplementation((...said) => expect.fail(said.join(" "))));
afterEach(() => vi.restoreAllMocks());

it.each([
  ["en", "Given"],
  ["tr", "Verildi"],
] as const)("says that an event gave something where two rules gave the same reward and no points: %s", async (language, told) => {
  const answers = { "GET /api/dashboard/v1/events/log": { items: [GIVEN], next: null } };
  const { container } = renderPage(<Log types={[]} />, { answers, language });
  expect(await screen.findAllByText("Beside points: a mug.")).toHaveLength(2);
  expect(container.querySelector('[data-outcome="given"]')?.firstChild?.textContent).toBe(told);
});
