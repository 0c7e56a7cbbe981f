/** One order on the staff desk: what it is, and what can be done to it. */

import { h } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { humanized, moment, money, off, t, textOr } from "/pages/js/lib/text.js";
import * as actions from "/pages/js/desk/actions.js";
import { mostBack, worth } from "/pages/js/desk/amounts.js";

const SENT = new Set(["FULFILLED", "WAITING_FOR_APPROVAL"]);
const GONE = new Set(["CANCELED", "EXPIRED", "RETURNED"]);

function chips(order) {
  return h("span", { class: "chips" },
    h("span", { class: `chip ${order.status.toLowerCase()}` }, textOr(`status.${order.status}`, humanized(order.status))),
    h("span", { class: `chip ${order.chargeStatus.toLowerCase()}` }, textOr(`charge.${order.chargeStatus}`, humanized(order.chargeStatus))));
}

function act(name, work, style = "") {
  return h("button", { type: "button", class: `button ${style}`, id: `do-${name}`, onclick: (event) =>
    attempt(event.currentTarget, async () => {
      await work();
      done(name);
    }) }, t(`desk.do_${name}`));
}

function done(name) {
  toast(t(`desk.done_${name}`));
  document.dispatchEvent(new Event("order-changed"));
}

function buttons(order) {
  const waiting = order.lines.some((line) => line.quantityToFulfill > 0);
  const unpaid = !order.transactions.length && !order.payments.length && order.chargeStatus === "NONE";
  return h("div", { class: "actions" },
    order.status === "UNCONFIRMED" && act("confirm", () => actions.confirm(order), "primary"),
    unpaid && !GONE.has(order.status) && act("paid", () => actions.markAsPaid(order)),
    waiting && !GONE.has(order.status) && order.status !== "UNCONFIRMED" && act("fulfill", () => actions.fulfill(order), "primary"),
    !GONE.has(order.status) && !order.fulfillments.some((one) => SENT.has(one.status)) && act("cancel", () => actions.cancel(order), "danger"));
}

function moneyForm(order) {
  const most = mostBack(order);
  if (most <= 0) return null;
  const currency = order.total.gross.currency;
  const field = h("input", { id: "refund-amount", type: "number", min: "0.01", max: String(most), step: "0.01", value: most.toFixed(2), required: true });
  const button = (name, style) => h("button", { type: "submit", value: name, id: `do-${name}`, class: `button ${style}` }, t(`desk.do_${name}`));
  return h("form", { class: "panel", onsubmit: (event) => {
    event.preventDefault();
    const name = event.submitter.value;
    const work = name === "refund" ? actions.refund : actions.chargeBack;
    attempt(event.submitter, async () => {
      await work(order, Number(field.value));
      done(name);
    });
  } },
  h("h3", {}, t("desk.money_back")),
  h("p", { class: "note" }, t("desk.money_back_text", { money: money({ amount: most, currency }) })),
  h("label", { for: "refund-amount" }, t("desk.amount", { currency })),
  h("div", { class: "field-row" }, field, button("refund", "primary"), button("charge_back", "danger")));
}

function returnable(order) {
  const sent = order.fulfillments.filter((one) => SENT.has(one.status)).flatMap((one) => one.lines.map((line) => ({
    id: line.id, sent: true, most: line.quantity, name: line.orderLine.productName, price: line.orderLine.unitPrice.gross.amount,
  })));
  const waiting = order.lines.filter((line) => line.quantityToFulfill > 0).map((line) => ({
    id: line.id, sent: false, most: line.quantityToFulfill, name: line.productName, price: line.unitPrice.gross.amount,
  }));
  return [...sent, ...waiting];
}

