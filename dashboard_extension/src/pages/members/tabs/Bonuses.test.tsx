import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { renderPage } from "@/testing/render";

import { Bonuses } from "./Bonuses";

const GIVEN = { kind: "birthday", about: "2027", points: 0, given_at: "2027-01-04T09:30:00Z", perks: ["Beside points: a mug.", "Beside points: a mug."] };

// React tells of two rows of one key by console.error alone.
beforeEach(() => void vi.spyOn(console, "error").mockImplementation((...said) => expect.fail(said.join(" "))));
afterEach(() => vi.restoreAllMocks());

it("tells twice what two rules gave for one birthday", async () => {
  const answers = {
    "GET /api/dashboard/v1/members/7/bonuses": { birthday: null, answers: [], given: [GIVEN] },
    "GET /api/dashboard/v1/members/7/milestones": { milestones: [] },
  };
  renderPage(<Bonuses id="7" />, { answers });
  expect(await screen.findAllByText("Beside points: a mug.")).toHaveLength(2);
});
