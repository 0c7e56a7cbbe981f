import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import type { FetchOptions } from "openapi-fetch";
import type { HttpMethod, PathsWithMethod, SuccessResponseJSON } from "openapi-typescript-helpers";
import { createContext, useContext, useRef } from "react";

import { dataOf, type Api, type Fetch } from "./client";
import { ApiFailure } from "./failure";
import { IntentKey } from "./intent";
import type { paths } from "./schema";

/** The client of the page, and the `fetch` behind it for what is no JSON. */
export interface ApiAccess {
  readonly api: Api;
  readonly fetch: Fetch;
}

export const ApiContext = createContext<ApiAccess | null>(null);

/** The client: for what `useApiQuery` and `useApiMutation` do not cover. */
export function useApi(): ApiAccess {
  const access = useContext(ApiContext);
  if (access === null) throw new Error("useApi stands outside of the shell");
  return access;
}

type Get = PathsWithMethod<paths, "get">;
type Writing = "post" | "put" | "patch" | "delete";
type Operation<P extends keyof paths, M extends HttpMethod> = NonNullable<M extends keyof paths[P] ? paths[P][M] : never>;
/** The JSON that a path answers when all is well. */
export type Answer<P extends keyof paths, M extends HttpMethod = "get"> =
  Operation<P, M> extends infer O extends Record<string | number, unknown> ? SuccessResponseJSON<O> : never;
/** Parameters and body of a request. */
export type Asked<P extends keyof paths, M extends HttpMethod = "get"> = FetchOptions<Operation<P, M>>;

// Paths and methods are checked where the hooks are called; inside, one signature stands for all.
type Call = (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

function call(api: Api, method: HttpMethod): Call {
  return api[method.toUpperCase() as "GET"] as unknown as Call;
}

/** The key under which an answer is kept: give `[path]` to `invalidate` all of a path. */
export function apiKey(path: string, init?: object): readonly unknown[] {
  return init === undefined ? [path] : [path, init];
}

interface Reading {
  /** false: not asked yet, such as while something it depends on is missing. */
  readonly enabled?: boolean;
  /** Asks anew this often, in milliseconds. */
  readonly refetchInterval?: number | false;
  /** Shows the answer before while the next one is on its way: for filters. */
  readonly keep?: boolean;
  /** Asks anew whenever it is shown, also where it was read a moment ago. */
  readonly fresh?: boolean;
}

/** What a GET path answers; asked anew when the page is looked at again. */
export function useApiQuery<P extends Get>(
  path: P,
  init?: Asked<P>,
  reading: Reading = {},
): UseQueryResult<Answer<P>, ApiFailure> {
  const { api } = useApi();
  const { keep, fresh, ...options } = reading;
  return useQuery<Answer<P>, ApiFailure>({
    queryKey: apiKey(path, init),
    queryFn: ({ signal }) => dataOf(call(api, "get")(path, { ...init, signal })) as Promise<Answer<P>>,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...(fresh ? { refetchOnMount: "always" as const } : {}),
    ...options,
  });
}

interface PageOf<Item> {
  items: Item[];
  next?: string | null;
}
type ItemOf<P extends Get> = Answer<P> extends { items: (infer Item)[] } ? Item : never;
export type Pages<Item> = UseInfiniteQueryResult<InfiniteData<PageOf<Item>>, ApiFailure>;

interface Paging {
  /** How many a page has. */
  readonly first?: number;
  /** Asks anew whenever the list is shown, also where it was read a moment ago. */
  readonly fresh?: boolean;
}

/** A list that is read page by page: the path answers `{items, next}` and takes `first`, `after`. */
export function useApiPages<P extends Get>(path: P, init?: Asked<P>, { first = 25, fresh = false }: Paging = {}): Pages<ItemOf<P>> {
  const { api } = useApi();
  const params = (init as { params?: { query?: object } } | undefined)?.params;
  return useInfiniteQuery<PageOf<ItemOf<P>>, ApiFailure, InfiniteData<PageOf<ItemOf<P>>>, readonly unknown[], string | null>({
    queryKey: [...apiKey(path, init ?? {}), first],
    initialPageParam: null,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...params?.query, first, ...(pageParam === null ? {} : { after: pageParam }) };
      return dataOf(call(api, "get")(path, { ...init, params: { ...params, query }, signal })) as Promise<PageOf<ItemOf<P>>>;
    },
    getNextPageParam: (last) => last.next ?? null,
    placeholderData: keepPreviousData,
    ...(fresh ? { refetchOnMount: "always" as const } : {}),
  });
}

interface Changing<Data> {
  /** Paths whose answers are over once it is done; by default all of them are. */
  readonly invalidates?: readonly (keyof paths)[];
  /** For what moves points: sends `Idempotency-Key`, one for each intent of the person. */
  readonly idempotent?: boolean;
  readonly onSuccess?: (data: Data) => void;
  readonly onError?: (failure: ApiFailure) => void;
}

/** Sends a change: `mutate({params, body})`. */
export function useApiMutation<M extends Writing, P extends PathsWithMethod<paths, M>>(
  method: M,
  path: P,
  changing: Changing<Answer<P, M>> = {},
): UseMutationResult<Answer<P, M>, ApiFailure, Asked<P, M>> {
  const { api } = useApi();
  const queries = useQueryClient();
  const intent = useRef(new IntentKey());
  return useMutation<Answer<P, M>, ApiFailure, Asked<P, M>>({
    mutationFn: async (init) => {
      if (!changing.idempotent) return (await dataOf(call(api, method)(path, init))) as Answer<P, M>;
      const key = intent.current.of(init);
      try {
        const params = (init as { params?: { header?: object } }).params;
        const header = { ...params?.header, "Idempotency-Key": key };
        const data = await dataOf(call(api, method)(path, { ...init, params: { ...params, header } }));
        intent.current.settled();
        return data as Answer<P, M>;
      } catch (failure) {
        if (failure instanceof ApiFailure && !failure.mayPass) intent.current.settled();
        throw failure;
      }
    },
    onSuccess: async (data) => {
      changing.onSuccess?.(data);
      const over = changing.invalidates;
      if (over === undefined) await queries.invalidateQueries();
      else await Promise.all(over.map((one) => queries.invalidateQueries({ queryKey: [one] })));
    },
    onError: (failure) => changing.onError?.(failure),
  });
}
