/** The staff desk: all orders, and the one that was chosen. */

import { gql } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { toast } from "/pages/js/lib/feedback.js";
import { staffToken } from "/pages/js/lib/session.js";
import { humanized, money, t, textOr } from "/pages/js/lib/text.js";
import { orderView } from "/pages/js/desk/order.js";

const PAUSE = 4000;
const list = document.getElementById("desk-orders");
const view = document.getElementById("desk-order");
let chosen = location.hash.slice(1);
let shownList = "";
let shownOrder = "";

function row(order) {
  return h("li", {}, h("button", { type: "button", id: `order-${order.number}`, "aria-pressed": String(order.id === chosen), onclick: () => choose(order.id) },
    h("span", { class: "row-main" }, h("strong", {}, t("orders.number", { number: order.number })), h("span", { class: "figure" }, money(order.total.gross))),
    h("span", { class: "row-more" },
      h("span", { class: "muted" }, order.userEmail),
      h("span", { class: `chip ${order.status.toLowerCase()}` }, textOr(`status.${order.status}`, humanized(order.status))))));
}

async function showList() {
  const { orders } = await gql("deskOrders", {}, await staffToken());
  const found = orders.edges.map((edge) => edge.node);
  if (!chosen && found.length) chosen = found[0].id;
  const fresh = JSON.stringify([chosen, found]);
  if (fresh === shownList) return;
  shownList = fresh;
  list.removeAttribute("aria-busy");
  if (!found.length) return show(list, h("p", { class: "empty" }, t("desk.none")), h("p", {}, h("a", { href: "/shop" }, t("desk.to_shop"))));
  show(list, h("ul", { class: "desk-rows" }, found.map(row)));
}

/** Draws the order again when it changed, but never under somebody who fills in a form. */
async function showOrder(force) {
  if (!chosen) return show(view, h("p", { class: "empty" }, t("desk.choose")));
  if (!force && view.contains(document.activeElement)) return;
  const { order } = await gql("deskOrder", { id: chosen }, await staffToken());
  const fresh = JSON.stringify(order);
  if (!order || fresh === shownOrder) return;
  shownOrder = fresh;
  const open = view.querySelector("details")?.open ?? false;
  show(view, orderView(order));
  view.querySelector("details").open = open;
}

async function refresh(force = false) {
  await showList();
  await showOrder(force);
}

async function choose(id) {
  chosen = id;
  history.replaceState(null, "", `#${id}`);
  await refresh(true);
}

async function keepReading() {
  try {
    if (!document.hidden) await refresh();
  } catch (problem) {
    console.warn("the orders could not be read", problem);
  }
  setTimeout(keepReading, PAUSE);
}

document.addEventListener("order-changed", () => refresh(true).catch((problem) => toast(problem.message, "bad")));
document.addEventListener("clock-moved", () => refresh().catch((problem) => toast(problem.message, "bad")));
refresh().catch((problem) => toast(problem.message, "bad")).finally(() => setTimeout(keepReading, PAUSE));
