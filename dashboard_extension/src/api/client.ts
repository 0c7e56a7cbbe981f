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
    const response = await fetch(signed).catch((cause: unknown) => {
      if (request.signal.aborted) throw cause;
      throw new ApiFailure(0, "unreachable", "");
    });
    if (response.status !== 401 || !again) return response;
    const { code, detail } = await failureOf(response);
    const over = code === "invalid_token" && detail.reason === "expired";
    return over && (await asker.otherToken(token)) ? send(request, false) : response;
  }
  return (request) => send(request, true);
}

/** The typed client of the Dashboard API; `fetch` is made by `asking`. */
export function newApi(fetch: Fetch): Api {
  return createClient<paths>({ baseUrl: globalThis.location.origin, fetch });
}

/** The data of an answer. Throws ApiFailure for a refusal. */
export async function dataOf<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw failureFrom(response.status, error);
  return data as T;
}
