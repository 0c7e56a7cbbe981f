import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import type { components } from "@/api";
import { renderPage } from "@/testing/render";

import { Tags } from "./Tags";

const PATH = "/api/dashboard/v1/members/7/tags";
type Line = components["schemas"]["MemberTagLine"];
const OF_ORDERS: Line = { tag: "big-order", orders: 2, by: null, at: null };
const BY_HAND: Line = { tag: "press", orders: 0, by: "agent@example.com", at: "2027-01-04T09:30:00Z" };

it("shows what gives each tag, and lets staff add and remove", async () => {
  const user = userEvent.setup({ delay: null });
  let items = [OF_ORDERS];
  const bodies: unknown[] = [];
  renderPage(<Tags id="7" gives />, {
    answers: {
      [`GET ${PATH}`]: () => ({ items, most: 50 }),
      [`POST ${PATH}`]: async (request: Request) => {
        bodies.push(await request.json());
        items = [OF_ORDERS, BY_HAND];
        return { items, most: 50 };
      },
      [`DELETE ${PATH}/big-order`]: () => {
        items = [BY_HAND];
        return { items, most: 50 };
      },
    },
  });
  expect(await screen.findByText("2 orders")).toBeTruthy();
  await user.type(screen.getByRole("textbox", { name: "New tag" }), "Press");
  await user.click(screen.getByRole("button", { name: "Add the tag" }));
  expect(bodies).toEqual([]);
  await user.clear(screen.getByRole("textbox", { name: "New tag" }));
  await user.type(screen.getByRole("textbox", { name: "New tag" }), " press ");
  await user.click(screen.getByRole("button", { name: "Add the tag" }));
  expect(await screen.findByText("by agent@example.com")).toBeTruthy();
  expect(bodies).toEqual([{ tag: "press" }]);
  await user.click(screen.getByRole("button", { name: "Remove the tag big-order" }));
  await waitFor(() => expect(screen.queryByText("big-order")).toBeNull());
});

it("lets nobody change them who may not", async () => {
  renderPage(<Tags id="7" gives={false} />, { answers: { [`GET ${PATH}`]: { items: [OF_ORDERS], most: 50 } } });
  expect(await screen.findByText("big-order")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});
