import { PAGES } from "@/shell/pages";

/** The address of a page or a tab of one; null where this version has none. */
export function addressOf(area: string): string | null {
  return PAGES.flatMap((page) => [page, ...(page.tabs ?? [])]).find((page) => page.area === area)?.path ?? null;
}

/** Problems that a tab of the settings mends, by how their keys begin. */
const TABS: readonly (readonly [string, string])[] = [
  ["mail-failing", "settings/messages"],
  ["sms-failing", "settings/messages"],
  ["expiry-notices", "settings/messages"],
  ["webhook-off:", "settings/webhooks"],
];

/** Where a problem is mended: the very tab where it is known, else the page; null = outside of the app. */
export function mendedAt(problem: { key: string; mended_on: string | null }): string | null {
  if (problem.mended_on === null) return null;
  if (problem.key.startsWith("consents-due")) return "/settings/messages/consents";
  const tab = TABS.find(([beginning]) => problem.key.startsWith(beginning));
  return addressOf(tab?.[1] ?? problem.mended_on);
}
