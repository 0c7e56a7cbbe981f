import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Editor, type Terms } from "./Editor";
import { Forecast } from "./Forecast";
import { emptyForm, formOf, termsOf, type CampaignOf, type Choices } from "./form";
import { TryIt } from "./TryIt";

const CHOICES: Choices = {
  channels: [{ slug: "web", name: "Web", currency: "USD", active: true, places: 2 }],
  tiers: [],
  segments: [],
  locales: ["en"],
  timezone: "UTC",
  tells: true,
};
const POINTS = { ...emptyForm(CHOICES, new Date("2027-03-01T10:00:00Z")), kind: "points" as const, name: "Double", points: 500 };

describe("the limit of a campaign for one member", () => {
  it("is left out while there is none, and stands in the form again as it was saved", () => {
    expect(termsOf(POINTS, "UTC")).not.toHaveProperty("per_member");
    const terms = termsOf({ ...POINTS, limitOrders: 3 }, "UTC");
    expect(terms.per_member).toEqual({ times: 3 });
    const saved = { terms: { ...terms, per_member: { points: 250, times: 3 } }, starts_at: "2027-03-02T00:00:00Z", ends_at: "2027-03-09T00:00:00Z" } as unknown as CampaignOf;
    expect(termsOf(formOf(saved, CHOICES), "UTC").per_member).toEqual({ times: 3, points: 250 });
    expect(termsOf({ ...formOf(saved, CHOICES), kind: "percent" }, "UTC")).not.toHaveProperty("per_member");
  });

  it("is typed where points are multiplied", async () => {
    const sent: Terms[] = [];
    const save = (terms: Terms) => {
      sent.push(terms);
      return Promise.resolve(null);
    };
    renderPage(<Editor start={POINTS} choices={CHOICES} fixed={false} save={(terms) => save(terms as Terms)} />);
    await userEvent.type(screen.getByLabelText("Orders of one member at most"), "2");
    await userEvent.type(screen.getByLabelText("Points more for one member at most"), "300");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ per_member: { times: 2, points: 300 } });
  });

  it("cannot be changed once it was promised", () => {
    renderPage(<Editor start={{ ...POINTS, limitOrders: 3 }} choices={CHOICES} fixed save={() => Promise.resolve(null)} />, { language: "tr" });
    const input = screen.getByLabelText<HTMLInputElement>("Bir üyenin en çok sipariş sayısı");
    expect([input.value, input.disabled]).toEqual(["3", true]);
  });

  it("is told where it is used up in the trial", async () => {
    const answers = { "POST /api/dashboard/v1/campaigns/7/test": { why_not: "limit", code: null, points_before: 100, points_after: 100 } };
    renderPage(<TryIt of={{ id: "7", sharing: "" } as CampaignOf} />, { answers, told: { permissions: ["MANAGE_DISCOUNTS"] } });
    await userEvent.type(screen.getByLabelText("Number of the member"), "1042");
    await userEvent.click(screen.getByRole("button", { name: "Work it out" }));
    expect(await screen.findByText("The member had all that one member gets of it.")).toBeTruthy();
  });
});

describe("the forecast", () => {
  const row = { channel: "web", currency: "USD", orders: 4, eligible: 3, points: 550, worth: { amount: "11.00", currency: "USD" }, money: null };
  const found = { known: true, sample_days: 90, days: 7, channels: [{ ...row, tier_known: 3, top_points: 800, top_worth: { amount: "16.00", currency: "USD" } }] };

  it.each([
    ["en", "Work it out", /3 of 4 orders count with their buyer’s tier.*If every order came from Gold: 800 points \(\$16.00\)/],
    ["tr", "Hesapla", /4 siparişin 3 kadarı alıcısının seviyesiyle.*Her sipariş Gold seviyesinden gelseydi: 800 puan/],
  ] as const)("says what tiers multiply, in %s", async (language, button, text) => {
    renderPage(<Forecast terms={() => termsOf(POINTS, "UTC") as Terms} points />, { language, answers: { "POST /api/dashboard/v1/campaigns/forecast": { ...found, top_tier: "Gold" } } });
    await userEvent.click(screen.getByRole("button", { name: button }));
    const told = await screen.findByText((_, element) => element?.getAttribute("data-top") === "800");
    expect(told.textContent).toMatch(text);
  });

  it("says nothing of tiers where none multiplies", async () => {
    renderPage(<Forecast terms={() => termsOf(POINTS, "UTC") as Terms} points />, { answers: { "POST /api/dashboard/v1/campaigns/forecast": { ...found, top_tier: null } } });
    await userEvent.click(screen.getByRole("button", { name: "Work it out" }));
    expect(await screen.findByText("web")).toBeTruthy();
    expect(screen.queryByText(/If every order/)).toBeNull();
  });
});
