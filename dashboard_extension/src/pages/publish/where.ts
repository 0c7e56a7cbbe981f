/** Where in the pages a problem of the draft is mended. */
import type { Json } from "@/pages/program/json";

/** A page of the draft, as the navigation names it, and its address. */
export interface Place {
  area: string;
  to: string;
}

const RULES: Place = { area: "rules", to: "/rules" };
const BONUSES: Place = { area: "bonuses", to: "/bonuses" };
const EVENTS: Place = { area: "events", to: "/events" };
/** The pages of sections that have one of their own; all others are on the page Program. */
const SECTIONS: Readonly<Record<string, Place>> = {
  earning: RULES,
  tiers: { area: "tiers", to: "/tiers" },
  rewards: { area: "rewards", to: "/reward-catalog" },
  segments: { area: "segments", to: "/segments" },
  bonuses: BONUSES,
  goodwill: BONUSES,
  events: EVENTS,
};
/** The pages on which rules that wait for something else than orders are written. */
const TRIGGERS: Readonly<Record<string, Place>> = {
  account_confirmed: BONUSES,
  birthday: BONUSES,
  anniversary: BONUSES,
  question_answered: BONUSES,
  custom_event: EVENTS,
};

/**
 * The page on which what stands at a path of the document is written.
 *
 * @param path such as "earning.rules[1].then"
 */
export function placeOf(path: string, document: Json): Place {
  const [section = ""] = path.split(/[.[]/, 1);
  const rule = /^earning\.rules\[(\d+)\]/.exec(path);
  const rules = (document.earning as { rules?: Json[] } | undefined)?.rules ?? [];
  const trigger = rule === null ? undefined : rules[Number(rule[1])]?.trigger;
  return TRIGGERS[String(trigger)] ?? SECTIONS[section] ?? { area: "program", to: "/program" };
}
