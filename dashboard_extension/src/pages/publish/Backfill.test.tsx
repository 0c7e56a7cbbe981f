import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Backfill } from "./Backfill";
import type { Seen } from "./Publish";

const SEEN = { may_change: true, went_live_at: "2027-01-31T09:00:00+03:00", now: "2027-02-01T09:00:00+03:00", in_force: { number: 1 } } as unknown as Seen;
const PATH = "/api/dashboard/v1/publishing/imports";

function done(mode: string, dry: boolean) {
  const report = { points: 340, customers: 4, most: 120, counted: 5, reasons: {} };
  return { id: dry ? 1 : 2, mode, days: null, cap: null, dry_run: dry, state: "done", progress: 100, orders_seen: 6, started_at: SEEN.now, finished_at: SEEN.now, report };
}

describe("orders from before the program", () => {
  it("can be counted for tiers alone, also all of them", async () => {
    const sent: unknown[] = [];
    const post = async (request: Request) => {
      sent.push(await request.json());
      return done("status_only", true);
    };
    renderPage(<Backfill seen={SEEN} />, { answers: { [`GET ${PATH}`]: { items: [] }, [`POST ${PATH}`]: post } });
    await userEvent.selectOptions(await screen.findByLabelText("Which orders count"), "All, for tiers only: no points to spend");
    expect(screen.getByText(/^Paid orders count for tiers with what they cost/)).toBeTruthy();
    expect(screen.queryByLabelText("Most points of one customer")).toBeNull();
    const days = screen.getByLabelText("Last days");
    await userEvent.clear(days);
    await userEvent.click(screen.getByRole("button", { name: "Dry run" }));
    await waitFor(() => expect(sent).toEqual([{ mode: "status_only", days: null, cap: null, dry_run: true }]));
  });

  it.each([
    ["status_only", "en", "Status points it would give", "Status points given"],
    ["status_only", "tr", "Verilecek statü puanı", "Verilen statü puanı"],
    ["days", "en", "Points it would give", "Points given"],
  ] as const)("tell what they gave by their kind: %s, %s", async (mode, language, would, gave) => {
    renderPage(<Backfill seen={SEEN} />, { language, answers: { [`GET ${PATH}`]: { items: [done(mode, false), done(mode, true)] } } });
    expect(await screen.findByText(would)).toBeTruthy();
    expect(screen.getByText(gave)).toBeTruthy();
  });
});
