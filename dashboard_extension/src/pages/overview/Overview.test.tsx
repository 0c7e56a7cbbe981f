import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { refused, renderPage } from "@/testing/render";

import { Overview } from "./Overview";

const PATH = "GET /api/dashboard/v1/insights/overview";

function side(since: string, until: string) {
  return {
    days: { since, until }, members: 7, joined: 1, active: 2, redemption_rate: null, with_points_share: null,
    issued: 5, redeemed: 0, expired: 0, outstanding: 5, liability: [], unvalued: 0, by_currency: [], hold_out: [],
  };
}

function seen(since: string, until: string) {
  return { today: "2027-01-31", step: "day", now: side(since, until), before: side("2026-12-01", "2026-12-31"), series: [] };
}

it("lets other days be chosen where the chosen ones cannot be shown", async () => {
  const answer = (request: Request) => {
    const since = new URL(request.url).searchParams.get("since");
    if (since === "2027-01-05") return refused(422, "range_refused", "Those days cannot be shown.");
    return seen(since ?? "2027-01-01", "2027-01-31");
  };
  renderPage(<Overview />, { answers: { [PATH]: answer } });
  fireEvent.change(await screen.findByLabelText("From"), { target: { value: "2027-01-05" } });
  expect(await screen.findByText("Those days cannot be shown.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "7 days" }));
  await waitFor(() => expect(screen.queryByText("Those days cannot be shown.")).toBeNull());
  expect((await screen.findAllByText("7")).length).toBeGreaterThan(0);
});
