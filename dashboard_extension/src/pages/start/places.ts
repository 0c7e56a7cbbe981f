import { PAGES } from "@/shell/pages";

/** The address of a page; null where this version has none. */
export function addressOf(area: string): string | null {
  return PAGES.find((page) => page.area === area)?.path ?? null;
}