function returnForm(order) {
  const goods = returnable(order);
  if (!goods.length || GONE.has(order.status) || order.status === "UNCONFIRMED") return null;
  const fields = goods.map((one, index) => h("input", { id: `return-${index}`, type: "number", min: "0", max: String(one.most), step: "1", value: "0" }));
  const payBack = h("input", { type: "checkbox", id: "return-money", checked: true });
  return h("form", { class: "panel", onsubmit: (event) => {
    event.preventDefault();
    const chosen = goods.map((one, index) => ({ ...one, quantity: Number(fields[index].value) })).filter((one) => one.quantity > 0);
    if (!chosen.length) return toast(t("desk.nothing_chosen"), "bad");
    const value = payBack.checked ? Math.min(worth(chosen), mostBack(order)) : 0;
    attempt(event.submitter, async () => {
      await actions.takeBack(order, chosen, value);
      done("return");
    });
  } },
  h("h3", {}, t("desk.take_back")),
  h("ul", { class: "return-lines" }, goods.map((one, index) => h("li", {},
    h("label", { for: `return-${index}` }, one.name, h("span", { class: "muted" }, ` ${t(one.sent ? "desk.sent" : "desk.waiting", { count: one.most })}`)), fields[index]))),
  h("div", { class: "field-row" },
    h("label", { class: "check", for: "return-money" }, payBack, t("desk.pay_back")),
    h("button", { type: "submit", id: "do-return", class: "button primary" }, t("desk.do_return"))));
}

/** What a discount is called; the lines' sums have it in them already. */
function discountWords(order, discount) {
  const name = discount.name || humanized(discount.type);
  return t("desk.discount", { name: discount.type === "VOUCHER" && order.voucherCode ? `${name} · ${order.voucherCode}` : name });
}

function lineTable(order) {
  return h("table", { class: "lines" },
    h("thead", {}, h("tr", {}, ["product", "quantity", "sent_col", "sum"].map((name) => h("th", { scope: "col", class: name === "product" ? "" : "figure" }, t(`desk.col_${name}`))))),
    h("tbody", {}, order.lines.map((line) => h("tr", {},
      h("td", {}, line.productName),
      h("td", { class: "figure" }, line.quantity),
      h("td", { class: "figure" }, line.quantityFulfilled),
      h("td", { class: "figure" }, money(line.totalPrice.gross))))),
    h("tfoot", {},
      order.discounts.map((one) => h("tr", { class: "discount" }, h("th", { scope: "row", colspan: "3" }, discountWords(order, one)), h("td", { class: "figure" }, off(one.total)))),
      [["shipping", order.shippingPrice.gross], ["total", order.total.gross], ["charged", order.totalCharged], ["refunded", order.totalRefunded]].map(([name, amount]) =>
      h("tr", { class: name }, h("th", { scope: "row", colspan: "3" }, t(`desk.${name}`), name === "shipping" && order.shippingMethodName && h("span", { class: "muted" }, ` ${order.shippingMethodName}`)), h("td", { class: "figure" }, money(amount))))));
}

function timeline(order) {
  const story = [
    ...order.events.map((one) => ({ at: one.date, words: humanized(one.type) })),
    ...order.transactions.flatMap((item) => item.events.filter((one) => one.type).map((one) => ({ at: one.createdAt, words: `${humanized(one.type)} · ${money(one.amount)}` }))),
  ].sort((left, right) => new Date(right.at) - new Date(left.at));
  return h("details", { class: "timeline" }, h("summary", {}, t("desk.timeline")),
    h("ol", {}, story.map((one) => h("li", {}, h("time", {}, moment(one.at)), h("span", {}, one.words)))));
}

/** The parts of the view of `order`. */
export function orderView(order) {
  const who = order.user ? `${order.user.firstName} ${order.user.lastName}` : t("desk.guest");
  return [
    h("header", { class: "order-head" },
      h("div", {}, h("h2", {}, t("orders.number", { number: order.number })), h("p", { class: "muted" }, `${who} · ${order.userEmail} · ${order.channel.name} · ${moment(order.created)}`)),
      chips(order)),
    buttons(order),
    lineTable(order),
    h("div", { class: "panels" }, returnForm(order), moneyForm(order)),
    timeline(order),
  ];
}
