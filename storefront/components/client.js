/** What is asked of the app, and kept for a moment: all that ask alike share an answer. */

import { LONGEST_WAIT, pauseBefore, standing } from "./redemption.js";
import { ask, browserWire, Failure } from "./transport.js";

/** @typedef {import("./amounts.js").Money} Money */
/** @typedef {import("./amounts.js").Rate} Rate */
/** @typedef {import("./joining.js").Membership} Membership */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./preferences.js").Preferences} Preferences */
/** @typedef {import("./telling.js").Told} Told */
/** @typedef {import("./tier.js").Tier} Tier */
/** @typedef {import("./redemption.js").Problem} Problem */
/** @typedef {import("./redemption.js").Redemption} Redemption */
/** @typedef {import("./tokens.js").Tokens} Tokens */
/** @typedef {import("./transport.js").Answer} Answer */
/** @typedef {import("./transport.js").Wire} Wire */
/** @typedef {import("./words.js").Names} Names */
/** @typedef {"shopper" | "whoever" | "passer-by" | "anybody"} Who In whose name is asked; of a passer-by with a token only where it can be had. */
/** @typedef {{id: string, name: string, price: Money, threshold: Money | null, when?: string | null}} Offer */
/** @typedef {Offer & {missing: Money}} Delivery */
/** @typedef {{minimum_points: number, step: number, maximum_share: number, minimum_order: Money | null, hold_minutes: number}} SpendingLimits */
/** @typedef {{channel: string, currency: string, earn: Rate | null, worth: Rate | null, spending: SpendingLimits | null, shipping: Offer[]}} Terms */
/** @typedef {{id: string, name: string, gives: string, when: string | null}} Rule */
/** @typedef {{program: Names, rules: Rule[], available: string, expiry: string, channels: Terms[], ending?: {text: string} | null}} Program */
/** @typedef {{available: number, pending: number, held: number, lifetime: number, worth: Money | null, expiring: {amount: number, expires_at: string}[]}} Points */
/** @typedef {{program: Names | null, member_since: string | null, points: Points, status_points: number | null}} Me */
/** @typedef {"points" | "status"} Unit Points to be spent, or status points, which count for tiers alone. */
/** @typedef {{id: string, kind: string, amount: number, state: string, time: string, order_number: string | null, reason: string, explanation: string[], available_from: string | null, expires_at: string | null}} Entry */
/** @typedef {{entries: Entry[], page_info: {has_next_page: boolean, end_cursor: string | null}}} History */
/** @typedef {{available: number, most_points: number, most_discount: Money, minimum_points: number, step: number, refusal: Problem | null, redemption: Redemption | null}} Spending */
/** @typedef {{program: Names, points: number, worth: Money | null, steps: {text: string}[], shipping: Delivery[]}} Estimate */
/** @typedef {{id: string, channel: string, currency: string, earning: {points: number, hints: string[]}, shipping: Delivery[], spending: Spending | null}} Checkout */

const READ = { patience: 8000, tries: 2 };
/** A repetition is the same wish by its key, so it is safe. */
const CHANGE = { patience: 15_000, tries: 2 };
/** So often it is looked for a code that the store is slow to make. */
const MOST_LOOKS = 10;
/** Components that come up one after the other share one answer. */
const FRESH = 1000;
/** So many products are asked for at once, and so long it is waited for others to join in. */
const MOST_PRODUCTS = 100;
const GATHERED = 20;

/**
 * @typedef {object} Place
 * @property {string} api address of the loyalty app
 * @property {string} store address or host of the store's Saleor
 * @property {string} language
 * @property {string} token
 * @property {string} endpoint
 */

/** The storefront API for one store, in one language, for one shopper or none. */
export class Client {
  /**
   * @param {Place} place
   * @param {Tokens} tokens
   * @param {Page} page
   * @param {Wire} [wire]
   */
  constructor(place, tokens, page, wire = browserWire) {
    this.place = place;
    this.tokens = tokens;
    this.page = page;
    this.wire = wire;
    /** @type {Map<string, {epoch: number, at: number, answer: Promise<any>}>} */
    this.known = new Map();
    /** @type {Map<string, {products: Set<string>, answer: Promise<import("./loyalty-price.js").Prices>}>} */
    this.batches = new Map();
  }

  /**
   * @param {string} channel
   * @returns {Promise<Program>}
   */
  program(channel) {
    return this.#read("program", [["store", this.place.store], ["channel", channel]], "anybody");
  }

  /**
   * @param {string} channel
   * @returns {Promise<Me>}
   */
  me(channel) {
    return this.#read("me", [["channel", channel]], "shopper");
  }

  /**
   * @param {Unit} unit
   * @param {number} first
   * @param {string} [after]
   * @returns {Promise<History>}
   */
  history(unit, first, after = "") {
    return this.#read("me/history", [["unit", unit === "points" ? "" : unit], ["first", String(first)], ["after", after]], "shopper");
  }

