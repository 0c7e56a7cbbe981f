import { useApiQuery, type Answer } from "@/api";

export type Board = Answer<"/api/dashboard/v1/tiers">;
export type LevelNumbers = Board["levels"][number];

/** How often the board is asked for while members are being looked at, in milliseconds. */
const SOON = 2_000;
/** And otherwise: a change that was just published begins to be met a little later. */
const LATER = 20_000;

/** The tiers in force with their numbers, followed while members are looked at under new ones. */
export function useBoard() {
  const path = "/api/dashboard/v1/tiers";
  const seen = useApiQuery(path);
  return useApiQuery(path, undefined, { refetchInterval: seen.data?.sweep?.running ? SOON : LATER });
}
