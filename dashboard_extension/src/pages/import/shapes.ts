import type { components } from "@/api";

export type MemberImport = components["schemas"]["MemberImport"];
export type Figures = components["schemas"]["ImportFigures"];
export type Row = components["schemas"]["MemberImportRow"];

export const PATH = "/api/dashboard/v1/member-imports";
/** What the server takes at once. */
export const MOST_BYTES = 8 * 1024 * 1024;

const AT_WORK = new Set<MemberImport["state"]>(["checking", "booking", "reversing"]);

/** Whether the server goes on with an import by itself. */
export function isAtWork(found: MemberImport): boolean {
  return AT_WORK.has(found.state);
}

/** What was booked, else what would be: what there is to tell of an import. */
export function figuresOf(found: MemberImport): { figures: Figures; booked: boolean } | null {
  if (found.booked !== null) return { figures: found.booked, booked: true };
  return found.checked === null ? null : { figures: found.checked, booked: false };
}

/** People whom an import concerns, however they are known. */
export function peopleIn(figures: Figures): number {
  return figures.members + figures.fetched + figures.guests + figures.new;
}

/** How far an import is: what is done, of how much. */
export function progressOf(found: MemberImport): { done: number; total: number | null } {
  if (found.state === "reversing") return { done: found.handled, total: found.reversal?.before.members ?? null };
  if (found.state === "checking") return { done: found.handled, total: found.rows };
  const waiting = found.checked === null ? found.rows : found.checked.bring + found.checked.there;
  return { done: Math.min(found.handled, waiting), total: waiting };
}
