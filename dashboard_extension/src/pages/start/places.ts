import { PAGES } from "@/shell/pages";

/** The address of a page or a tab of one; null where this version has none. */
export function addressOf(area: string): string | null {
  return PAGES.flatMap((page) => [page, ...(page.tabs ?? [])]).find((page) => page.area === area)?.path ?? null;
}
