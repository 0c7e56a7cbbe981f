import type { Asked } from "@/api";

/** What the list of members is narrowed down to, as it stands in the form and in the address. */
export interface Filters {
  readonly q: string;
  readonly state: string;
  readonly show: string;
  readonly least: number | string | null;
  readonly most: number | string | null;
  readonly since: string | null;
}

export const STATES = ["active", "invited", "guest", "paused", "left", "erased"] as const;
export const SHOWN = ["blocked", "debt", "expiring", "to_do"] as const;
/** "Soon" in days. */
export const SOON = 30;

type Query = NonNullable<NonNullable<Asked<"/api/dashboard/v1/members">["params"]>["query"]>;

/** The filters that an address names; what it names wrongly is left out. */
export function filtersOf(params: URLSearchParams): Filters {
  const one = (name: string, known: readonly string[]) => {
    const value = params.get(name) ?? "";
    return known.includes(value) ? value : "";
  };
  return {
    q: params.get("q") ?? "",
    state: one("state", STATES),
    show: one("show", SHOWN),
    least: whole(params.get("least")),
    most: whole(params.get("most")),
    since: /^\d{4}-\d{2}-\d{2}$/.test(params.get("since") ?? "") ? params.get("since") : null,
  };
}

/** The address of the filters: only what narrows down. */
export function addressOf(filters: Filters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters)
      .map(([name, value]) => [name, String(value ?? "").trim()] as const)
      .filter(([, value]) => value !== ""),
  );
}

/** What the API is asked for. What is typed and is no number yet narrows nothing down. */
export function queryOf(filters: Filters): Query {
  const query: Query = {};
  if (filters.q.trim()) query.q = filters.q.trim();
  if (filters.state) query.state = filters.state as Query["state"];
  if (filters.show === "blocked") query.blocked = true;
  if (filters.show === "debt") query.debt = true;
  if (filters.show === "to_do") query.to_do = true;
  if (filters.show === "expiring") query.expiring_days = SOON;
  if (typeof filters.least === "number") query.least = filters.least;
  if (typeof filters.most === "number") query.most = filters.most;
  if (filters.since) query.joined_since = filters.since;
  return query;
}

function whole(text: string | null): number | null {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
