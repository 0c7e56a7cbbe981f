import { list, record, text, whole, type Json } from "@/pages/program/json";

export const LINES = ["points", "orders", "spend"] as const;
export type LineKind = (typeof LINES)[number];

/** The line of a milestone, and what becomes of its perk around it. */
export interface MilestoneForm {
  kind: LineKind;
  min: number | string | null;
  /** A row for each currency; those without an amount are not asked for. */
  limits: { currency: string; min: string | null }[];
  keep: boolean;
  retroactive: boolean;
}

/** A milestone as its fields show it; null where a rule has none. */
export function milestoneOf(value: unknown, currencies: readonly string[]): MilestoneForm | null {
  if (typeof value !== "object" || value === null) return null;
  const { line: told, keep, retroactive } = record(value);
  const line = record(told);
  const kind = LINES.find((one) => one === line.type) ?? "points";
  const known = list(line.limits).map(record);
  const rows = [...new Set([...known.map((one) => text(one.currency)), ...currencies])];
  return {
    kind,
    min: whole(line.min, null),
    limits: rows.map((currency) => ({ currency, min: text(known.find((one) => one.currency === currency)?.min) || null })),
    keep: keep !== false,
    retroactive: retroactive === true,
  };
}

/** The milestone as the document keeps it, and which of its rows stand where. */
export function milestoneIn(form: MilestoneForm): { milestone: Json; rows: readonly number[] } {
  const { kind, min, keep, retroactive } = form;
  const rows = form.limits.map((_, at) => at).filter((at) => form.limits[at]?.min !== null);
  const line = kind === "spend" ? { type: kind, limits: rows.map((at) => ({ ...form.limits[at] })) } : { type: kind, min };
  return { milestone: { line, keep, retroactive }, rows: kind === "spend" ? rows : [] };
}
