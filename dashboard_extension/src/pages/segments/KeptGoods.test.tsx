import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { refused, renderPage } from "@/testing/render";

import { KeptGoods } from "./KeptGoods";

const PATH = "GET /api/dashboard/v1/kept-goods";
const SHIRT = {
  kind: "product",
  id: "UHJvZHVjdDox",
  name: "Linen shirt",
  told: "Kept for Insiders.",
  state: "kept",
  opens_at: null,
  problems: [],
};
const SLIP = {
  ...SHIRT,
  kind: "collection",
  id: "Q29sbGVjdGlvbjox",
  name: "Summer",
  told: "Nobody can buy it.",
  state: "nobody",
  problems: [{ code: "unknown_name", message: "“inciders” lets nobody in." }],
};

it("lists page by page what is kept back and for whom, and opens it in the Dashboard", async () => {
  const answers = {
    [PATH]: (request: Request) =>
      new URL(request.url).searchParams.get("after") === "more"
        ? { items: [SHIRT], next: null, holding: "on" }
        : { items: [SLIP], next: "more", holding: "on" },
  };
  const page = renderPage(<KeptGoods />, { answers });
  const slip = (await screen.findByText("Nobody can buy it.")).closest("tr");
  if (slip === null) throw new Error("the collection stands in no row");
  expect(within(slip).getByText("Collection")).toBeTruthy();
  expect(within(slip).getByText("Look at this")).toBeTruthy();
  expect(within(slip).getByText("“inciders” lets nobody in.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: /more/i }));
  const shirt = (await screen.findByText("Kept for Insiders.")).closest("tr");
  if (shirt === null) throw new Error("the product stands in no row");
  expect(within(shirt).queryByText("Look at this")).toBeNull();
  await userEvent.click(within(shirt).getByRole("button", { name: "Open “Linen shirt” in a new tab" }));
  expect(page.acted).toEqual(["redirect"]);
});

it("says how something is kept back where nothing is, and that nothing is held while it is off", async () => {
  renderPage(<KeptGoods />, { language: "tr", answers: { [PATH]: { items: [], next: null, holding: "off" } } });
  expect(await screen.findByText("Ayrılan bir şey yok")).toBeTruthy();
  expect(screen.getByText(/segment:insiders/)).toBeTruthy();
  expect(screen.getByText(/Kargo anahtarı kapalı/)).toBeTruthy();
});

it("tells that Saleor does not answer, and asks it again", async () => {
  let times = 0;
  const answer = () => (++times === 1 ? refused(503, "saleor_unavailable", "Saleor does not answer.") : { items: [SHIRT], next: null, holding: "on" });
  renderPage(<KeptGoods />, { answers: { [PATH]: answer } });
  expect(await screen.findByText(/Saleor does not answer/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button"));
  expect(await screen.findByText("Kept for Insiders.")).toBeTruthy();
});
