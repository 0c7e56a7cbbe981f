import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Events } from "./Events";

const DOCUMENT = {
  version: 1,
  name: "Points",
  texts: { en: { program: "Points", point: "point", points: "points" } },
  currencies: [],
  earning: { stacking: "sum", rules: [{ id: "visits", trigger: "custom_event", on: ["visit"], then: { type: "points", points: 20 } }] },
  events: { types: [{ id: "visit", name: { en: "Visit" }, purpose: "store_visit", properties: [{ name: "shop", kind: "string" }] }] },
};
const LINE = {
  id: "1", type: "visit", type_name: "Visit", external_id: "v-1", member_id: "7", member_name: "Ayşe", system: "Doors", at: "2027-01-04T09:30:00Z",
  received_at: "2027-01-04T09:30:00Z", tries: 1, outcome: "nothing", points: 0, status_points: 0, taken_back: 0, reversed_at: null,
  properties: { shop: "izmir" }, why: [{ code: "cap_times", message: "Once a day at most" }], perks: ["Beside points: a mug."],
};
const ANSWERS = {
  "GET /api/dashboard/v1/program": {
    may_change: true,
    draft: { document: DOCUMENT, version: "1", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" },
    in_force: null,
    channels: [],
    timezone: "UTC",
    document_example: DOCUMENT,
  },
  "GET /api/dashboard/v1/events": {
    days: 30,
    api_url: "https://loyalty.example.com/api/partner/v1",
    types: [{ type: "visit", received: 5, given: 3, nothing: 1, withheld: 0, unknown_member: 1, refused: 0, reversed: 0, points: 60 }],
  },
  "GET /api/dashboard/v1/events/log": { items: [LINE], next: null },
  "POST /api/dashboard/v1/program/check": { problems: [], examples: [], changes: [] },
};

it("shows what came, tries an event, and saves a new type with its rule", async () => {
  const saved: (typeof DOCUMENT)[] = [];
  const tried: unknown[] = [];
  const put = async (request: Request) => {
    const body = (await request.json()) as { document: typeof DOCUMENT };
    saved.push(body.document);
    return { document: body.document, version: "2", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" };
  };
  const attempt = async (request: Request) => {
    tried.push(((await request.json()) as { properties: unknown }).properties);
    return { outcome: "given", member_name: "", rules: [{ rule: "visits", name: "Visits", unit: "points", points: 20, perk: "" }, { rule: "mug", name: "Mug", unit: "perk", points: 0, perk: "the reward “A mug”" }], why: [] };
  };
  renderPage(<Events />, { answers: { ...ANSWERS, "PUT /api/dashboard/v1/program/draft": put, "POST /api/dashboard/v1/events/try": attempt } });
  expect(await screen.findByText(/5 came, 3 of them gave something, 60 points in all\. 1 could not be taken/, {}, { timeout: 15_000 })).toBeTruthy();
  expect(await screen.findByText("Once a day at most")).toBeTruthy();
  expect(screen.getByText(/"type":"visit","external_id":"4711"/)).toBeTruthy();
  await userEvent.type(screen.getByLabelText("shop"), "izmir");
  await userEvent.click(screen.getByRole("button", { name: "What would it bring?" }));
  expect(await screen.findByText("Visits: 20 points")).toBeTruthy();
  expect(screen.getByText("Mug: the reward “A mug”")).toBeTruthy();
  expect(screen.getByText("Beside points: a mug.")).toBeTruthy();
  expect(tried).toEqual([{ shop: "izmir" }]);
  await userEvent.click(screen.getByRole("button", { name: "Add a type of event" }));
  await userEvent.type(screen.getByLabelText("Name (English)"), "Review");
  await userEvent.selectOptions(screen.getByLabelText("Purpose"), "review");
  expect(screen.getByText("Off: platforms forbid rewarding reviews")).toBeTruthy();
  expect(screen.queryByRole("switch", { name: /Take such events/ })).toBeNull();
  const mine = within(document.querySelector('[data-event^="event-"]') as HTMLElement);
  await userEvent.click(mine.getByRole("button", { name: "Add a property" }));
  const values = mine.getByLabelText("Only these values (optional)");
  await userEvent.type(values, "İzmir, Alsancak{Enter}");
  await userEvent.type(values, "Kadıköy");
  await userEvent.click(mine.getByRole("switch", { name: /The store collects these reviews itself/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Save the draft" }));
  await waitFor(() => expect(saved).toHaveLength(1));
  const id = saved[0]?.events.types[1]?.id;
  expect(saved[0]?.events.types[1]).toMatchObject({ purpose: "review", own_reviews: true, enabled: true, properties: [{ allowed: ["İzmir, Alsancak", "Kadıköy"] }] });
  expect(saved[0]?.earning.rules[1]).toMatchObject({ trigger: "custom_event", on: [id], then: { points: 20 }, caps: { per_member: { times: 1, period: "day" } } });
}, 60_000);
