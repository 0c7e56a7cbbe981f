/** The loyalty app's components, as any storefront uses them: attributes in, events out. */

import { h, show } from "/pages/js/lib/dom.js";
import { shopper, tokenEndpoint } from "/pages/js/lib/session.js";
import { onState } from "/pages/js/lib/state.js";
import { language, t } from "/pages/js/lib/text.js";

const APP = "saleor.loyalty";
const board = document.getElementById("board");
const lasting = [];
let store = "";
let channel = "";
let installed = false;

function place(element) {
  element.setAttribute("store", store);
  element.setAttribute("channel", channel);
  if (shopper()) element.setAttribute("token-endpoint", tokenEndpoint());
  else element.removeAttribute("token-endpoint");
  return element;
}

/** A component that stays for as long as the page does, wherever it is shown. */
function lastingOne(name, attributes = {}) {
  const element = h(name, { locale: language, ...attributes });
  lasting.push(element);
  return element;
}

export const cartEstimate = lastingOne("loyalty-estimate");
export const cartShipping = lastingOne("loyalty-shipping");
export const summaryEstimate = lastingOne("loyalty-estimate");
export const checkoutShipping = lastingOne("loyalty-shipping");
export const redeem = lastingOne("loyalty-redeem", { "heading-level": "3" });
const panel = lastingOne("loyalty-panel");

/** What the product would earn, as its page says. */
export function productEstimate(product, variant, kind, price) {
  const category = product.category ? [product.category.slug, ...product.category.ancestors.edges.map((edge) => edge.node.slug)].join(" ") : null;
  return place(h("loyalty-estimate", {
    locale: language,
    [kind]: String(price.amount),
    currency: price.currency,
    "product-id": product.id,
    "product-slug": product.slug,
    "variant-id": variant.id,
    sku: variant.sku,
    category,
    sale: String(Boolean(variant.pricing.onSale)),
  }));
}

/** Of a product that its metadata keeps for some: whether the shopper may buy it. */
export function productAccess(product) {
  return place(h("loyalty-access", { locale: language, product: product.slug }, h("span", { slot: "signed-out" }, t("shop.kept_for_some"))));
}

/** What the product costs with a code of the shopper's, where there is one. */
export function productPrice(product, variant) {
  return place(h("loyalty-price", { locale: language, product: product.slug, variant: variant.id }));
}

/** From now on the components are about this store and channel, and whoever is signed in now. */
export function placeAll(next = {}) {
  ({ store = store, channel = channel } = next);
  [...lasting, ...document.querySelectorAll("loyalty-price")].forEach(place);
  showBoard();
}

/** The cart that the components are about; null without one. */
export function ofCheckout(elements, id) {
  for (const element of elements) {
    if (id) element.setAttribute("checkout", id);
    else element.removeAttribute("checkout");
  }
}

/** Everything is read again: the cart or the points may have changed. */
export const refreshLoyalty = () => document.dispatchEvent(new Event("loyalty:refresh"));

function absence() {
  return h("div", { class: "card" },
    h("p", { class: "empty", "data-problem": "app_not_installed" }, t("problem.app_not_installed")),
    h("p", {}, h("a", { href: "/dashboard" }, t("board.install"))));
}

function showBoard() {
  board.hidden = !shopper();
  const wanted = installed ? "panel" : "absence";
  if (board.dataset.shows === wanted) return;
  board.dataset.shows = wanted;
  show(board, installed ? panel : absence());
}

// Who signed in has other points than who signed out, at the same token endpoint.
document.addEventListener("shopper-changed", () => document.dispatchEvent(new Event("loyalty:session")));
onState(({ apps }) => {
  installed = apps.some((app) => app.identifier === APP && app.is_active);
  const missing = installed && !document.getElementById("loyalty-components");
  if (missing && !document.querySelector("dialog[open]")) location.reload();
  showBoard();
});
