/** Ranges of plain dates ("2026-11-22"): text in, text out, whatever the zone of the computer. */
export interface Days {
  readonly since: string;
  readonly until: string;
}

export type Step = "day" | "week";
export const PRESETS = ["week", "month", "this_month", "last_month", "year"] as const;
export type Preset = (typeof PRESETS)[number];

const DAY = 86_400_000;
/** Beyond so many days a chart shows weeks. */
const MOST_SINGLE_DAYS = 92;

function at(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function text(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** The day so many days after another; before, below zero. */
export function plusDays(day: string, days: number): string {
  return text(at(day) + days * DAY);
}

/** How many days a range has, both ends included. */
export function lengthOf(days: Days): number {
  return Math.round((at(days.until) - at(days.since)) / DAY) + 1;
}

/** The days behind a preset, seen from `today`. */
export function daysOf(preset: Preset, today: string): Days {
  const first = `${today.slice(0, 7)}-01`;
  switch (preset) {
    case "week":
      return { since: plusDays(today, -6), until: today };
    case "month":
      return { since: plusDays(today, -29), until: today };
    case "this_month":
      return { since: first, until: today };
    case "last_month": {
      const until = plusDays(first, -1);
      return { since: `${until.slice(0, 7)}-01`, until };
    }
    case "year":
      return { since: plusDays(today, -364), until: today };
  }
}

/** What a chart of a range shows at once. */
export function stepOf(days: Days): Step {
  return lengthOf(days) > MOST_SINGLE_DAYS ? "week" : "day";
}

/** How a figure changed, in whole percent; null where there was nothing before. */
export function changeOf(now: number, before: number): number | null {
  return before === 0 ? null : Math.round(((now - before) / Math.abs(before)) * 100);
}

/** Whether the text is a day of the calendar. */
export function isDay(day: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at(day)) && text(at(day)) === day;
}
