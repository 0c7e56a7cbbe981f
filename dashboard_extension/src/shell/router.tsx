import { actions } from "@saleor/app-sdk/app-bridge";
import { createBrowserRouter, useRoutes, type RouteObject } from "react-router";

import type { Bridge } from "./bridge";
import type { Catalogue } from "./catalogue";
import { Broken, Layout, NothingHere, Waiting } from "./Layout";
import { PAGES, type PageEntry } from "./pages";

/** The pages as routes: each is loaded with its texts when it is first looked at. */
export function routesOf(pages: readonly PageEntry[], catalogue: Catalogue): RouteObject[] {
  const shown = pages.map((page) => routeOf(page, catalogue));
  return [
    {
      Component: Layout,
      ErrorBoundary: Broken,
      HydrateFallback: Waiting,
      children: [{ ErrorBoundary: Broken, children: [...shown, { path: "*", Component: NothingHere }] }],
    },
  ];
}

function routeOf(page: PageEntry, catalogue: Catalogue, around = "/"): RouteObject {
  const read = async () => {
    const [{ routes }] = await Promise.all([page.load(), catalogue.need(`pages/${page.area}`, ...(page.texts ?? []))]);
    return routes;
  };
  const path = page.path.slice(around === "/" ? 1 : around.length + 1);
  if (page.tabs !== undefined) {
    const tabs = page.tabs.map((tab) => routeOf(tab, catalogue, page.path));
    const frame = async () => ({ Component: (await read())[0]?.Component });
    return { path, lazy: frame, children: [{ ErrorBoundary: Broken, children: [...tabs, { path: "*", Component: NothingHere }] }] };
  }
  if (page.path === around) return { index: true, lazy: async () => ({ Component: (await read()).find((one) => one.index)?.Component }) };
  const lazy = async () => {
    const all = [...(await read()), { path: "*", Component: NothingHere }];
    return { Component: () => useRoutes(all) };
  };
  return { path: `${path}/*`, lazy };
}

/** The router of the page; the Dashboard's address follows it, and it follows the Dashboard. */
export function newRouter(bridge: Bridge, catalogue: Catalogue) {
  const router = createBrowserRouter(routesOf(PAGES, catalogue));
  let told = router.state.location.pathname;
  router.subscribe(({ location, navigation }) => {
    if (navigation.state !== "idle" || location.pathname === told) return;
    told = location.pathname;
    void bridge.act(actions.UpdateRouting({ newRoute: told }));
  });
  bridge.onRedirect((path) => {
    if (path !== router.state.location.pathname) void router.navigate(path);
  });
  return router;
}
