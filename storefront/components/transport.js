/** Requests that end: each has a time-out, and is sent again only where that cannot do harm. */

/** @typedef {{ok: boolean, status: number, body: any, later: number | null}} Answer */
/**
 * @typedef {object} Wish
 * @property {string} url
 * @property {string} [method]
 * @property {Record<string, string>} [headers]
 * @property {unknown} [input] the body, sent as JSON
 * @property {number} patience milliseconds for one try
 * @property {number} tries
 * @property {RequestCredentials} [credentials]
 */
/** @typedef {{fetch: typeof fetch, pause: (milliseconds: number) => Promise<void>}} Wire */

const PAUSE = 700;
const LONGEST_PAUSE = 5000;
const AGAIN = new Set([429, 502, 503, 504]);

/** Why something could not be had; `code` is stable, `message` is for people. */
export class Failure extends Error {
  /**
   * @param {string} code
   * @param {string} [message]
   * @param {{detail?: Record<string, unknown>, status?: number}} [more]
   */
  constructor(code, message = "", { detail = {}, status = 0 } = {}) {
    super(message || code);
    this.code = code;
    this.words = message;
    this.detail = detail;
    this.status = status;
  }

  /** Whether it was understood and declined: the same again would be declined again. */
  get refused() {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

/** @type {Wire} */
export const browserWire = {
  fetch: (...given) => fetch(...given),
  pause: (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); }),
};

/**
 * Asks, and gives the answer, whatever its status.
 *
 * @param {Wish} wish
 * @param {Wire} wire
 * @returns {Promise<Answer>}
 * @throws {Failure} "unreachable", "too_slow" or "unreadable"
 */
async function once({ url, method = "GET", headers = {}, input, patience, credentials = "omit" }, { fetch }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const response = await fetch(url, {
      method,
      credentials,
      cache: method === "GET" ? "default" : "no-store",
      headers: { Accept: "application/json", ...headers, ...(input === undefined ? {} : { "Content-Type": "application/json" }) },
      signal: stop.signal,
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
    });
    const text = await response.text();
    const later = Number(response.headers.get("Retry-After")) || null;
    return { ok: response.ok, status: response.status, body: text ? JSON.parse(text) : null, later };
  } catch (fault) {
    if (stop.signal.aborted) throw new Failure("too_slow");
    throw new Failure(fault instanceof SyntaxError ? "unreadable" : "unreachable");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks, and asks again while nobody answers or the other side says "later".
 *
 * @param {Wish} wish
 * @param {Wire} wire
 * @returns {Promise<Answer>}
 * @throws {Failure} also of the app's own refusal, with its code and words
 */
export async function ask(wish, wire = browserWire) {
  for (let left = wish.tries - 1; ; left -= 1) {
    let wait = PAUSE;
    try {
      const answer = await once(wish, wire);
      if (answer.ok) return answer;
      wait = (answer.later ?? 0) * 1000 || PAUSE;
      if (left <= 0 || !AGAIN.has(answer.status) || wait > LONGEST_PAUSE) throw refusal(answer);
    } catch (failure) {
      if (left <= 0 || !(failure instanceof Failure) || failure.status) throw failure;
    }
    await wire.pause(wait);
  }
}

/** @param {Answer} answer */
function refusal({ status, body }) {
  const { code, message, detail } = body?.error ?? {};
  return new Failure(typeof code === "string" ? code : `status_${status}`, typeof message === "string" ? message : "", { detail: detail ?? {}, status });
}
