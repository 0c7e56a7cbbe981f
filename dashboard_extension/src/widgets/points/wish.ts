import { z } from "zod";

/** More in one go is a typing error. */
export const MOST_POINTS = 10_000_000;
export const LONGEST_NOTE = 500;

export interface Reason {
  readonly code: string;
  readonly name: string;
  readonly gives: boolean;
  readonly takes: boolean;
}

export interface Wish {
  direction: "give" | "take";
  points: number | string | null;
  reason: string;
  note: string;
}

type Say = (id: string, values?: Record<string, number>) => string;

/** The reasons that fit the direction. */
export function reasonsFor(reasons: readonly Reason[], direction: Wish["direction"]): Reason[] {
  return reasons.filter((one) => (direction === "give" ? one.gives : one.takes));
}

/** Whether colleagues need a note to understand it later; the server asks the same. */
export function needsNote(wish: Pick<Wish, "direction" | "reason">): boolean {
  return wish.direction === "take" || wish.reason === "other";
}

/** What may be sent; its messages are for the person at the screen. */
export function wishSchema(say: Say, reasons: readonly Reason[], available: number) {
  return z
    .object({
      direction: z.enum(["give", "take"]),
      points: z
        .number({ error: say("points.need_number") })
        .int(say("points.need_number"))
        .min(1, say("points.need_number"))
        .max(MOST_POINTS, say("points.too_many", { most: MOST_POINTS })),
      reason: z.string(),
      note: z.string().trim().max(LONGEST_NOTE),
    })
    .superRefine((wish, context) => {
      if (!reasonsFor(reasons, wish.direction).some((one) => one.code === wish.reason)) {
        context.addIssue({ code: "custom", path: ["reason"], message: say("points.need_reason") });
      }
      if (needsNote(wish) && wish.note === "") {
        context.addIssue({ code: "custom", path: ["note"], message: say("points.need_note") });
      }
      if (wish.direction === "take" && wish.points > available) {
        context.addIssue({ code: "custom", path: ["points"], message: say("points.has_only", { available }) });
      }
    });
}

/** What the wish comes to: above zero is given. */
export function signed(wish: { direction: Wish["direction"]; points: number }): number {
  return wish.direction === "give" ? wish.points : -wish.points;
}
