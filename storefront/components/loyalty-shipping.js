/** <loyalty-shipping>: what a cart lacks to better delivery; without a cart, what is offered. */

import { isNothing, reached } from "./amounts.js";
import { h } from "./dom.js";
import { define, LoyaltyElement } from "./element.js";

/** @typedef {import("./client.js").Delivery} Delivery */
/** @typedef {import("./client.js").Offer} Offer */

/** @extends {LoyaltyElement<(Offer & {missing?: import("./amounts.js").Money})[]>} */
class LoyaltyShipping extends LoyaltyElement {
  static rules = `
:host { min-block-size: 2.5em; }
.body { display: grid; gap: 0.75rem; }
.offer { display: grid; gap: 0.3rem; font-size: 0.9375em; }
.reached { display: block; font-weight: 600; }
.reached::before { content: "✓\\00a0"; content: "✓\\00a0" / ""; color: var(--_accent); }
`;

  async load() {
    const id = this.given("checkout");
    const channel = this.given("channel");
    const offers = id
      ? (await this.client.checkout(id)).shipping
      : (await this.client.program(channel)).channels.filter((terms) => !channel || terms.channel === channel).flatMap((terms) => terms.shipping);
    const found = offers.filter((offer) => offer.threshold);
    return found.length ? found : null;
  }

  /** @param {(Offer & {missing?: import("./amounts.js").Money})[]} offers */
  draw(offers) {
    return offers.map((offer) => this.#offer(offer));
  }

  /** @param {unknown} fault */
  drawFailed(fault) {
    return this.drawFailedLine(fault);
  }

  /** @param {Offer & {missing?: import("./amounts.js").Money}} offer */
  #offer({ id, name, price, threshold, missing }) {
    const { words } = this;
    const kind = isNothing(price) ? "_free" : "";
    if (!threshold) return null;
    if (!missing) {
      return h("p", { class: "offer", part: "offer", "data-offer": id }, words.t(`shipping.from${kind}`, { name, money: words.money(price), threshold: words.money(threshold) }));
    }
    if (isNothing(missing)) {
      return h("p", { class: "offer reached", part: "reached", "data-reached": id }, words.t(`shipping.reached${kind}`, { name }));
    }
    const text = words.t(`shipping.missing${kind}`, { name, money: words.money(missing) });
    return h("div", { class: "offer", part: "offer", "data-missing": id },
      h("p", { part: "text" }, text),
      h("progress", { part: "progress", max: "1", value: String(reached(threshold, missing)), "aria-label": text }));
  }
}

define("loyalty-shipping", LoyaltyShipping);
