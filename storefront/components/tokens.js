/** Where a shopper's token comes from. It is kept in memory, and nowhere else. */

import { ask, browserWire, Failure } from "./transport.js";

/** @typedef {import("./transport.js").Wire} Wire */
/**
 * @typedef {object} Tokens
 * @property {() => Promise<string | null>} current null = nobody is signed in
 * @property {(old: string) => Promise<string | null>} renew another one than `old`; null = there is none
 * @property {() => void} forget somebody signed in or out
 */

const PATIENCE = 6000;
const NOBODY = new Set([204, 401, 403, 404]);

/**
 * The token that the page gave; it cannot be renewed here.
 *
 * @param {string} token
 * @returns {Tokens}
 */
export function givenToken(token) {
  return { current: async () => token || null, renew: async () => null, forget: () => {} };
}

/**
 * Tokens of the storefront's own server, which knows from its cookie who asks.
 *
 * Clocks of browsers are wrong too often to go by: a token is used until the app refuses it.
 *
 * @param {string} endpoint answers a POST with {"token": "…"}; 204, 401, 403 or 404, or a token of
 *   null, say that nobody is signed in
 * @param {Wire} [wire]
 * @returns {Tokens}
 */
export function tokensFrom(endpoint, wire = browserWire) {
  /** @type {Promise<string | null> | null} */
  let asked = null;

  const fetched = async () => {
    try {
      const { body } = await ask({ url: endpoint, method: "POST", patience: PATIENCE, tries: 2, credentials: "same-origin" }, wire);
      return typeof body?.token === "string" && body.token ? body.token : null;
    } catch (failure) {
      if (failure instanceof Failure && NOBODY.has(failure.status)) return null;
      throw failure;
    }
  };
  const current = () => {
    if (!asked) {
      const mine = fetched();
      mine.catch(() => asked === mine && (asked = null));
      asked = mine;
    }
    return asked;
  };
  return {
    current,
    async renew(old) {
      const before = asked;
      if (before && (await before) === old && asked === before) asked = null;
      const next = await current();
      return next === old ? null : next;
    },
    forget() {
      asked = null;
    },
  };
}