  /** What the shopper prefers; null of who is no member. @returns {Promise<Preferences | null>} */
  preferences() {
    return this.#ofMember("me/preferences");
  }

  /** Where the shopper stands between the tiers; null of who is no member. @returns {Promise<Tier | null>} */
  tier() {
    return this.#ofMember("me/tier");
  }

  /** What the shopper told of themselves; null of who is no member. @returns {Promise<Told | null>} */
  async told() {
    const [birthday, asked] = await Promise.all([this.#ofMember("me/birthday"), this.#ofMember("me/questions")]);
    return birthday && asked && { birthday, questions: asked.questions };
  }

  /** What runs for the shopper; null of who is no member. @returns {Promise<import("./campaigns.js").Campaign[] | null>} */
  async campaigns() {
    const found = await this.#ofMember("me/campaigns");
    return found && found.campaigns;
  }

  /**
   * Whether the shopper may buy a product, by its slug or id; null of what the store does not have.
   *
   * @param {string} product
   * @returns {Promise<import("./loyalty-access.js").Access | null>}
   */
  async access(product) {
    const { items } = await this.#read("me/access", [["products", product]], "shopper");
    return items[0] ?? null;
  }

  /**
   * The prices of a product's variants. What all elements of a page ask at once is asked together.
   *
   * @param {string} channel
   * @param {string} product slug or id
   * @returns {Promise<import("./loyalty-price.js").Prices>}
   */
  async prices(channel, product) {
    let batch = this.batches.get(channel);
    if (!batch || batch.products.size >= MOST_PRODUCTS) {
      /** @type {Set<string>} */
      const products = new Set();
      const answer = this.wire.pause(GATHERED).then(() => {
        if (this.batches.get(channel) === mine) this.batches.delete(channel);
        return this.#read("me/prices", [["channel", channel], ["products", [...products].join(",")]], "shopper");
      });
      const mine = (batch = { products, answer });
      this.batches.set(channel, mine);
    }
    batch.products.add(product);
    const { history, items } = await batch.answer;
    return { history, items: items.filter((one) => one.product === product) };
  }

  /** Lines and how far they are; null of who is no member. @returns {Promise<import("./milestones.js").Milestone[] | null>} */
  async milestones() {
    const found = await this.#ofMember("me/milestones");
    return found && found.milestones;
  }

  /**
   * The rewards of a channel, and what the shopper took and has still; null of who is no member.
   *
   * @param {string} channel
   * @returns {Promise<import("./rewards.js").Exchange | null>}
   */
  async exchange(channel) {
    const [offered, taken] = await Promise.all([this.#ofMember("me/rewards", [["channel", channel]]), this.#ofMember("me/claims", [["open", "true"], ["first", "100"]])]);
    return offered && taken && { rewards: offered.rewards, claims: taken.claims };
  }

  /**
   * Takes a reward, for a checkout or as a code in a channel; the same press again is the same wish.
   *
   * @param {string} reward
   * @param {{channel: string} | {checkout_id: string}} input
   * @returns {Promise<void>}
   */
  async take(reward, input) {
    const wish = JSON.stringify([this.place.api, "reward", reward, input]);
    const headers = { "Idempotency-Key": this.page.wishes.keyOf(wish) };
    try {
      let answer = await this.#authorized(`me/rewards/${encodeURIComponent(reward)}/claims`, { method: "POST", input, headers, ...CHANGE }, "shopper");
      this.page.wishes.settle(wish);
      for (let asked = 0; answer.body.state === "making" && asked < MOST_LOOKS; asked += 1) {
        await this.wire.pause(pauseBefore(asked, answer.later));
        answer = await this.#authorized(`me/claims/${encodeURIComponent(answer.body.id)}`, READ, "shopper");
      }
      this.page.changed();
    } catch (failure) {
      if (failure instanceof Failure && failure.refused && failure.status !== 401) this.page.wishes.settle(wish);
      throw failure;
    }
  }

  /**
   * @param {string} path
   * @param {[string, string][]} [query]
   * @returns {Promise<any>}
   */
  async #ofMember(path, query = []) {
    try {
      return await this.#read(path, query, "shopper");
    } catch (failure) {
      if (failure instanceof Failure && failure.status === 404) return null;
      throw failure;
    }
  }

  /** @returns {Promise<Membership>} */
  membership() {
    return this.#read("me/membership", [], "shopper");
  }

  /**
   * @param {string} id
   * @returns {Promise<Checkout>}
   */
  checkout(id) {
    return this.#read(`checkouts/${encodeURIComponent(id)}`, [["store", this.place.store]], "whoever");
  }

  /**
   * What one product would earn.
   *
   * @param {[string, string][]} goods as `GET /estimate` takes it
   * @returns {Promise<Estimate>}
   */
  estimateOf(goods) {
    return this.#read("estimate", [["store", this.place.store], ...goods], "passer-by");
  }

  /**
   * What a cart would earn that Saleor does not know.
   *
   * @param {Record<string, unknown>} cart as `POST /estimate` takes it
   * @returns {Promise<Estimate>}
   */
  async estimate(cart) {
    const path = `estimate?${new URLSearchParams({ store: this.place.store })}`;
    return (await this.#authorized(path, { method: "POST", input: cart, ...READ }, "passer-by")).body;
  }

  /**
   * Spends points on a checkout; resolves when the discount is on it.
   *
   * @param {string} checkout
   * @param {number} points
   * @returns {Promise<Redemption>}
   * @throws {Failure} also "too_slow", while it goes on by itself
   */
  async spend(checkout, points) {
    const wish = JSON.stringify([this.place.api, checkout, points]);
    const headers = { "Idempotency-Key": this.page.wishes.keyOf(wish) };
    try {
      const input = { checkout_id: checkout, points };
      const answer = await this.#authorized("redemptions", { method: "POST", input, headers, ...CHANGE }, "shopper");
      const found = await this.#settled(answer);
      this.page.wishes.settle(wish);
      if (found.error) throw new Failure(found.error.code, found.error.message, { detail: found.error.detail, status: 409 });
      return found;
    } catch (failure) {
      if (failure instanceof Failure && failure.refused && failure.status !== 401) this.page.wishes.settle(wish);
      throw failure;
    }
  }

  /**
   * Gives the points of a redemption back; resolves when they are.
   *
   * @param {string} id
   * @returns {Promise<Redemption>}
   */
  async release(id) {
    return this.#settled(await this.#authorized(`redemptions/${encodeURIComponent(id)}`, { method: "DELETE", ...CHANGE }, "shopper"));
  }

  /**
   * Waits for a redemption that is on its way.
   *
   * @param {string} id
   * @returns {Promise<Redemption>}
   */
  async follow(id) {
    return this.#settled(await this.#state(id));
  }

  /**
   * Changes something in the shopper's name; all read again what it may have changed.
   *
   * @param {string} path
   * @param {{method?: string, input?: unknown}} [more]
   * @returns {Promise<any>}
   */
  async call(path, more = {}) {
    const { body } = await this.#authorized(path, { ...more, ...CHANGE }, "shopper");
    this.page.changed();
    return body;
  }

  /** @param {string} id */
  #state(id) {
    return this.#authorized(`redemptions/${encodeURIComponent(id)}`, READ, "shopper");
  }

  /**
   * @param {Answer} answer
   * @returns {Promise<Redemption>}
   */
  async #settled(answer) {
    let waited = 0;
    for (let asked = 0; ["waiting", "returning"].includes(standing(answer.body)) && !answer.body.error; asked += 1) {
      if (waited >= LONGEST_WAIT) throw new Failure("too_slow");
      const pause = pauseBefore(asked, answer.later);
      await this.wire.pause(pause);
      waited += pause;
      answer = await this.#state(answer.body.id);
    }
    return answer.body;
  }

  /**
   * @param {string} path
   * @param {[string, string][]} query
   * @param {Who} who
   * @returns {Promise<any>}
   */
  #read(path, query, who) {
    const told = query.filter(([, value]) => value);
    const asked = `${path}?${new URLSearchParams(told)}`;
    const known = this.known.get(asked);
    if (known && known.epoch === this.page.epoch && performance.now() - known.at < FRESH) return known.answer;
    const answer = this.#authorized(asked, READ, who).then(({ body }) => {
      entry.at = performance.now();
      return body;
    });
    const entry = { epoch: this.page.epoch, at: Infinity, answer };
    answer.catch(() => this.known.get(asked) === entry && this.known.delete(asked));
    this.known.set(asked, entry);
    return answer;
  }

  /**
   * @param {string} path
   * @param {{method?: string, input?: unknown, headers?: Record<string, string>, patience: number, tries: number}} wish
   * @param {Who} who
   * @returns {Promise<Answer>}
   */
  async #authorized(path, wish, who) {
    const token = await this.#token(who);
    try {
      return await this.#sent(path, wish, who, token);
    } catch (failure) {
      if (!token || !(failure instanceof Failure) || failure.status !== 401) throw failure;
      const renewed = await this.tokens.renew(token);
      if (!renewed && (await this.tokens.current())) throw failure;
      return this.#sent(path, wish, who, renewed);
    }
  }

  /**
   * @param {Who} who
   * @returns {Promise<string | null>}
   */
  async #token(who) {
    if (who === "anybody") return null;
    try {
      return await this.tokens.current();
    } catch (failure) {
      if (who === "passer-by") return null;
      throw failure;
    }
  }

  /**
   * @param {string} path
   * @param {{headers?: Record<string, string>, patience: number, tries: number}} wish
   * @param {string} who
   * @param {string | null} token
   */
  #sent(path, wish, who, token) {
    if (who === "shopper" && !token) throw new Failure("signed_out");
    const url = `${this.place.api}/api/storefront/v1/${path}`;
    const headers = { "Accept-Language": this.place.language, ...wish.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    return ask({ ...wish, url, headers }, this.wire);
  }
}
