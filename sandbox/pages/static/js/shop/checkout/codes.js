/** Coupon and gift card codes: one field, as Saleor tells them apart itself. */

import { gql } from "/pages/js/lib/api.js";
import { h } from "/pages/js/lib/dom.js";
import { attempt } from "/pages/js/lib/feedback.js";
import { t } from "/pages/js/lib/text.js";
import { tokenIfAny } from "/pages/js/shop/basket.js";
import { redeem } from "/pages/js/shop/components.js";
import { calculate } from "/pages/js/shop/checkout/delivery.js";

/** The code that the shopper put in by hand; points have their own section. */
export function coupon({ checkout }) {
  const own = redeem.redemption?.code;
  return checkout.voucherCode && checkout.voucherCode !== own ? checkout.voucherCode : null;
}

async function changed(view) {
  await calculate(view.id);
  await view.refresh();
}

function applied(view, words, variables, problem) {
  return h("li", {},
    h("span", { class: "code" }, words),
    h("button", { type: "button", class: "button small quiet", "aria-label": t("codes.remove_named", { code: words }), onclick: (event) =>
      attempt(event.currentTarget, async () => {
        await gql("removePromoCode", { id: view.id, ...variables }, await tokenIfAny());
        await changed(view);
      }, problem) }, t("codes.remove")));
}

/** The section. */
export function codesSection(view) {
  const problem = h("p", { class: "form-problem", id: "code-problem", role: "alert" });
  const field = h("input", { id: "code", type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "characters" });
  const code = coupon(view);
  const cards = view.checkout.giftCards;
  return [
    h("h3", {}, t("codes.heading")),
    (code || cards.length > 0) && h("ul", { class: "codes" },
      code && applied(view, code, { code }, problem),
      cards.map((card) => applied(view, t("codes.gift_card", { last: card.last4CodeChars }), { card: card.id }, problem))),
    h("form", { class: "field-row", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      if (!field.value.trim()) return;
      attempt(document.getElementById("apply-code"), async () => {
        await gql("addPromoCode", { id: view.id, code: field.value.trim() }, await tokenIfAny());
        field.value = "";
        await changed(view);
      }, problem);
    } },
    h("label", { for: "code" }, t("codes.label")), field,
    h("button", { type: "submit", class: "button", id: "apply-code" }, t("codes.apply"))),
    problem,
  ];
}
