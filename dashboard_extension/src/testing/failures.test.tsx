import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useRoutes, type RouteObject } from "react-router";
import { describe, expect, it } from "vitest";

import { PAGES, type PageEntry } from "@/shell/pages";
import { WIDGETS } from "@/widgets/widgets";

import { refused, renderPage } from "./render";

/** A busy machine takes its time. */
const SLOW = { timeout: 15_000 };
/** Addresses that only lead on to another one. */
const LEADS_ON: readonly string[] = ["/activity"];

const FAILING = {
  "the network is away": () => {
    throw new TypeError("Failed to fetch");
  },
  "the app fails": () => refused(500, "internal_error", "A fault of the app."),
  "the answer is torn": () => new Response('{"items": [', { headers: { "Content-Type": "application/json" } }),
};
const SAID = /The app does not answer|A fault of the app\.|The app’s answer could not be read/;

const entries: readonly PageEntry[] = PAGES.flatMap((page) => page.tabs ?? [page]);

/** The addresses below a page's own that its routes have, with some id in each place. */
function addresses(routes: readonly RouteObject[], above = ""): string[] {
  return routes.flatMap((route) => {
    const here = [above, route.path ?? ""].filter(Boolean).join("/");
    if (route.children !== undefined) return addresses(route.children, here);
    return route.Component === undefined || here.includes("*") ? [] : [here.replace(/:[\w-]+\??/g, "1")];
  });
}

const found = await Promise.all(
  entries.map(async (entry) => {
    const { routes } = await entry.load();
    return addresses(routes).map((address) => ({ name: [entry.path, address].filter(Boolean).join("/"), address, routes }));
  }),
);

function Routed({ routes }: { routes: RouteObject[] }) {
  return useRoutes(routes);
}

/** Everything fails: it is said, nothing spins or passes for empty, and each "Try again" asks again. */
async function expectTold(element: JSX.Element, failing: () => unknown, path: string) {
  const page = renderPage(element, { otherwise: failing, path });
  expect((await screen.findAllByText(SAID, {}, SLOW)).length).toBeGreaterThan(0);
  await waitFor(() => expect(page.container.querySelectorAll(".kit-skeleton")).toHaveLength(0), SLOW);
  expect(page.container.querySelectorAll(".kit-empty")).toHaveLength(0);
  for (const button of screen.getAllByRole("button", { name: "Try again" })) {
    const before = page.requests.length;
    await userEvent.click(button);
    await waitFor(() => expect(page.requests.length).toBeGreaterThan(before), SLOW);
  }
  page.unmount();
}

describe.each(Object.entries(FAILING))("where %s", (_, failing) => {
  it.each(found.flat().filter(({ name }) => !LEADS_ON.includes(name)).map((one) => [one.name, one] as const))(
    "the page %s says so and tries again",
    async (_name, { address, routes }) => expectTold(<Routed routes={routes} />, failing, `/${address}`),
    60_000,
  );

  it.each(Object.keys(WIDGETS))(
    "the widget %s says so and tries again",
    async (name) => {
      history.replaceState(null, "", "/?id=QXBwOjI%3D&customerId=VXNlcjox&orderId=T3JkZXI6MQ%3D%3D&voucherId=Vm91Y2hlcjox");
      const entry = WIDGETS[name];
      if (entry === undefined) throw new Error(`no widget ${name}`);
      const { Widget } = await entry();
      await expectTold(<Widget />, failing, "/");
    },
    60_000,
  );
});
