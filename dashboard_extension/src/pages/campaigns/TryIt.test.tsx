import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { renderPage, type Rendered } from "@/testing/render";

import type { CampaignOf } from "./form";
import { TryIt } from "./TryIt";

const CAMPAIGN = { id: "7", sharing: "personal" } as CampaignOf;
const AYSE = { id: "1042", name: "Ayşe Yılmaz", email: "ayse@example.com", state: "active" };
const ANSWERS = {
  "GET /api/dashboard/v1/members": (request: Request) => ({ items: new URL(request.url).searchParams.get("q") === "ayşe" ? [AYSE] : [], next: null }),
  "POST /api/dashboard/v1/campaigns/7/test": { why_not: "", code: "TEST-1", own: true, held: null, points_before: null, points_after: null },
};
const make = () => screen.getByRole<HTMLButtonElement>("button", { name: "Make a test code" });

async function tried(page: Rendered): Promise<unknown> {
  await userEvent.click(make());
  expect(await screen.findByText("TEST-1")).toBeTruthy();
  return page.requests.find((one) => one.method === "POST")?.clone().json();
}

describe("the trial of a campaign on one member", () => {
  it("finds the member by name, and sends their number", async () => {
    const page = renderPage(<TryIt of={CAMPAIGN} />, { answers: ANSWERS });
    const input = screen.getByLabelText<HTMLInputElement>("Member: name, address or number");
    await userEvent.type(input, "nobody");
    expect(await screen.findByText("Nobody was found.")).toBeTruthy();
    expect(make().disabled).toBe(true);
    await userEvent.clear(input);
    await userEvent.type(input, "ayşe");
    await userEvent.click(await screen.findByRole("button", { name: "Ayşe Yılmaz · ayse@example.com" }));
    expect(input.value).toBe("Ayşe Yılmaz");
    await waitFor(() => expect(screen.queryByText(/was found/)).toBeNull());
    expect(await tried(page)).toEqual({ member: "1042" });
  });

  it("says that the code is the member's own, and which one they have already", async () => {
    const both = { why_not: "", code: "TEST-1", own: true, held: "HELD-7", points_before: null, points_after: null };
    renderPage(<TryIt of={CAMPAIGN} />, { answers: { ...ANSWERS, "POST /api/dashboard/v1/campaigns/7/test": both }, told: { permissions: ["MANAGE_DISCOUNTS"] } });
    await userEvent.type(screen.getByLabelText("Number of the member"), "1042");
    await userEvent.click(make());
    expect((await screen.findByText("TEST-1")).parentElement?.textContent).toContain("This member's own code");
    expect(screen.getByText("HELD-7").parentElement?.textContent).toContain("already");
  });

  it("takes the number of staff who may not look at members", async () => {
    const page = renderPage(<TryIt of={CAMPAIGN} />, { answers: ANSWERS, told: { permissions: ["MANAGE_DISCOUNTS"] } });
    await userEvent.type(screen.getByLabelText("Number of the member"), " 1042 ");
    expect(await tried(page)).toEqual({ member: "1042" });
    expect(page.requests).toHaveLength(1);
  });
});
