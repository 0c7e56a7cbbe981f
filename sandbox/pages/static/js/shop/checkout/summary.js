/** What it costs, what it saves, and the buttons that pay. */

import { h } from "/pages/js/lib/dom.js";
import { attempt } from "/pages/js/lib/feedback.js";
import { money, off, points, t } from "/pages/js/lib/text.js";
import { redeem, summaryEstimate } from "/pages/js/shop/components.js";
import { active } from "/pages/js/shop/checkout/delivery.js";
import { due, half, placeOrder } from "/pages/js/shop/checkout/payment.js";

const cents = (money) => Math.round(money.amount * 100);

function row(name, words, value, style = "") {
  return h("div", { class: `sum ${style}`, "data-sum": name }, h("dt", {}, words), h("dd", {}, value));
}

/** The price of the goods before the checkout's discount, and the discount where it is on them. */
function goods(checkout) {
  const kind = checkout.displayGrossPrices ? "gross" : "net";
  const after = checkout.subtotalPrice[kind];
  const { discount } = checkout;
  const full = checkout.lines.reduce((sum, line) => sum + (line.isGift ? 0 : cents(line.undiscountedTotalPrice)), 0);
  const onGoods = discount && discount.amount > 0 && full >= cents(after) + cents(discount);
  if (!onGoods) return { before: after, discount: null };
  return { before: { amount: (cents(after) + cents(discount)) / 100, currency: after.currency }, discount };
}

/** What gift cards pay: they lower the total and nothing else. */
function byCards({ subtotalPrice, shippingPrice, totalPrice }) {
  const paid = cents(subtotalPrice.gross) + cents(shippingPrice.gross) - cents(totalPrice.gross);
  return { amount: paid / 100, currency: totalPrice.gross.currency };
}

function saving({ checkout }, discount) {
  if (!discount) return null;
  const { redemption } = redeem;
  if (checkout.voucherCode && checkout.voucherCode === redemption?.code) {
    return row("points", t("sum.points", { points: points(redemption.points) }), off(discount), "saving");
  }
  const words = checkout.voucherCode ? t("sum.code", { code: checkout.voucherCode }) : checkout.discountName || t("sum.discount");
  return row("discount", words, off(discount), "saving");
}

function sums(view) {
  const { checkout } = view;
  const kind = checkout.displayGrossPrices ? "gross" : "net";
  const { before, discount } = goods(checkout);
  const method = active(checkout).find((one) => one.id === checkout.deliveryMethod?.id);
  const shipping = checkout.shippingPrice[kind];
  return h("dl", { class: "sums" },
    row("goods", t("sum.goods"), money(before)),
    saving(view, discount),
    checkout.isShippingRequired && row("shipping", method?.name ?? t("sum.shipping"), checkout.deliveryMethod ? (shipping.amount ? money(shipping) : t("ship.free")) : "–"),
    row("tax", t(checkout.displayGrossPrices ? "sum.tax_within" : "sum.tax"), money(checkout.totalPrice.tax)),
    checkout.giftCards.length > 0 && row("cards", t("sum.cards"), off(byCards(checkout)), "saving"),
    row("total", t("sum.total"), money(checkout.totalPrice.gross), "strong"));
}

/** What is missing before the order can be placed, as a text id; "" when nothing is. */
function missing(checkout) {
  if (!checkout.email) return t("pay.email_first");
  if (checkout.isShippingRequired && !checkout.deliveryMethod) return t("pay.delivery_first");
  return "";
}

function payments(view) {
  const { checkout, channel } = view;
  const owed = due(checkout);
  const problem = h("p", { class: "form-problem", id: "pay-problem", role: "alert" });
  const lack = missing(checkout);
  const button = (share, words, style) =>
    h("button", { type: "button", class: `button ${style}`, id: `pay-${share}`, disabled: Boolean(lack), onclick: (event) =>
      attempt(event.currentTarget, async () => {
        const order = await placeOrder(view.id, channel, share).catch(async (failure) => {
          await view.refresh();
          throw failure;
        });
        view.placed(order);
      }, document.getElementById("pay-problem")) }, words);
  return [
    h("div", { class: "pay" },
      button("full", owed.amount > 0 ? t("pay.full", { money: money(owed) }) : t("pay.nothing"), "primary"),
      owed.amount > 0 && button("half", t("pay.half", { money: money(half(owed)) }), ""),
      owed.amount > 0 && button("later", t("pay.later"), "quiet")),
    lack && h("p", { class: "note" }, lack),
    problem,
  ];
}

/** The summary beside the form. */
export function summarySection(view) {
  return [
    h("ul", { class: "summary-lines" }, view.checkout.lines.map((line) => h("li", {},
      h("span", {}, `${line.quantity} × ${line.variant.product.name}`),
      line.isGift && h("span", { class: "chip loyal" }, t("sum.gift"))))),
    sums(view),
    summaryEstimate,
    ...payments(view),
  ];
}
