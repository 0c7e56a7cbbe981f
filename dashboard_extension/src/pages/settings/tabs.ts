import type { PageEntry } from "@/shell/pages";

/** A tab of the settings: a page of its own, with the tab bar above it. */
export interface Tab extends PageEntry {
  /** The id of its name in the tab bar; the text is in `pages/settings/messages.*.json`. */
  readonly label: string;
}

/**
 * The tabs in their order. `area` is the folder below `pages/` that holds the tab's texts; a tab is
 * added when its page works.
 */
export const TABS: readonly Tab[] = [
  { path: "/settings", area: "settings/general", label: "settings.tab.general", for: ["MANAGE_APPS"], load: () => import("@/pages/settings/general") },
  { path: "/settings/storefront", area: "settings/storefront", label: "settings.tab.storefront", for: ["MANAGE_APPS"], load: () => import("@/pages/settings/storefront") },
  { path: "/settings/rewards-page", area: "settings/rewards-page", label: "settings.tab.rewards-page", for: ["MANAGE_APPS"], load: () => import("@/pages/settings/rewards-page") },
  { path: "/settings/messages", area: "settings/messages", label: "settings.tab.messages", for: ["MANAGE_APPS"], load: () => import("@/pages/settings/messages") },
  { path: "/settings/texts", area: "settings/texts", label: "settings.tab.texts", for: ["MANAGE_APPS"], load: () => import("@/pages/settings/texts") },
  { path: "/settings/webhooks", area: "settings/webhooks", label: "settings.tab.webhooks", for: ["MANAGE_APPS"], load: () => import("@/pages/settings/webhooks") },
  { path: "/settings/keys", area: "keys", label: "settings.tab.keys", for: ["MANAGE_APPS"], load: () => import("@/pages/keys") },
  { path: "/settings/import", area: "import", label: "settings.tab.import", for: ["MANAGE_APPS"], load: () => import("@/pages/import") },
  { path: "/settings/data", area: "keeping", label: "settings.tab.data", for: ["MANAGE_APPS"], load: () => import("@/pages/keeping/data") },
  { path: "/settings/secrets", area: "keeping", label: "settings.tab.secrets", for: ["MANAGE_APPS"], load: () => import("@/pages/keeping/secrets") },
  { path: "/settings/wind-down", area: "keeping", label: "settings.tab.wind-down", for: ["MANAGE_APPS"], load: () => import("@/pages/keeping/wind-down") },
];
