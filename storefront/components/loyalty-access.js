/** <loyalty-access>: whether the shopper may buy a product that is kept for some before all others. */

import { h } from "./dom.js";
import { define, LoyaltyElement } from "./element.js";

/** @typedef {{product: string, entitled: boolean, code: "open" | "tier" | "segment" | "reward" | "closed", reason: string, opens_at: string | null}} Access */

/** @extends {LoyaltyElement<Access>} */
class LoyaltyAccess extends LoyaltyElement {
  static observedAttributes = [...LoyaltyElement.observedAttributes, "product"];
  static rules = `
:host { font-size: 0.9375em; }
.access { font-weight: 550; }
.access.mine::before { content: "✓\\00a0"; content: "✓\\00a0" / ""; color: var(--_accent); }
.access.closed { padding-inline-start: 0.6em; border-inline-start: 3px solid var(--_line); }
`;

  async load() {
    const product = this.given("product");
    return product ? this.client.access(product) : null;
  }

  /** @param {Access} access */
  draw({ entitled, code, reason }) {
    if (code === "open") return [];
    return [h("p", { class: entitled ? "access mine" : "access closed", part: entitled ? "entitled" : "closed", "data-access": code }, reason)];
  }

  drawWaiting() {
    return [];
  }

  /** @param {unknown} fault */
  drawFailed(fault) {
    return this.drawFailedLine(fault);
  }
}

define("loyalty-access", LoyaltyAccess);
