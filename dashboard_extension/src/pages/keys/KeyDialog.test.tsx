import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { KeyDialog } from "./KeyDialog";
import { PATH } from "./keys";

const OFF = /whoever reads one/;

function opened(program: () => object = () => ({ in_force: null, draft: null })) {
  const bodies: Record<string, unknown>[] = [];
  renderPage(<KeyDialog of={null} onClose={() => undefined} onMade={() => undefined} />, {
    answers: {
      "GET /api/dashboard/v1/program": program,
      [`POST ${PATH}`]: async (request: Request) => {
        bodies.push((await request.json()) as Record<string, unknown>);
        return { key: {}, token: "slk_7hq2m0x4c9ab_secret" };
      },
    },
  });
  return bodies;
}

const box = (name: RegExp) => screen.getByRole<HTMLInputElement>("checkbox", { name });
const signs = () => screen.getByRole<HTMLInputElement>("switch", { name: /Requests must be signed/ });

it("signs where a key may give points, unless the owner switches that off and reads what it means", async () => {
  const user = userEvent.setup({ delay: null });
  const bodies = opened();
  await user.type(screen.getByRole("textbox", { name: "Name" }), "Registers");
  expect(signs().checked).toBe(false);
  await user.click(box(/^Give and take points/));
  await waitFor(() => expect(signs().checked).toBe(true));
  expect(screen.queryByText(OFF)).toBeNull();
  await user.click(box(/^Give and take points/));
  await waitFor(() => expect(signs().checked).toBe(false));
  await user.click(box(/^Give and take points/));
  await waitFor(() => expect(signs().checked).toBe(true));
  await user.click(signs());
  expect(await screen.findByText(OFF)).toBeTruthy();
  await user.type(screen.getByRole("textbox", { name: /Points a day|a day/i }), "500");
  await user.click(screen.getByRole("button", { name: "Make the key" }));
  await waitFor(() => expect(bodies).toHaveLength(1));
  expect(bodies[0]).toMatchObject({ scopes: ["members:read", "points:write"], day_limit: 500, must_sign: false });
});

it("tells names and addresses only where that is ticked, beside reading", async () => {
  const user = userEvent.setup({ delay: null });
  const bodies = opened();
  await user.type(screen.getByRole("textbox", { name: "Name" }), "Help desk");
  expect(box(/^See who members are/).checked).toBe(false);
  await user.click(box(/^Read members/));
  expect(box(/^See who members are/).disabled).toBe(true);
  await user.click(box(/^Read members/));
  await user.click(box(/^See who members are/));
  await user.click(screen.getByRole("button", { name: "Make the key" }));
  await waitFor(() => expect(bodies).toHaveLength(1));
  expect(bodies[0]).toMatchObject({ scopes: ["members:read", "members:identify"], must_sign: false });
});

it("says where the types of events cannot be read, and shows them once they can", async () => {
  const user = userEvent.setup({ delay: null });
  let up = false;
  const visit = { id: "visit", name: { en: "Visit to the shop" } };
  opened(() => {
    if (!up) throw new TypeError("Failed to fetch");
    return { in_force: { document: { events: { types: [visit] } } }, draft: null };
  });
  await user.type(screen.getByRole("textbox", { name: "Name" }), "Tills");
  expect(await screen.findByText("The app does not answer")).toBeTruthy();
  up = true;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("checkbox", { name: /Visit to the shop/ })).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Name" }).value).toBe("Tills");
});
