/** The shopper's own orders. */

import { gql } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { shopper, shopperToken } from "/pages/js/lib/session.js";
import { humanized, moment, money, off, t, textOr } from "/pages/js/lib/text.js";
import { charge } from "/pages/js/shop/checkout/payment.js";
import { close, isOpen } from "/pages/js/shop/instalments.js";

const VOUCHER_NAME = "Loyalty ";
const section = document.getElementById("orders-section");
let shown = "";
const OPEN = new Set(["UNCONFIRMED", "UNFULFILLED", "PARTIALLY_FULFILLED", "FULFILLED"]);

/** What is still to be paid, 0 when nothing is. Saleor's balance is negative while money is owed. */
function owed(order) {
  return OPEN.has(order.status) ? Math.max(0, -order.totalBalance.amount) : 0;
}

function payRest(order) {
  const amount = owed(order);
  if (!amount || !isOpen(order.id)) return null;
  const currency = order.totalBalance.currency;
  return h("button", { type: "button", class: "button small", id: `rest-${order.number}`, onclick: (event) =>
    attempt(event.currentTarget, async () => {
      await charge(order.id, amount, currency);
      close(order.id);
      toast(t("orders.paid", { number: order.number }));
      document.dispatchEvent(new Event("order-changed"));
    }) }, t("orders.pay_rest", { money: money({ amount, currency }) }));
}

/** How the order was sent and what it saved; a voucher of the app carries its name. */
function details(order) {
  const free = !order.shippingPrice.gross.amount;
  const shipping = order.shippingMethodName && [order.shippingMethodName, free ? t("ship.free") : money(order.shippingPrice.gross)].join(" · ");
  const savings = order.discounts.filter((one) => one.total.amount > 0).map((one) => {
    const points = one.name?.startsWith(VOUCHER_NAME);
    const words = points ? t("orders.saved_points") : one.type === "VOUCHER" && order.voucherCode ? t("orders.saved_code", { code: order.voucherCode }) : t("orders.saved");
    return h("span", { class: "chip loyal", "data-saved": points ? "points" : "other" }, `${words} ${off(one.total)}`);
  });
  if (!shipping && !savings.length) return null;
  return h("p", { class: "order-details" }, shipping && h("span", { "data-shipping": order.shippingMethodName }, shipping), savings);
}

function one(order) {
  const names = order.lines.map((line) => `${line.quantity} × ${line.productName}`).join(", ");
  return h("li", { class: "order" },
    h("div", {}, h("strong", {}, t("orders.number", { number: order.number })), h("span", { class: "muted" }, ` ${moment(order.created)}`), h("p", {}, names), details(order)),
    h("div", { class: "order-state" },
      h("span", { class: "order-total" }, money(order.total.gross)),
      h("span", { class: "chips" },
        h("span", { class: `chip ${order.status.toLowerCase()}` }, textOr(`status.${order.status}`, humanized(order.status))),
        h("span", { class: `chip ${order.chargeStatus.toLowerCase()}` }, textOr(`charge.${order.chargeStatus}`, humanized(order.chargeStatus)))),
      payRest(order)),
  );
}

/** Reads the orders of who is signed in, and shows them if they changed. */
export async function refreshOrders() {
  section.hidden = !shopper();
  if (!shopper()) {
    shown = "";
    return;
  }
  const { me } = await gql("myOrders", {}, await shopperToken());
  const orders = me.orders.edges.map((edge) => edge.node);
  const fresh = JSON.stringify([me.id, orders, orders.map((order) => isOpen(order.id))]);
  if (fresh === shown) return;
  shown = fresh;
  const place = document.getElementById("orders");
  if (!orders.length) show(place, h("p", { class: "empty" }, t("orders.none")));
  else show(place, h("ol", { class: "orders" }, orders.map(one)));
}
