import { z } from "zod";

import type { Answer } from "@/api";

export type Retention = Answer<"/api/dashboard/v1/retention">;
export type Kept = Retention["spans"][number]["name"];
export type DaysForm = Partial<Record<Kept, number | string | null>>;

/** What the fields show: the store's own days; empty where the usual ones hold. */
export function daysOf(seen: Retention): DaysForm {
  return Object.fromEntries(seen.spans.map((span) => [span.name, span.own ? span.days : null]));
}

/** Whole days within the bounds of each kind, or nothing. */
export function daysSchema(seen: Retention, wrong: (least: number, most: number) => string) {
  const shape = Object.fromEntries(
    seen.spans.map(({ name, least, most }) => {
      const message = wrong(least, most);
      return [name, z.number({ message }).int(message).min(least, message).max(most, message).nullable()];
    }),
  );
  return z.object(shape);
}

/** Days from one day (YYYY-MM-DD) to another. */
export function daysBetween(from: string, until: string): number {
  return Math.round((Date.parse(until) - Date.parse(from)) / 86_400_000);
}
