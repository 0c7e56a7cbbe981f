/** <loyalty-estimate>: what a cart earns, or what stands on a product page. */

import { h } from "./dom.js";
import { define, LoyaltyElement } from "./element.js";

/** @typedef {import("./client.js").Names} Names */
/** @typedef {{points: number, names: Names | null, hints: string[], cart: boolean}} Shown */
/** @typedef {{currency: string, lines: Record<string, unknown>[], country?: string, locale?: string, voucher_used?: boolean}} Cart */

/** Attributes that describe goods; in the request they have "_" for "-". */
const GOODS = ["gross", "net", "currency", "quantity", "product-id", "product-slug", "variant-id", "sku", "category", "collection", "product-type", "sale", "country"];
/** A name that begins with "on" would be taken for an event by some frameworks. */
const RENAMED = { sale: "on_sale" };
/** Of these several may be given, with spaces between. */
const SEVERAL = new Set(["category", "collection"]);

/** @extends {LoyaltyElement<Shown>} */
class LoyaltyEstimate extends LoyaltyElement {
  static observedAttributes = [...LoyaltyElement.observedAttributes, ...GOODS];
  static rules = `
:host { min-block-size: 1.5em; font-size: 0.9375em; }
.hint { display: block; color: var(--loyalty-soft, inherit); font-size: 0.9375em; }
.earn { font-weight: 550; }
`;

  /** @type {Cart | null} */
  #cart = null;

  connectedCallback() {
    // A page may have set it before this file was there.
    if (Object.hasOwn(this, "cart")) {
      const { cart } = this;
      delete (/** @type {{cart?: Cart | null}} */ (this)).cart;
      this.cart = cart;
    }
    super.connectedCallback();
  }

  /** A cart that Saleor does not know: {currency, lines} as `POST /estimate` takes them. */
  get cart() {
    return this.#cart;
  }

  set cart(cart) {
    this.#cart = cart;
    this.refresh();
  }

  async load() {
    const id = this.given("checkout");
    const channel = this.given("channel");
    const { client } = this;
    if (id) {
      const [{ earning }, names] = await Promise.all([client.checkout(id), this.given("store") ? client.program(channel).then(({ program }) => program, () => null) : null]);
      return shown(earning.points, names, earning.hints, true);
    }
    const cart = this.#cart;
    if (cart) {
      const found = await client.estimate({ locale: this.words.locale, ...cart, channel });
      return shown(found.points, found.program, found.steps.map(({ text }) => text), true);
    }
    if (!this.given("gross") && !this.given("net")) return null;
    const found = await client.estimateOf([["channel", channel], ...this.#goods()]);
    return shown(found.points, found.program, [], false);
  }

  /** @returns {[string, string][]} */
  #goods() {
    return GOODS.flatMap((name) => {
      const value = this.given(name);
      const values = SEVERAL.has(name) ? value.split(/\s+/) : [value];
      return values.filter(Boolean).map((one) => /** @type {[string, string]} */ ([/** @type {Record<string, string>} */ (RENAMED)[name] ?? name.replaceAll("-", "_"), one]));
    });
  }

  state() {
    return this.words.locale;
  }

  /** @param {Shown} shown */
  draw({ points, names, hints, cart }) {
    const text = this.words.t(cart ? "estimate.checkout" : "estimate.product", { points: this.words.points(points, names) });
    return [
      points > 0 && h("span", { class: "earn", part: "text", "data-earn": points }, text),
      hints.map((hint) => h("span", { class: "hint", part: "hint" }, hint)),
    ];
  }

  /**
   * Of a cart there is one on a page; of products there may be many, which would all say the same.
   *
   * @param {unknown} fault
   */
  drawFailed(fault) {
    return this.given("checkout") || this.#cart ? this.drawFailedLine(fault) : [];
  }
}

/**
 * @param {number} points
 * @param {Names | null} names
 * @param {string[]} hints
 * @param {boolean} cart
 * @returns {Shown | null}
 */
function shown(points, names, hints, cart) {
  return points > 0 || hints.length ? { points, names, hints, cart } : null;
}

define("loyalty-estimate", LoyaltyEstimate);
