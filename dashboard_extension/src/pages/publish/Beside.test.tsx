import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { refused, renderPage } from "@/testing/render";

import { Deeds, SegmentMoves } from "./Beside";
import { OneChannel, type ChannelCost } from "./Cost";

const FLOW = { id: "loyal", name: "Loyal", changed: "changed", before: 9, after: 7, come: 2, gone: 4 };
const DEED = { id: "birthday", what: "Birthdays", times: 3, each: 100, points: 300, points_before: 0, about: false, at_once: false };
const PASSED = { ...DEED, id: "milestone:ten", what: "Milestone passed: Ten", times: 5, points: 500, points_before: 250, about: true };
const USD = { amount: "6.00", currency: "USD" };
const COSTS = {
  since: "2027-01-01T00:00:00Z",
  items: [DEED],
  points: 300,
  points_before: null,
  at_once: 0,
  worth: [USD],
  at_once_worth: [],
  goodwill: 0,
  goodwill_before: 0,
  not_counted: [],
};
const ORDERS = {
  channel: "web",
  channel_name: "Web",
  currency: "USD",
  orders: 40,
  turnover: { amount: "4000.00", currency: "USD" },
  earning: 38,
  points: 4000,
  worth: { amount: "80.00", currency: "USD" },
  monthly: { amount: "26.67", currency: "USD" },
  share: "2%",
  monthly_before: null,
  tier_known: 12,
  top: { tier: "Gold", points: 8000, monthly: { amount: "53.34", currency: "USD" } },
  rules: [],
  not_judged: [],
} satisfies ChannelCost;

const answered = (costs: object) => ({ answers: { "GET /api/dashboard/v1/publishing/deeds": costs } });
const cells = (row: HTMLElement) => within(row).getAllByRole("cell").map((cell) => cell.textContent);

// React tells of two rows of one key by console.error alone.
beforeEach(() => void vi.spyOn(console, "error").mockImplementation((...said) => expect.fail(said.join(" "))));
afterEach(() => vi.restoreAllMocks());

it("shows who comes and goes, and that it rests on a sample", async () => {
  const answers = { "GET /api/dashboard/v1/publishing/segments": { total: 9000, looked_at: 4000, sample: true, segments: [FLOW] } };
  renderPage(<SegmentMoves />, { answers });
  const [, ...rows] = await screen.findAllByRole("row");
  expect(rows.map(cells)).toEqual([["Loyalchanged", "9", "2", "4", "7"]]);
  expect(screen.getByText(/on a sample: 4,000 of 9,000/)).toBeTruthy();
});

it("shows no part for segments of which none differs", async () => {
  const { requests } = renderPage(<SegmentMoves />, { answers: { "GET /api/dashboard/v1/publishing/segments": { total: 2, looked_at: 2, sample: false, segments: [] } } });
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  expect(screen.queryByRole("heading", { name: "Segments that change" })).toBeNull();
});

it("shows what deeds cost, also in money, and names what is not counted", async () => {
  renderPage(<Deeds />, answered({ ...COSTS, goodwill: 900, goodwill_before: 40, not_counted: ["Cheaper deliveries."] }));
  expect(await screen.findByText("Birthdays")).toBeTruthy();
  expect(screen.getByText("Worth, if spent in USD").nextSibling?.textContent).toBe("$6.00");
  expect(screen.queryByText("By the program in force")).toBeNull();
  expect(screen.getByText("Automatic goodwill gives at most 900 points a month; by the program in force 40.")).toBeTruthy();
  expect(within(screen.getByRole("list")).getByText("Cheaper deliveries.")).toBeTruthy();
});

it("tells an estimate, what is given at once and what the program in force gives", async () => {
  const atOnce = { ...PASSED, id: "milestone:ten:at_once", what: "Passed already, given at once: Ten", times: 7, points: 700, points_before: 0, at_once: true };
  const items = [DEED, PASSED, atOnce];
  renderPage(<Deeds />, answered({ ...COSTS, items, points: 800, points_before: 250, at_once: 700, at_once_worth: [{ amount: "14.00", currency: "USD" }] }));
  const [, ...rows] = await screen.findAllByRole("row");
  expect(rows.map((row) => cells(row).slice(1))).toEqual([
    ["3", "100", "300", "0"],
    ["about 5", "100", "500", "250"],
    ["about 7", "100", "700", "–"],
  ]);
  expect(screen.getByRole("columnheader", { name: "By the program in force" })).toBeTruthy();
  expect(screen.getByText("By the program in force", { selector: "dt" }).nextSibling?.textContent).toBe("250");
  expect(screen.getByText("Given at once").nextSibling?.textContent).toBe("700");
  expect(screen.getByText("Given at once, in USD").nextSibling?.textContent).toBe("$14.00");
});

