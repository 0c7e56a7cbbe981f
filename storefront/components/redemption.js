/** Where points stand on their way into a price and back. */

/** @typedef {import("./amounts.js").Money} Money */
/** @typedef {{code: string, message: string, detail: Record<string, unknown>}} Problem */
/**
 * @typedef {object} Redemption
 * @property {string} id
 * @property {string} state
 * @property {number} points
 * @property {number} restored
 * @property {string | null} code
 * @property {Money} discount
 * @property {string | null} checkout_id
 * @property {string | null} order_id
 * @property {string} created_at
 * @property {string} expires_at
 * @property {string | null} ending
 * @property {Problem | null} error
 */

/** Patience with a slow store: after this many milliseconds a person is told and may ask again. */
export const LONGEST_WAIT = 60_000;

/**
 * What a redemption means to the cart: the discount is "spent" (on it), on its way there
 * ("waiting") or back ("returning"), or there is none any more ("over").
 *
 * @param {Redemption | null | undefined} redemption
 * @returns {"none" | "waiting" | "returning" | "spent" | "over"}
 */
export function standing(redemption) {
  if (!redemption) return "none";
  if (redemption.ending) return "returning";
  if (redemption.state === "held" || redemption.state === "issued") return "waiting";
  return redemption.state === "attached" ? "spent" : "over";
}

/**
 * Milliseconds until it is worth asking again: as the app says, and longer the longer it takes.
 *
 * @param {number} asked how often it was asked
 * @param {number | null} later seconds that the app named
 */
export function pauseBefore(asked, later) {
  return Math.max((later ?? 1) * 1000, Math.min(5000, 1000 * 1.4 ** Math.max(0, asked - 2)));
}

/** Refusals that warn of a loss: with the points the cart would lose something better. */
const LOSSES = new Set(["worse_off", "gift_lost", "delivery_lost", "other_code"]);

/** @param {string} code */
export const isLoss = (code) => LOSSES.has(code);

/** A key of its own for every wish of a shopper; the same for the same wish until it is settled. */
export class Wishes {
  constructor() {
    /** @type {Map<string, string>} */
    this.keys = new Map();
  }

  /** @param {string} wish */
  keyOf(wish) {
    const known = this.keys.get(wish);
    if (known) return known;
    const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");
    this.keys.set(wish, key);
    return key;
  }

  /** @param {string} wish */
  settle(wish) {
    this.keys.delete(wish);
  }
}
