/** What all components of a page share: a client for those that ask alike, wishes, and tokens. */

import { Client } from "./client.js";
import { Wishes } from "./redemption.js";
import { givenToken, tokensFrom } from "./tokens.js";

/** @typedef {import("./client.js").Place} Place */
/** @typedef {import("./tokens.js").Tokens} Tokens */

const MOST_CLIENTS = 12;

/** The one of a page, also where several copies of this file were loaded. */
export class Page extends EventTarget {
  constructor() {
    super();
    this.epoch = 0;
    this.listens = false;
    this.wishes = new Wishes();
    /** @type {Map<string, Client>} */
    this.clients = new Map();
    /** @type {Map<string, Tokens>} */
    this.endpoints = new Map();
  }

  /** What was read is old, and everybody reads again. */
  changed() {
    this.epoch += 1;
    this.dispatchEvent(new Event("changed"));
  }

  /** Somebody signed in or out. */
  forget() {
    for (const tokens of this.endpoints.values()) tokens.forget();
    this.changed();
  }

  /**
   * @param {Place} place
   * @returns {Client}
   */
  clientOf(place) {
    const name = JSON.stringify([place.api, place.store, place.language, place.token, place.endpoint]);
    let client = this.clients.get(name);
    if (!client) {
      client = new Client(place, this.tokensOf(place), this);
      if (this.clients.size >= MOST_CLIENTS) this.clients.delete([...this.clients.keys()][0] ?? "");
      this.clients.set(name, client);
    }
    return client;
  }

  /** @param {Place} place */
  tokensOf({ token, endpoint }) {
    if (token || !endpoint) return givenToken(token);
    let tokens = this.endpoints.get(endpoint);
    if (!tokens) this.endpoints.set(endpoint, (tokens = tokensFrom(endpoint)));
    return tokens;
  }
}

/** @returns {Page} */
export function pageOf(world = /** @type {any} */ (globalThis)) {
  return (world[Symbol.for("saleor-loyalty.v1")] ??= new Page());
}
