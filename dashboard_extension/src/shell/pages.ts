import type { RouteObject } from "react-router";

import type { Permission } from "@/kit/staff";
import { TABS } from "@/pages/settings/tabs";

/** What `pages/<area>/index.tsx` exports. */
export interface PageModule {
  /** The page's routes; their paths are below the page's own. Of a page with tabs: the frame alone. */
  readonly routes: RouteObject[];
}

export interface PageEntry {
  /** The folder below `pages/`, and the prefix of the ids of its texts. */
  readonly area: string;
  /** The address; the server answers it and all below it with the page. */
  readonly path: string;
  /** One of these is needed to be shown it. The server asks for itself. */
  readonly for?: readonly Permission[];
  readonly load: () => Promise<PageModule>;
  /** Areas whose texts it shows too, besides its own. */
  readonly texts?: readonly string[];
  /** Pages that are shown within this one; the first of them may have its very address. */
  readonly tabs?: readonly PageEntry[];
}

/**
 * The pages in the order of the navigation. Its texts stand beside the page: `<area>.nav` names it,
 * in `shell/messages.*.json`, as the navigation is there before the page is.
 */
export const PAGES: readonly PageEntry[] = [
  { area: "start", path: "/", load: () => import("@/pages/start") },
  { area: "program", path: "/program", load: () => import("@/pages/program") },
  { area: "rules", path: "/rules", load: () => import("@/pages/rules"), texts: ["pages/program"] },
  { area: "tiers", path: "/tiers", load: () => import("@/pages/tiers"), texts: ["pages/program"] },
  { area: "bonuses", path: "/bonuses", load: () => import("@/pages/bonuses"), texts: ["pages/program"] },
  { area: "events", path: "/events", load: () => import("@/pages/events"), texts: ["pages/program", "pages/rules", "pages/settings"] },
  { area: "rewards", path: "/reward-catalog", load: () => import("@/pages/rewards"), texts: ["pages/program", "pages/rules"] },
  { area: "campaigns", path: "/campaigns", for: ["MANAGE_DISCOUNTS"], load: () => import("@/pages/campaigns") },
  { area: "segments", path: "/segments", load: () => import("@/pages/segments"), texts: ["pages/program", "pages/rules"] },
  { area: "publish", path: "/publish", load: () => import("@/pages/publish"), texts: ["pages/tiers"] },
  { area: "members", path: "/members", for: ["MANAGE_USERS", "MANAGE_ORDERS"], load: () => import("@/pages/members") },
  { area: "overview", path: "/overview", load: () => import("@/pages/overview") },
  { area: "month-end", path: "/month-end", load: () => import("@/pages/month-end") },
  { area: "activity", path: "/activity", load: () => import("@/pages/activity"), texts: ["pages/members"] },
  { area: "settings", path: "/settings", for: ["MANAGE_APPS"], load: () => import("@/pages/settings"), tabs: TABS },
];
