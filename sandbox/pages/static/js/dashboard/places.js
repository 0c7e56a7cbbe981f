/** The Dashboard's own pages, as far as apps show something on them. */

import { control, gql } from "/pages/js/lib/api.js";
import { h } from "/pages/js/lib/dom.js";
import { staffToken } from "/pages/js/lib/session.js";
import { humanized, money, t, textOr } from "/pages/js/lib/text.js";

const link = (place, ...inner) => h("a", { href: `/dashboard${place}`, "data-go": place }, ...inner);
const inPath = encodeURIComponent;

function table(rows, heads) {
  if (!rows.length) return h("p", { class: "empty" }, t("dash.nothing"));
  return h("table", { class: "dash-table" },
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))));
}

function facts(items) {
  return h("dl", { class: "dash-facts card" }, items.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

async function people() {
  return (await control("people")).customers;
}

async function vouchers() {
  return (await control("people")).vouchers;
}

const fullName = (one) => `${one.first_name} ${one.last_name}`.trim() || one.email;

/**
 * Pages by pattern. `mounts` are what the Dashboard loads for it, `widgets` the mount of its side
 * bar, `param` the name under which an app hears of the thing that is shown.
 */
export const PLACES = [
  {
    name: "home", pattern: /^\/home$/, view: null, mounts: ["HOMEPAGE_WIDGETS"],
    title: () => t("dash.home"),
    read: async () => h("p", { class: "lead" }, t("dash.home_text")),
  },
  {
    name: "customers", pattern: /^\/customers$/, view: "CUSTOMER_LIST", mounts: [],
    title: () => t("dash.customers"),
    read: async () => table((await people()).map((one) => [link(`/customers/${inPath(one.id)}`, fullName(one)), one.email]), [t("dash.name"), t("dash.email")]),
  },
  {
    name: "customers", pattern: /^\/customers\/([^/]+)$/, view: "CUSTOMER_DETAILS", param: "customerId",
    mounts: ["CUSTOMER_DETAILS_MORE_ACTIONS", "CUSTOMER_DETAILS_WIDGETS"], widgets: "CUSTOMER_DETAILS_WIDGETS", more: "CUSTOMER_DETAILS_MORE_ACTIONS",
    title: () => t("dash.customer"),
    read: async (id) => {
      const one = (await people()).find((each) => each.id === id);
      return one ? facts([[t("dash.name"), fullName(one)], [t("dash.email"), one.email]]) : null;
    },
  },
  {
    name: "orders", pattern: /^\/orders$/, view: "ORDER_LIST", mounts: [],
    title: () => t("dash.orders"),
    read: async () => {
      const { orders } = await gql("deskOrders", {}, await staffToken());
      return table(orders.edges.map(({ node }) => [link(`/orders/${inPath(node.id)}`, t("orders.number", { number: node.number })), node.userEmail, money(node.total.gross)]), [t("dash.order"), t("dash.email"), t("dash.total")]);
    },
  },
  {
    name: "orders", pattern: /^\/orders\/([^/]+)$/, view: "ORDER_DETAILS", param: "orderId",
    mounts: ["ORDER_DETAILS_MORE_ACTIONS", "ORDER_DETAILS_WIDGETS"], widgets: "ORDER_DETAILS_WIDGETS", more: "ORDER_DETAILS_MORE_ACTIONS",
    title: () => t("dash.order"),
    read: async (id) => {
      const { order } = await gql("deskOrder", { id }, await staffToken());
      if (!order) return null;
      const lines = order.lines.map((line) => [line.productName, `${line.quantity} ×`, money(line.totalPrice.gross)]);
      return h("div", { class: "dash-stack" },
        facts([[t("dash.order"), t("orders.number", { number: order.number })], [t("dash.email"), order.userEmail], [t("dash.status"), textOr(`status.${order.status}`, humanized(order.status))], [t("dash.total"), money(order.total.gross)]]),
        table(lines, [t("dash.product"), t("dash.quantity"), t("dash.total")]));
    },
  },
  {
    name: "vouchers", pattern: /^\/discounts\/vouchers$/, view: "VOUCHER_LIST", mounts: [],
    title: () => t("dash.vouchers"),
    read: async () => table((await vouchers()).map((one) => [link(`/discounts/vouchers/${inPath(one.id)}`, one.name || one.codes[0] || one.id), one.codes.join(", ")]), [t("dash.name"), t("dash.codes")]),
  },
  {
    name: "vouchers", pattern: /^\/discounts\/vouchers\/([^/]+)$/, view: "VOUCHER_DETAILS", param: "voucherId",
    mounts: ["VOUCHER_DETAILS_MORE_ACTIONS", "VOUCHER_DETAILS_WIDGETS"], widgets: "VOUCHER_DETAILS_WIDGETS", more: "VOUCHER_DETAILS_MORE_ACTIONS",
    title: () => t("dash.voucher"),
    read: async (id) => {
      const one = (await vouchers()).find((each) => each.id === id);
      return one ? facts([[t("dash.name"), one.name || one.id], [t("dash.codes"), one.codes.join(", ")]]) : null;
    },
  },
];
