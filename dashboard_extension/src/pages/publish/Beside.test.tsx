import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Deeds, SegmentMoves } from "./Beside";

const FLOW = { id: "loyal", name: "Loyal", changed: "changed", before: 9, after: 7, come: 2, gone: 4 };
const DEED = { what: "Birthdays", times: 3, each: 100, points: 300, points_before: 0, about: false, at_once: false };

it("shows who comes and goes, and that it rests on a sample", async () => {
  const answers = { "GET /api/dashboard/v1/publishing/segments": { total: 9000, looked_at: 4000, sample: true, segments: [FLOW] } };
  renderPage(<SegmentMoves />, { answers });
  expect(await screen.findByText("Loyal (changed)")).toBeTruthy();
  expect(screen.getByText(/on a sample: 4,000 of 9,000/)).toBeTruthy();
});

it("shows what deeds cost and names what is not counted", async () => {
  const costs = { since: "2027-01-01T00:00:00Z", items: [DEED], points: 300, points_before: 0, at_once: 0, worth: [], goodwill: 900, goodwill_before: 0, not_counted: ["Cheaper deliveries."] };
  renderPage(<Deeds />, { answers: { "GET /api/dashboard/v1/publishing/deeds": costs } });
  expect(await screen.findByText("Birthdays")).toBeTruthy();
  expect(screen.getByText(/at most 900 points a month/)).toBeTruthy();
  expect(screen.getByText("Not counted: Cheaper deliveries.")).toBeTruthy();
});
