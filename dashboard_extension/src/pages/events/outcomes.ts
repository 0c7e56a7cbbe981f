import type { components } from "@/api";
import type { Tone } from "@/kit";

export type Outcome = components["schemas"]["EventLine"]["outcome"];
export const OUTCOMES: readonly Outcome[] = ["given", "nothing", "withheld", "unknown_member", "refused", "reversed"];

/** How much an outcome asks for somebody to look at it. */
export const TONES: Readonly<Record<Outcome, Tone>> = {
  given: "success",
  nothing: "neutral",
  withheld: "warning",
  unknown_member: "warning",
  refused: "error",
  reversed: "info",
};
