import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Program } from "./Program";

const EXPIRY = { months: 12, notice: "required", exceptions: [{ countries: ["DE"], months: null }] };
const DOCUMENT = { version: 1, name: "Points", texts: { en: { program: "Points", point: "point", points: "points" } }, settings: { expiry: EXPIRY }, currencies: [], earning: { rules: [] } };
const DRAFT = { document: DOCUMENT, version: "1", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z", by_you: true };
const CHANNEL = { slug: "default", name: "Shop", currency: "USD", places: 2, active: true, display_gross_prices: true, goods: "50.00", shipping: "5.00", orders: null, countries: ["TR", "DE", "US"] };
const PAGE = { may_change: true, draft: DRAFT, in_force: null, channels: [CHANNEL], timezone: "UTC", document_example: DOCUMENT };
const CHECKED = {
  problems: [{ code: "expiry_country_twice", path: "settings.expiry.exceptions", severity: "error", text: "the country “DE” has two exceptions" }],
  examples: [],
  changes: [],
};
const answers = (page: object, checked: object = { problems: [], examples: [], changes: [] }) => ({
  "GET /api/dashboard/v1/program": page,
  "POST /api/dashboard/v1/program/check": checked,
});
const group = async (name: string) => within(await screen.findByRole("group", { name }, { timeout: 15_000 }));

it("adds an exception for countries that no other one has, and saves it", async () => {
  const saved: (typeof DOCUMENT)[] = [];
  const put = async (request: Request) => {
    const { document } = (await request.json()) as { document: typeof DOCUMENT };
    saved.push(document);
    return { ...DRAFT, document, version: "2" };
  };
  renderPage(<Program />, { answers: { ...answers(PAGE), "PUT /api/dashboard/v1/program/draft": put } });
  const first = await group("Exception 1");
  expect(first.getByText("Germany")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Add countries with another expiry" }));
  const second = await group("Exception 2");
  const offered = within(second.getByLabelText("Orders to")).getAllByRole<HTMLOptionElement>("option");
  expect(offered.map((one) => one.value)).toEqual(["", "TR", "US"]);
  await userEvent.selectOptions(second.getByLabelText("Orders to"), "TR");
  expect(second.queryByLabelText("Good for")).toBeNull();
  await userEvent.click(second.getByRole("switch", { name: /Points expire there/ }));
  const months = second.getByLabelText("Good for");
  await userEvent.clear(months);
  await userEvent.type(months, "24");
  await userEvent.click(first.getByRole("button", { name: "Take Germany away" }));
  await userEvent.selectOptions(first.getByLabelText("Orders to"), "US");
  await userEvent.click(screen.getByRole("button", { name: "Save the draft" }));
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]?.settings.expiry.exceptions).toEqual([
    { countries: ["US"], months: null },
    { countries: ["TR"], months: 24 },
  ]);
}, 60_000);

it("names countries in Turkish, and what is wrong with them", async () => {
  renderPage(<Program />, { answers: answers(PAGE, CHECKED), language: "tr" });
  const first = await group("İstisna 1");
  expect(first.getByText("Almanya")).toBeTruthy();
  expect(await first.findByText("the country “DE” has two exceptions", {}, { timeout: 15_000 })).toBeTruthy();
  await userEvent.click(first.getByRole("button", { name: "1. istisnayı kaldır" }));
  expect(screen.queryByRole("group", { name: "İstisna 1" })).toBeNull();
}, 60_000);

it("shows them to whoever may not change them, without anything to press", async () => {
  renderPage(<Program />, { answers: answers({ ...PAGE, may_change: false }) });
  const first = await group("Exception 1");
  expect(first.getByText("Germany")).toBeTruthy();
  expect(first.queryByRole("button")).toBeNull();
  expect(screen.queryByRole("button", { name: "Add countries with another expiry" })).toBeNull();
}, 60_000);
