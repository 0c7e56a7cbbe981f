import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { useApi, type Answer } from "@/api";
import { dataOf } from "@/api/client";
import type { ApiFailure } from "@/api/failure";

/** What references are called, by kind. */
export type Known = Readonly<Record<string, Readonly<Record<string, string>>>>;
type Named = Answer<"/api/dashboard/v1/catalog/names", "post">;

/** So many are named at once; whatever is beyond is shown as it is referred to. */
const MOST = 300;

export interface Names {
  readonly known: Known;
  readonly missing: readonly { readonly kind: string; readonly reference: string }[];
  readonly failure: ApiFailure | null;
  readonly retry: () => void;
  readonly learn: (kind: string, reference: string, name: string) => void;
}

/** The names of what rules refer to: asked of the store once, and learned where something is picked. */
export function useNames(references: Readonly<Record<string, readonly string[]>>): Names {
  const { api } = useApi();
  const [learned, setLearned] = useState<Known>({});
  const asked = limited(references);
  const query = useQuery<Named, ApiFailure>({
    queryKey: ["/api/dashboard/v1/catalog/names", asked],
    queryFn: ({ signal }) => dataOf(api.POST("/api/dashboard/v1/catalog/names", { body: asked as never, signal })) as Promise<Named>,
    enabled: Object.keys(asked).length > 0,
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
  const known = useMemo(() => merged(query.data?.items ?? [], learned), [query.data, learned]);
  return {
    known,
    missing: (query.data?.missing ?? []).filter(({ kind, reference }) => known[kind]?.[reference] === undefined),
    failure: query.error,
    retry: () => void query.refetch(),
    learn: (kind, reference, name) => setLearned((now) => ({ ...now, [kind]: { ...now[kind], [reference]: name } })),
  };
}

function limited(references: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  let left = MOST;
  const found: Record<string, string[]> = {};
  for (const [kind, all] of Object.entries(references)) {
    const some = all.slice(0, left);
    left -= some.length;
    if (some.length > 0) found[kind] = some;
  }
  return found;
}

function merged(items: readonly { kind: string; reference: string; name: string }[], learned: Known): Known {
  const found: Record<string, Record<string, string>> = {};
  for (const { kind, reference, name } of items) (found[kind] ??= {})[reference] = name;
  for (const [kind, names] of Object.entries(learned)) found[kind] = { ...found[kind], ...names };
  return found;
}
