import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { refused, renderPage, type Answering } from "@/testing/render";

import { Tiers } from "./Tiers";
import { WhoMoves } from "./WhoMoves";

type Json = Record<string, unknown>;
const CHANNEL = { slug: "default", name: "Shop", currency: "USD", places: 2, active: true };
const DOCUMENT = { version: 1, texts: { en: { program: "P", point: "p", points: "ps" } }, earning: { rules: [] } };
const level = (id: string, name: string, min: string) => ({ id, names: { en: name }, requirements: { match: "all", spend: { limits: [{ currency: "USD", min }] } }, benefits: {} });
const SECTION = { enabled: false, window: { type: "rolling", months: 12 }, downgrade: "one_step", grace_days: 30, levels: [level("bronze", "Bronze", "100"), level("silver", "Silver", "300")] };
const BOARD = { enabled: true, days: 30, without: 4, levels: [{ id: "bronze", name: "Bronze", color: null, members: 7, came: 3, went: 1, told: "" }], sweep: { running: true, total: 20, done: 5, started_at: "2027-01-01T00:00:00Z" } };
const PREVIEW = { changes: true, total: 12000, looked_at: 4000, sample: true, at_once: [{ from_tier: "", from_name: "No tier", to_tier: "silver", to_name: "Silver", members: 120 }], later: [], entry_points: 18000 };

function answers(document: Json, more: Record<string, Answering> = {}): Record<string, Answering> {
  return {
    "GET /api/dashboard/v1/program": {
      may_change: true,
      timezone: "UTC",
      channels: [CHANNEL],
      draft: { document, version: "1", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" },
      in_force: null,
      document_example: DOCUMENT,
    },
    "POST /api/dashboard/v1/program/check": { problems: [], examples: [], changes: [] },
    "POST /api/dashboard/v1/tiers/examples": { examples: [{ tier: "silver", beginning: ["Reached by $300."], end: ["Then Bronze."] }] },
    "GET /api/dashboard/v1/tiers": BOARD,
    "GET /api/dashboard/v1/tiers/template": { section: SECTION, by_orders: true },
    "GET /api/dashboard/v1/tiers/moves": { items: [], next: null },
    "GET /api/dashboard/v1/publishing/tiers": { ...PREVIEW, changes: false },
    ...more,
  };
}

const row = (id: string) => within(document.querySelector<HTMLElement>(`[data-level="${id}"]`) ?? document.body);

describe("the page of the tiers", () => {
  it("begins with a template that is saved switched on", async () => {
    const user = userEvent.setup({ delay: null });
    const sent: { document: { tiers: typeof SECTION } }[] = [];
    const put = async (request: Request) => {
      const body = (await request.json()) as (typeof sent)[number];
      sent.push(body);
      return { document: body.document, version: "2", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" };
    };
    renderPage(<Tiers />, { answers: answers(DOCUMENT, { "PUT /api/dashboard/v1/program/draft": put }) });
    await user.click(await screen.findByRole("button", { name: "Begin with three tiers" }, { timeout: 10_000 }));
    expect(await screen.findByText("Reached by $300.", undefined, { timeout: 10_000 })).toBeTruthy();
    expect(screen.getByText("Then Bronze.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Move Silver one place lower" }));
    await user.click(screen.getByRole("button", { name: "Edit Silver" }));
    await user.type(row("silver").getByLabelText("Points on reaching it"), "50");
    await user.click(screen.getByRole("button", { name: "Save the draft" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.document.tiers).toMatchObject({ enabled: true, levels: [{ id: "silver", entry_points: 50 }, { id: "bronze" }] });
  }, 60_000);

  it("says who has each level, how far a change has come, and what is wrong where it is", async () => {
    const problem = { code: "tier_falls", path: "tiers.levels[1].requirements.spend.limits[0].min", severity: "error", text: "must be more" };
    renderPage(<Tiers />, { answers: answers({ ...DOCUMENT, tiers: SECTION }, { "POST /api/dashboard/v1/program/check": { problems: [problem], examples: [], changes: [] } }) });
    expect(await screen.findByRole("link", { name: "7 members in Bronze" }, { timeout: 10_000 })).toBeTruthy();
    expect(screen.getByText("+3 / −1")).toBeTruthy();
    expect(screen.getByRole("progressbar").getAttribute("value")).toBe("5");
    expect(await row("silver").findByText("must be more", undefined, { timeout: 10_000 })).toBeTruthy();
  }, 60_000);
});

describe("who moves", () => {
  it("is told with what it costs, and that a sample was looked at", async () => {
    renderPage(<WhoMoves />, { answers: { "GET /api/dashboard/v1/publishing/tiers": PREVIEW } });
    expect(await screen.findByText("120 members of 4,000 move at once:", undefined, { timeout: 10_000 })).toBeTruthy();
    expect(screen.getByText("About 18,000 points on reaching tiers, at most.")).toBeTruthy();
    expect(screen.getByText(/4,000 of 12,000 were looked at/)).toBeTruthy();
  });

  it("is silent on Publish where the draft moves nobody or cannot be worked out", async () => {
    const page = renderPage(<WhoMoves quiet />, { answers: { "GET /api/dashboard/v1/publishing/tiers": refused(422, "program_invalid") } });
    await waitFor(() => expect(page.requests.length).toBeGreaterThan(0));
    await waitFor(() => expect(page.container.textContent).toBe(""));
  });
});
