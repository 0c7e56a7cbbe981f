import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { refused, renderPage } from "@/testing/render";

import { Give } from "./Give";

const TERMS = {
  may_give: true,
  may_decide: false,
  per_day: 2000,
  per_month: 20000,
  left_today: 100,
  left_this_month: 20000,
  reasons: [
    { code: "goodwill", name: "Goodwill", gives: true, takes: false },
    { code: "correction", name: "Correction", gives: true, takes: true },
  ],
  waiting: 0,
  channels: [],
};
const MADE = { state: "posted", points: 25 };
const told = vi.fn();
vi.setConfig({ testTimeout: 30_000 });
const PATIENCE = { timeout: 10_000 };

beforeEach(() => {
  told.mockClear();
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      postMessage = told;
      close = () => undefined;
    },
  );
});

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
const enter = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

function opened(answer: unknown, terms: typeof TERMS = TERMS) {
  const page = renderPage(<Give member="12" available={80} terms={terms} />, {
    answers: { "POST /api/dashboard/v1/members/12/points": (() => answer) as never },
  });
  const send = (points: string, reason: string) => {
    enter("Points", points);
    enter("Reason", reason);
    press(/^(Give|Take) points$/);
  };
  return { page, send };
}

it("gives after what was wrong is mended, has the page behind it follow, and closes", async () => {
  const { page, send } = opened(MADE);
  press("Give points");
  expect(await screen.findByText("Enter a whole number of points.")).toBeTruthy();
  expect(page.requests).toEqual([]);
  send("25", "goodwill");
  await waitFor(() => expect(page.acted).toEqual(["refreshEntity", "popupClose"]), PATIENCE);
  expect(page.notified.map((one) => one.title)).toEqual(["25 points given"]);
  expect(told).toHaveBeenCalledOnce();
  const [request] = page.requests;
  expect(await request?.json()).toEqual({ points: 25, reason: "goodwill", note: "" });
  expect(request?.headers.get("Idempotency-Key")).toBeTruthy();
});

it("says beforehand and afterwards that a colleague has to approve it", async () => {
  const { page, send } = opened({ ...MADE, state: "waiting" });
  enter("Points", "101");
  expect(screen.getByText(/waits until a colleague approves it/)).toBeTruthy();
  send("101", "goodwill");
  await waitFor(() => expect(page.acted).toContain("popupClose"), PATIENCE);
  expect(page.notified.map((one) => one.title)).toEqual(["It waits for approval"]);
});

it("stays open with what the server says where it refuses", async () => {
  const { page, send } = opened(refused(403, "own_account", "Not your own account."));
  send("25", "goodwill");
  expect(await screen.findByText("Not your own account.")).toBeTruthy();
  expect(page.acted).toEqual([]);
});

it("asks for a note where points are taken, and offers the reasons that fit", async () => {
  const { page, send } = opened({ ...MADE, points: -30 });
  fireEvent.click(screen.getByLabelText("Take points"));
  expect(screen.queryByText("Goodwill")).toBeNull();
  send("30", "correction");
  expect(await screen.findByText(/Say why/)).toBeTruthy();
  enter("Note", "given twice");
  press("Take points");
  await waitFor(() => expect(page.acted).toContain("popupClose"), PATIENCE);
  expect(await page.requests[0]?.json()).toEqual({ points: -30, reason: "correction", note: "given twice" });
});

it("says who may give where this person may not", () => {
  opened(MADE, { ...TERMS, may_give: false });
  expect(screen.getByText(/not give or take them/)).toBeTruthy();
});