it("shows two deeds of the same words as two", async () => {
  const items = [PASSED, { ...PASSED, id: "milestone:ten-again", points: 900 }];
  renderPage(<Deeds />, answered({ ...COSTS, items }));
  expect(await screen.findAllByText(PASSED.what)).toHaveLength(2);
  expect(screen.getByText("900")).toBeTruthy();
});

it("tells what the program in force gives in Turkish as well", async () => {
  renderPage(<Deeds />, { ...answered({ ...COSTS, points_before: 200, goodwill: 900, goodwill_before: 40 }), language: "tr" });
  expect(await screen.findByRole("columnheader", { name: "Yürürlükteki programla" })).toBeTruthy();
  expect(screen.getByText("Otomatik telafi ayda en çok 900 puan verir; yürürlükteki programla 40.")).toBeTruthy();
});

it("lists two rules of which the same is not counted", async () => {
  renderPage(<Deeds />, answered({ ...COSTS, not_counted: ["“Gift” gives a reward.", "“Gift” gives a reward."] }));
  expect(await screen.findAllByText("“Gift” gives a reward.")).toHaveLength(2);
});

it.each(["program_invalid", "no_program_draft"])("leaves it to the page to tell of %s", async (code) => {
  const no = () => refused(code === "no_program_draft" ? 404 : 422, code);
  const answers = { "GET /api/dashboard/v1/publishing/deeds": no, "GET /api/dashboard/v1/publishing/segments": no };
  const both = (
    <>
      <SegmentMoves />
      <Deeds />
    </>
  );
  renderPage(both, { answers });
  await vi.waitFor(() => expect(screen.queryByRole("heading", { name: "What else brings points" })).toBeNull());
  await expect(screen.findByText(code, {}, { timeout: 300 })).rejects.toThrow();
  expect(screen.queryByRole("heading")).toBeNull();
});

it("says so where nothing but orders brings points", async () => {
  renderPage(<Deeds />, { ...answered({ ...COSTS, items: [], points: 0 }), language: "tr" });
  expect(await screen.findByText("Taslak yalnızca siparişler için puan verir.")).toBeTruthy();
  expect(screen.queryByRole("table")).toBeNull();
});

it("does not say so of deeds that the draft pays for and that are not counted", async () => {
  renderPage(<Deeds />, answered({ ...COSTS, items: [], points: 0, not_counted: ["Birthdays."] }));
  expect(await screen.findByText("Birthdays.")).toBeTruthy();
  expect(screen.queryByText("The draft gives points for orders alone.")).toBeNull();
});

it.each([
  ["en", "12 of 40 orders count with their buyer’s tier, the others as from somebody new. If every order came from Gold: 8,000 points, $53.34 a month."],
  ["tr", "40 siparişin 12 kadarı alıcısının seviyesiyle, kalanı yeni bir üyeninki gibi sayılır. Her sipariş Gold seviyesinden gelseydi: 8.000 puan, ayda $53,34."],
] as const)("tells whose tier counts, and what the top one would cost: %s", (language, told) => {
  const { container } = renderPage(<OneChannel cost={ORDERS} days={90} />, { language });
  expect(container.querySelector("[data-top]")?.textContent).toBe(told);
});

it.each([
  [0, "No buyer’s tier is known: orders count as from somebody new. If every"],
  [40, "Orders count with the tier that their buyer has now. If every"],
])("says so where the tier of no or of each buyer is known: %i", (known, told) => {
  const { container } = renderPage(<OneChannel cost={{ ...ORDERS, tier_known: known }} days={90} />);
  expect(container.querySelector("[data-top]")?.textContent).toContain(told);
});

it("shows two rules of one name as two, and no tiers where none multiplies", () => {
  const rules = [
    { id: "a", rule: "Shirts", points: 3000 },
    { id: "b", rule: "Shirts", points: 1000 },
  ];
  const { container } = renderPage(<OneChannel cost={{ ...ORDERS, top: null, rules }} days={90} />);
  expect(screen.getAllByText("Shirts")).toHaveLength(2);
  expect(container.querySelector("[data-top]")).toBeNull();
});
