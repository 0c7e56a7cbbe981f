import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { refused, renderPage } from "@/testing/render";

import { Trouble } from "./Campaign";
import { Campaigns } from "./Campaigns";
import { NewCampaign } from "./NewCampaign";

const LINE = {
  id: "cp_0123456789ab",
  name: "Flyer",
  title: "10% off",
  kind: "percent",
  sharing: "shared",
  code: "MUSTERI10",
  state: "ended",
  ended_why: "budget",
  starts_at: "2027-03-01T00:00:00+03:00",
  ends_at: "2027-03-08T00:00:00+03:00",
  ended_at: "2027-03-03T10:00:00+03:00",
  trouble: "",
  differs: [],
  orders: 3,
  late: 1,
  members: 3,
  codes: 1,
  spent_points: 0,
  spent: [{ amount: "45.00", currency: "USD" }],
  budget_used: 112,
  overshot: [{ amount: "5.00", currency: "USD" }],
  reduced: false,
};
const CHOICES = {
  channels: [{ slug: "web", name: "Web", currency: "USD", active: true, places: 2 }],
  tiers: [{ id: "gold", name: "Gold" }],
  segments: [],
  locales: ["en"],
  timezone: "Europe/Istanbul",
  tells: true,
};

describe("the pages of the campaigns", () => {
  it("list each with its state, why it ended, and what it cost of its budget", async () => {
    renderPage(<Campaigns />, { answers: { "GET /api/dashboard/v1/campaigns": { items: [LINE], next: null }, "GET /api/dashboard/v1/price-history": { channels: [] } } });
    expect(await screen.findByText("MUSTERI10")).toBeTruthy();
    expect(screen.getByText("Budget used up")).toBeTruthy();
    expect(screen.getByText("$45.00")).toBeTruthy();
    expect(screen.getByText("112% of the budget")).toBeTruthy();
  });

  it("say in what a code that is in Saleor already differs", async () => {
    renderPage(<Trouble of={{ id: LINE.id, code: LINE.code, trouble: "code_differs", differs: ["dates", "staff_only"] }} />);
    expect((await screen.findAllByRole("listitem")).map((one) => one.textContent)).toEqual([
      "It begins after the campaign, or ends before it.",
      "It is for staff alone.",
    ]);
    expect(screen.getByRole("button", { name: "Use the code that is there" })).toBeTruthy();
  });

  it("send what was written as terms, and say what is wrong with them", async () => {
    const sent: Record<string, unknown>[] = [];
    const refuse = async (request: Request) => {
      sent.push(((await request.json()) as { terms: Record<string, unknown> }).terms);
      return refused(422, "campaign_invalid");
    };
    const check = { problems: [{ code: "campaign_code", path: "codes.code", severity: "error", text: "a shared code has a text" }], schedulable: false };
    renderPage(<NewCampaign />, {
      answers: {
        "GET /api/dashboard/v1/campaigns/choices": CHOICES,
        "POST /api/dashboard/v1/campaigns": refuse,
        "POST /api/dashboard/v1/campaigns/check": check,
      },
    });
    await userEvent.type(await screen.findByLabelText("Name"), "Flyer");
    await userEvent.type(screen.getByLabelText("Title (English)"), "10% off");
    await userEvent.type(screen.getByLabelText("Percent off"), "10");
    await userEvent.type(screen.getByLabelText("Money off in USD"), "500");
    await userEvent.click(screen.getByRole("checkbox", { name: "Gold" }));
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({
      kind: "percent",
      texts: { en: { title: "10% off" } },
      audience: { tiers: ["gold"] },
      channels: [{ channel: "web", currency: "USD", value: "10" }],
      codes: { sharing: "shared", once_per_customer: true },
      budget: { money: { USD: "500" }, warn_percent: 80, when_reached: "stop" },
    });
    expect(await screen.findByText(/a shared code has a text/)).toBeTruthy();
  }, 20_000);
});
