import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Answer } from "@/api";
import { refused, renderPage } from "@/testing/render";

import { Start } from "./Start";

type Seen = Answer<"/api/dashboard/v1/start">;

const STEPS = ["store_connected", "permissions", "draft_seen", "rates_confirmed", "published", "storefront_connected", "mail_tested"] as const;

function seen(change: Partial<Seen> = {}, done = 2): Seen {
  return {
    may_change: true,
    may_set_up: true,
    program: { state: "proposed", name: "Puan", revision: null, since: null, unpublished: true },
    figures: { members: 0, outstanding: 0, pending: 0 },
    steps: STEPS.map((key, at) => ({ key, done: at < done, missing: [] })),
    problems: [],
    switches: (["earning", "spending", "shipping", "messages"] as const).map((part) => ({ part, on: true })),
    ...change,
  };
}

const GET = "GET /api/dashboard/v1/start";

describe("the start page", () => {
  it("shows the way with the next step standing out, and no figures before there are any", async () => {
    renderPage(<Start />, { answers: { [GET]: seen() } });
    const steps = await screen.findAllByRole("listitem");
    expect(steps.map((one) => one.dataset.done)).toEqual(["true", "true", "false", "false", "false", "false", "false"]);
    expect(steps.filter((one) => one.getAttribute("aria-current") === "step")).toEqual([steps[2]]);
    expect(screen.getByText("2 of 7 done")).toBeTruthy();
    expect(screen.getByText("Not live yet")).toBeTruthy();
    expect(screen.queryByText("Points outstanding")).toBeNull();
  });

  it("has the Dashboard ask for what is missing", async () => {
    const lacking = seen({}, 1);
    const steps = lacking.steps.map((step) => (step.key === "permissions" ? { ...step, missing: ["MANAGE_ORDERS"] } : step));
    const page = renderPage(<Start />, { answers: { [GET]: { ...lacking, steps } } });
    await userEvent.click(await screen.findByRole("button", { name: "Grant permissions" }));
    expect(screen.getByText("MANAGE_ORDERS")).toBeTruthy();
    expect(page.acted).toEqual(["requestPermissions"]);
  });

  it("says in one line that all is done, in Turkish too", async () => {
    const since = "2026-11-22T15:00:00+03:00";
    const program: Seen["program"] = { state: "in_force", name: "Puan", revision: 3, since, unpublished: false };
    const live = seen({ program, figures: { members: 1234, outstanding: 50, pending: 5 } }, STEPS.length);
    renderPage(<Start />, { answers: { [GET]: live }, language: "tr" });
    expect(await screen.findByText("Her şey hazır. Burada yapılacak bir şey kalmadı.")).toBeTruthy();
    expect(screen.getByText("1.234")).toBeTruthy();
    expect(screen.getByText("22 Kas 2026 15:00")).toBeTruthy();
  });

  it("names channels without rates also when all is done", async () => {
    const live = seen({}, STEPS.length);
    const steps = live.steps.map((step) => (step.key === "rates_confirmed" ? { ...step, missing: ["b2b (EUR)"] } : step));
    renderPage(<Start />, { answers: { [GET]: { ...live, steps } } });
    expect(await screen.findByText("b2b (EUR)")).toBeTruthy();
  });

  it("tells of problems with their words", async () => {
    const problems = [{ key: "mail-failing", message: "The mail server refuses the password.", since: "2026-11-20T09:00:00Z", mended_on: "settings" as const }];
    renderPage(<Start />, { answers: { [GET]: seen({ problems }) } });
    expect(await screen.findByText("The mail server refuses the password.")).toBeTruthy();
  });

  it("switches a part off and tells so", async () => {
    let on = true;
    const page = renderPage(<Start />, {
      answers: {
        [GET]: () => seen({ switches: [{ part: "earning", on }] }),
        "PUT /api/dashboard/v1/switches/earning": async (request: Request) => {
          ({ on } = (await request.json()) as { on: boolean });
          return { part: "earning", on };
        },
      },
    });
    const earning = await screen.findByRole<HTMLInputElement>("switch", { name: /^Earning points/ });
    await userEvent.click(earning);
    await waitFor(() => expect(page.notified).toEqual([{ status: "success", title: "Switched off", text: undefined }]));
    await waitFor(() => expect(earning.checked).toBe(false));
    expect(on).toBe(false);
  });

  it("leaves a switch as it was when it is refused, with the server's words", async () => {
    const page = renderPage(<Start />, {
      answers: {
        [GET]: seen(),
        "PUT /api/dashboard/v1/switches/spending": refused(403, "missing_user_permission", "You need the permission for discounts."),
      },
    });
    const spending = await screen.findByRole<HTMLInputElement>("switch", { name: /^Spending points/ });
    await userEvent.click(spending);
    await waitFor(() => expect(page.notified).toHaveLength(1));
    expect(page.notified[0]).toEqual({ status: "error", title: "You may not do this", text: "You need the permission for discounts." });
    expect(spending.checked).toBe(true);
  });

  it("lets nobody switch who may not", async () => {
    renderPage(<Start />, { answers: { [GET]: seen({ may_change: false }) } });
    const section = await screen.findByRole("region", { name: "Switches" });
    for (const one of within(section).getAllByRole<HTMLInputElement>("switch")) expect(one.disabled).toBe(true);
    expect(within(section).getByText(/permission to manage discounts/)).toBeTruthy();
  });

  it("says what to do when the app does not answer, and tries again", async () => {
    let up = false;
    renderPage(<Start />, { answers: { [GET]: () => (up ? seen() : refused(503, "keys_unavailable", "Saleor does not answer now.")) } });
    expect(await screen.findByText("Saleor does not answer now.")).toBeTruthy();
    up = true;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("2 of 7 done")).toBeTruthy();
  });
});
