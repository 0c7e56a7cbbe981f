import createClient, { type Client } from "openapi-fetch";

import { ApiFailure, failureFrom, failureOf } from "./failure";
import type { paths } from "./schema";

/** Who asks: the token and language as they are at the moment of each request. */
export interface Asker {
  token(): string | null;
  language(): string;
  /** Waits for a token other than `old`; gives whether it came. */
  otherToken(old: string | null): Promise<boolean>;
}

/**
 * So long an answer may take, in milliseconds: to a question, and to what changes something, which may be large or a
 * long work. What never answers would otherwise be waited for without end.
 */
export const PATIENCE = { question: 45_000, change: 180_000 } as const;

export type Fetch = (request: Request) => Promise<Response>;
export type Api = Client<paths>;

/**
 * Sends requests in the name of the staff member. A token that ran out while a computer slept is
 * replaced by the Dashboard within moments: the request waits for that and goes out once more.
 */
export function asking(asker: Asker, fetch: Fetch = (request) => globalThis.fetch(request)): Fetch {
  async function send(request: Request, again: boolean): Promise<Response> {
    const token = asker.token();
    const signed = new Request(request.clone(), { credentials: "omit" });
    signed.headers.set("Authorization", `Bearer ${token ?? ""}`);
    signed.headers.set("Accept-Language", asker.language());
    const response = await answer(signed, request.signal, fetch);
    if (response.status !== 401 || !again) return response;
    const { code, detail } = await failureOf(response);
    const over = code === "invalid_token" && detail.reason === "expired";
    return over && (await asker.otherToken(token)) ? send(request, false) : response;
  }
  return (request) => send(request, true);
}

/** Has a request answered in time, its JSON whole. Throws ApiFailure where nothing answers, or only half. */
async function answer(request: Request, left: AbortSignal, fetch: Fetch): Promise<Response> {
  const limit = new AbortController();
  const giveUp = () => limit.abort();
  const timer = setTimeout(giveUp, request.method === "GET" ? PATIENCE.question : PATIENCE.change);
  left.addEventListener("abort", giveUp);
  try {
    const response = await fetch(new Request(request, { signal: limit.signal }));
    if (!/\bjson\b/.test(response.headers.get("Content-Type") ?? "")) return response;
    const { status, statusText, headers } = response;
    return new Response(await response.text(), { status, statusText, headers });
  } catch (cause) {
    if (left.aborted || cause instanceof ApiFailure) throw cause;
    throw new ApiFailure(0, limit.signal.aborted ? "too_slow" : "unreachable", "");
  } finally {
    clearTimeout(timer);
    left.removeEventListener("abort", giveUp);
  }
}

/** The typed client of the Dashboard API; `fetch` is made by `asking`. */
export function newApi(fetch: Fetch): Api {
  return createClient<paths>({ baseUrl: globalThis.location.origin, fetch });
}

/** The data of an answer. Throws ApiFailure for a refusal, and for what is no JSON. */
export async function dataOf<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked.catch((cause: unknown) => {
    throw cause instanceof Error && cause.name === "SyntaxError" ? new ApiFailure(200, "unreadable_answer", "") : cause;
  });
  if (!response.ok) throw failureFrom(response.status, error);
  return data as T;
}
