/** <loyalty-points>: the shopper's points in one line, as for the head of a page. */

import { h } from "./dom.js";
import { define, LoyaltyElement } from "./element.js";

/** @typedef {import("./client.js").Me} Me */

/** @extends {LoyaltyElement<Me>} */
class LoyaltyPoints extends LoyaltyElement {
  static rules = `
:host { display: inline-block; min-block-size: 1.5em; }
.wait { inline-size: 8em; }
.worth { opacity: 0.85; }
`;

  async load() {
    const me = await this.client.me(this.given("channel"));
    return me.program ? me : null;
  }

  /** @param {Me} me */
  draw({ points, program }) {
    const { words } = this;
    const [before = "", after = ""] = words.t("points.have").split("{points}");
    const worth = points.worth && points.available > 0 ? words.t("points.worth", { money: words.money(points.worth) }) : "";
    return [h("span", { class: "figure", part: "text" },
      before, h("strong", { part: "points", "data-points": "available" }, words.points(points.available, program)), after,
      worth && h("span", { class: "worth", part: "worth" }, ` (${worth})`))];
  }

  /** @param {unknown} fault */
  drawFailed(fault) {
    return this.drawFailedLine(fault);
  }
}

define("loyalty-points", LoyaltyPoints);
