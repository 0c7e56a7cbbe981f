/** <loyalty-price>: what a product costs with a code that is the shopper's, beside what it costs everybody. */

import { h } from "./dom.js";
import { define, LoyaltyElement } from "./element.js";

/** @typedef {import("./amounts.js").Money} Money */
/** @typedef {{price: Money, code: string, own: boolean, last_day: string, condition: string}} Personal */
/** @typedef {{price: Money, known_days: number, complete: boolean}} Lowest */
/** @typedef {{product: string, variant: string, price: Money, personal: Personal | null, lowest: Lowest | null}} Price */
/** @typedef {{history: {days: number, since: string | null} | null, items: Price[]}} Prices */
/** @typedef {Price & {personal: Personal, several: boolean, days: number}} Shown */

/** @extends {LoyaltyElement<Shown>} */
class LoyaltyPrice extends LoyaltyElement {
  static observedAttributes = [...LoyaltyElement.observedAttributes, "product", "variant"];
  static rules = `
:host { font-size: 0.9375em; }
.prices { display: flex; flex-wrap: wrap; gap: 0 0.6em; align-items: baseline; font-variant-numeric: tabular-nums; }
.own { font-size: 1.0625em; font-weight: 650; color: var(--_accent); }
s, .hint { color: var(--loyalty-soft, inherit); }
.hint { font-size: 0.9375em; }
.code { font-weight: 600; overflow-wrap: anywhere; }
`;

  async load() {
    const product = this.given("product");
    return product ? bestOf(await this.client.prices(this.given("channel"), product), this.given("variant")) : null;
  }

  state() {
    return this.words.locale;
  }

  /** @param {Shown} one */
  draw({ price, personal, lowest, several, days }) {
    const { words } = this;
    const own = words.money(personal.price);
    const [before = "", after = ""] = words.t(personal.own ? "price.own_code" : "price.code", { day: words.date(personal.last_day), code: "\0" }).split("\0");
    return [
      h("p", { class: "prices" },
        h("s", { part: "before" }, h("span", { class: "hidden" }, `${words.t("price.before")} `), words.money(price)),
        h("span", { class: "own", part: "price", "data-price": personal.price.amount }, several ? words.t("price.from", { money: own }) : own)),
      h("p", { class: "hint", part: "hint" }, before, h("span", { class: "code", part: "code" }, personal.code), after, personal.condition && ` ${personal.condition}`),
      days > 0 && h("p", { class: "hint", part: "lowest" }, this.#past(lowest, days)),
    ];
  }

  /**
   * @param {Lowest | null} lowest
   * @param {number} days
   */
  #past(lowest, days) {
    const { words } = this;
    if (!lowest) return words.t("price.lowest_unknown", { days });
    const text = words.t("price.lowest", { days, money: words.money(lowest.price) });
    return lowest.complete ? text : `${text} ${words.t("price.known_days", { days, known: lowest.known_days })}`;
  }

  drawWaiting() {
    return [];
  }

  drawFailed() {
    return [];
  }
}

/**
 * The variant that is asked for, or the cheapest; null where no price is the shopper's own.
 *
 * @param {Prices} prices
 * @param {string} variant
 * @returns {Shown | null}
 */
function bestOf({ history, items }, variant) {
  const own = items.flatMap((one) => (one.personal && (!variant || one.variant === variant) ? [{ ...one, personal: one.personal }] : []));
  own.sort((one, other) => Number(one.personal.price.amount) - Number(other.personal.price.amount));
  const [first] = own;
  if (!first) return null;
  const several = own.some((one) => one.personal.price.amount !== first.personal.price.amount);
  return { ...first, several, days: history?.days ?? 0 };
}

define("loyalty-price", LoyaltyPrice);
