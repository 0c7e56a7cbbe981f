import { z } from "zod";

/** A moment on the clocks of the store, as an input of the browser gives it. */
const moment = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/);

/** The earliest moment that may be chosen: the next full minute on the clocks of the store. */
export function earliest(now: string): string {
  const clock = wall(now);
  const next = new Date(`${clock}Z`);
  next.setUTCMinutes(next.getUTCMinutes() + 1, 0, 0);
  return next.toISOString().slice(0, 16);
}

/** Whether a moment can be scheduled: it is one, and it is still to come on the clocks of the store. */
export function isToCome(chosen: string | null, now: string): boolean {
  return chosen !== null && moment.safeParse(chosen).success && chosen.slice(0, 16) >= earliest(now);
}

/** The clock's face of a time of the API: without its offset and seconds. */
function wall(at: string): string {
  return at.slice(0, 16);
}

/** What may be chosen of orders from before the program, in the order in which it is offered. */
export const IMPORT_MODES = ["none", "days", "capped", "status_only"] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export interface Backfill {
  readonly mode: ImportMode;
  readonly days: unknown;
  readonly cap: unknown;
}

const count = (most: number) => z.number().int().min(1).max(most);
const choice = z.discriminatedUnion("mode", [
  z.object({ mode: z.literal("none") }),
  z.object({ mode: z.literal("days"), days: count(3650) }),
  z.object({ mode: z.literal("capped"), days: count(3650).nullable(), cap: count(10_000_000) }),
  z.object({ mode: z.literal("status_only"), days: count(3650).nullable() }),
]);

export interface ImportBody {
  readonly mode: ImportMode;
  readonly days: number | null;
  readonly cap: number | null;
}

/** The request of what was chosen; null while a number is missing or out of bounds. */
export function importOf(values: Backfill): ImportBody | null {
  const found = choice.safeParse(values);
  if (!found.success) return null;
  const told = found.data;
  return {
    mode: told.mode,
    days: "days" in told ? told.days : null,
    cap: "cap" in told ? told.cap : null,
  };
}

/** The day so many days before a moment of the store: from when on orders would count. */
export function dayBefore(now: string, days: number): string {
  const day = new Date(`${wall(now).slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - days);
  return day.toISOString().slice(0, 10);
}
