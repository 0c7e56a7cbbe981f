import { useEffect, type RefObject } from "react";

/**
 * Keeps the chosen one of a row of links or tabs in sight where the row is wider than the screen.
 * Only the row is scrolled: `scrollIntoView` would move the Dashboard around the frame too.
 */
export function useChosenInSight(row: RefObject<HTMLElement>, chosen: string): void {
  useEffect(() => {
    const list = row.current;
    const tab = list?.querySelector('[aria-current="page"], [aria-selected="true"]');
    if (list === null || !tab) return;
    const outer = list.getBoundingClientRect();
    const inner = tab.getBoundingClientRect();
    if (inner.left >= outer.left && inner.right <= outer.right) return;
    list.scrollBy({ left: inner.left + inner.width / 2 - (outer.left + outer.width / 2) });
  }, [row, chosen]);
}
