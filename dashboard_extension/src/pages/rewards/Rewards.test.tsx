import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Rewards } from "./Rewards";

const DOCUMENT = {
  version: 1,
  name: "Points",
  texts: { en: { program: "Points", point: "point", points: "points" } },
  currencies: [],
  earning: { rules: [] },
  rewards: { items: [{ id: "mug", names: { en: "A mug" }, gift: { type: "custom" }, points: 800, channels: [{ channel: "web", currency: "USD" }], valid_days: 30 }] },
};
const LINE = { id: "mug", name: "A mug", kind: "custom", gives: [], state: "offered", points: 800, stock: null, left: null, claimed: 3, used: 1, open: 2, waiting: 2, points_spent: 800, cost: [] };
const CLAIM = { id: "rd_1", reward: "A mug", member: "5", member_name: "Ayşe", state: "requested", note: "", points: 800, claimed_at: "2027-01-04T09:30:00Z", moved_at: null, moved_by: null, moves: ["preparing", "handed_over", "refused"] };
const ANSWERS = {
  "GET /api/dashboard/v1/program": {
    may_change: true,
    draft: { document: DOCUMENT, version: "1", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" },
    in_force: null,
    channels: [{ slug: "web", currency: "USD", name: "Web" }],
    timezone: "UTC",
    document_example: DOCUMENT,
  },
  "GET /api/dashboard/v1/rewards": { rewards: [LINE] },
  "GET /api/dashboard/v1/rewards/claims": { items: [CLAIM], next: null },
  "POST /api/dashboard/v1/program/check": { problems: [], examples: [], changes: [] },
};

/** A busy machine takes its time. */
const SLOW = { timeout: 15_000 };

describe("the page of the rewards", () => {
  it("shows what became of a reward, and saves a new one as a part of the draft", async () => {
    const sent: { document: typeof DOCUMENT }[] = [];
    const put = async (request: Request) => {
      const body = (await request.json()) as { document: typeof DOCUMENT };
      sent.push(body);
      return { document: body.document, version: "2", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" };
    };
    renderPage(<Rewards />, { answers: { ...ANSWERS, "PUT /api/dashboard/v1/program/draft": put } });
    expect(await screen.findByText("3 taken", {}, SLOW)).toBeTruthy();
    expect(screen.getByText("2 wait for you")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Add a reward" }));
    await userEvent.type(screen.getByLabelText("Name (English)"), "Five off");
    await userEvent.type(screen.getByLabelText(/^Takes off/), "5");
    await userEvent.click(screen.getByRole("button", { name: "Save the draft" }));
    await waitFor(() => expect(sent).toHaveLength(1), SLOW);
    expect(sent[0]?.document.rewards.items[1]).toMatchObject({
      id: expect.stringMatching(/^reward-[2-9a-z]{6}$/) as string,
      names: { en: "Five off" },
      gift: { type: "amount" },
      points: 500,
      channels: [{ channel: "web", currency: "USD", amount: "5" }],
    });
  }, 60_000);

  it("calls a free product by its name, and tells of one that the store no longer has", async () => {
    const gift = (id: string, variant: string) => ({ ...DOCUMENT.rewards.items[0], id, names: { en: id }, gift: { type: "free_product", variant } });
    const document = { ...DOCUMENT, rewards: { items: [gift("Cup", "CUP-1"), gift("Bowl", "BOWL-9")] } };
    const seen = { ...ANSWERS["GET /api/dashboard/v1/program"], draft: { ...ANSWERS["GET /api/dashboard/v1/program"].draft, document } };
    const names = async (request: Request) => {
      const [reference] = ((await request.json()) as { variant: string[] }).variant;
      const item = { kind: "variant", reference, name: "Ceramic cup", detail: "" };
      return reference === "CUP-1" ? { items: [item], missing: [] } : { items: [], missing: [{ kind: "variant", reference }] };
    };
    renderPage(<Rewards />, { answers: { ...ANSWERS, "GET /api/dashboard/v1/program": seen, "POST /api/dashboard/v1/catalog/names": names } });
    await userEvent.click(await screen.findByRole("button", { name: "Change Cup" }, SLOW));
    expect(await screen.findByText("Ceramic cup", {}, SLOW)).toBeTruthy();
    expect(screen.queryByText(/no longer has this product/)).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Change Bowl" }));
    expect(await screen.findByText(/^Your store no longer has this product/, {}, SLOW)).toBeTruthy();
    expect(screen.getByText("BOWL-9")).toBeTruthy();
  }, 60_000);

  it("says what products have to name for a reward of early access", async () => {
    const drop = { ...DOCUMENT.rewards.items[0], id: "drop", names: { en: "First night" }, gift: { type: "early_access" }, valid_days: 14 };
    const seen = { ...ANSWERS["GET /api/dashboard/v1/program"], draft: { ...ANSWERS["GET /api/dashboard/v1/program"].draft, document: { ...DOCUMENT, rewards: { items: [drop] } } } };
    renderPage(<Rewards />, { answers: { ...ANSWERS, "GET /api/dashboard/v1/program": seen } });
    await userEvent.click(await screen.findByRole("button", { name: "Change First night" }, SLOW));
    expect(await screen.findByText(/loyalty_access with the value reward:drop/, {}, SLOW)).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>(/^Good for/).value).toBe("14");
  }, 60_000);

  it("takes an invitation back from what is done", async () => {
    const show = { ...CLAIM, id: "rd_2", reward: "First night", state: "handed_over", moves: ["refused"] };
    const list = (request: Request) => ({ items: new URL(request.url).searchParams.get("done") === "true" ? [show] : [CLAIM], next: null });
    renderPage(<Rewards />, { answers: { ...ANSWERS, "GET /api/dashboard/v1/rewards/claims": list } });
    await userEvent.click(await screen.findByRole("button", { name: "Show what is done" }, SLOW));
    expect(await screen.findByText("First night", {}, SLOW)).toBeTruthy();
    expect(screen.getAllByRole("button", { name: /^(Refuse|Hand over|Prepare)$/ }).map((one) => one.textContent)).toEqual(["Refuse"]);
  }, 60_000);

  it("refuses what waits only with a note", async () => {
    const moves: unknown[] = [];
    const move = async (request: Request) => {
      moves.push(await request.json());
      return { ...CLAIM, state: "refused", moves: [] };
    };
    renderPage(<Rewards />, { answers: { ...ANSWERS, "POST /api/dashboard/v1/rewards/claims/rd_1/moves": move } });
    await userEvent.click(await screen.findByRole("button", { name: "Refuse" }, SLOW));
    const dialog = await screen.findByRole("dialog", { hidden: true }, SLOW);
    const confirm = dialog.querySelector<HTMLButtonElement>('button[type="submit"]');
    expect(confirm?.disabled).toBe(true);
    await userEvent.type(screen.getByLabelText(/^Note/), "Out of mugs");
    expect(confirm?.disabled).toBe(false);
    await userEvent.click(confirm as HTMLElement);
    await waitFor(() => expect(moves).toEqual([{ to: "refused", note: "Out of mugs" }]), SLOW);
  }, 60_000);

  it("says which reward is wrong, and shows it at its field", async () => {
    const problems = [
      { code: "too_small", path: "rewards.items[0].points", severity: "error", text: "must be one or more" },
      { code: "reward_sold_out", path: "rewards.items[0].stock", severity: "warning", text: "nobody can take it" },
    ];
    renderPage(<Rewards />, { answers: { ...ANSWERS, "POST /api/dashboard/v1/program/check": { problems, examples: [], changes: [] } } });
    const told = await screen.findByText(/must be one or more/, {}, SLOW);
    expect(told.textContent).toBe("A mug: must be one or more");
    expect(screen.getByText(/nobody can take it/).textContent).toBe("A mug: nobody can take it");
    await userEvent.click(screen.getByRole("button", { name: "Change A mug" }));
    expect(screen.getByLabelText(/^Points/).getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByLabelText(/^How many in all/).getAttribute("aria-invalid")).toBe("false");
  }, 60_000);
});
