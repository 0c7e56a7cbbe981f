/** The shop: products, who is signed in, points and cart. */

import { gql } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { signOut, staffToken } from "/pages/js/lib/session.js";
import { started } from "/pages/js/lib/state.js";
import { money, t } from "/pages/js/lib/text.js";
import { picture } from "/pages/js/shop/art.js";
import { inStep, leave } from "/pages/js/shop/basket.js";
import { add, change, lines, subtotal } from "/pages/js/shop/cart.js";
import { openCheckout } from "/pages/js/shop/checkout.js";
import { cartEstimate, cartShipping, ofCheckout, placeAll, productAccess, productEstimate, productPrice, refreshLoyalty } from "/pages/js/shop/components.js";
import { ofStore } from "/pages/js/shop/loyalty.js";
import { refreshOrders } from "/pages/js/shop/orders.js";
import { avatar, choices, know, signedIn } from "/pages/js/shop/people.js";
import { showTerms } from "/pages/js/shop/terms.js";

const CHANNEL_KEY = "sandbox.channel";
const PAUSE = 4000;
const HINT_PAUSE = 250;
let channels = [];
let channel = null;
let hinted = 0;

const kind = () => (channel.taxConfiguration.displayGrossPrices ? "gross" : "net");

function priceOf(variant) {
  return variant.pricing?.price?.[kind()] ?? null;
}

function productCard(product) {
  const variant = product.variants.find(priceOf);
  if (!variant) return null;
  const price = priceOf(variant);
  const before = variant.pricing.onSale ? variant.pricing.priceUndiscounted?.[kind()] : null;
  const category = product.category;
  const access = product.metafield ? productAccess(product) : null;
  const path = category ? [...category.ancestors.edges.map((edge) => edge.node.name), category.name].join(" / ") : "";
  const button = h("button", { type: "button", class: "button wide", "data-product": product.slug, "aria-label": t("shop.add_named", { name: product.name }), onclick: () => {
    add(channel.slug, { variant: variant.id, name: product.name, price });
    showCart();
    toast(t("shop.added", { name: product.name }));
  } }, t("shop.add"));
  access?.addEventListener("loyalty:changed", ({ detail }) => {
    button.disabled = !detail.data.entitled;
  });
  return h("article", { class: "product" },
    picture(product),
    h("div", { class: "product-words" },
      h("p", { class: "product-path" }, path || "\u00a0"),
      h("h3", {}, product.name),
      h("p", { class: "product-price" }, money(price), before && h("s", {}, money(before))),
      productPrice(product, variant),
      product.productType.kind === "GIFT_CARD" ? null : productEstimate(product, variant, kind(), price),
      access),
    button,
  );
}

async function showProducts() {
  const { shop, products } = await gql("catalog", { channel: channel.slug });
  document.getElementById("shop-name").textContent = shop.name;
  placeAll({ store: ofStore(shop.domain.url), channel: channel.slug });
  showTerms(channel.slug);
  const place = document.getElementById("products");
  show(place, products.edges.map((edge) => productCard(edge.node)));
  place.removeAttribute("aria-busy");
}

function cartLine(line) {
  const step = (by, sign, label) => h("button", { type: "button", class: "step", "aria-label": t(label, { name: line.name }), onclick: () => {
    change(channel.slug, line.variant, by);
    showCart();
  } }, sign);
  return h("li", {},
    h("span", { class: "cart-name" }, line.name),
    h("span", { class: "stepper" }, step(-1, "−", "cart.less"), h("span", { class: "figure" }, line.quantity), step(1, "+", "cart.more")),
    h("span", { class: "figure" }, money({ amount: Math.round(line.price.amount * 100) * line.quantity / 100, currency: line.price.currency })));
}

function showCart() {
  const chosen = lines(channel.slug);
  const place = document.getElementById("cart");
  const heading = h("h2", { id: "cart-heading" }, t("cart.heading"));
  hinted += 1;
  if (!chosen.length) ofCheckout([cartEstimate, cartShipping], null);
  if (!chosen.length) return show(place, heading, h("p", { class: "empty" }, t("cart.empty")));
  show(place, heading,
    h("ul", { class: "cart-lines" }, chosen.map(cartLine)),
    h("p", { class: "cart-sum" }, h("span", {}, t("cart.subtotal")), h("strong", {}, money(subtotal(chosen)))),
    h("div", { class: "cart-hints", id: "cart-hints" }, cartEstimate, cartShipping),
    h("button", { type: "button", class: "button primary wide", id: "to-checkout", onclick: (event) =>
      attempt(event.currentTarget, () => openCheckout(channel)) }, t("cart.checkout")));
  refreshHints(hinted);
}

/** Brings the store's checkout in step with the cart; the app's components tell what it means. */
async function refreshHints(mine) {
  await new Promise((resolve) => setTimeout(resolve, HINT_PAUSE));
  if (mine !== hinted) return;
  try {
    const id = await inStep(channel);
    if (mine !== hinted) return;
    ofCheckout([cartEstimate, cartShipping], id);
    refreshLoyalty();
  } catch (problem) {
    console.warn("nothing can be told of the cart", problem);
  }
}

function showAccount() {
  const place = document.getElementById("account");
  const customer = signedIn();
  if (!customer) {
    return show(place,
      h("h2", { id: "account-heading" }, t("account.heading")),
      h("p", { class: "note" }, t("account.text")),
      choices("data-customer"));
  }
  show(place, h("div", { class: "signed-in" },
    avatar(customer),
    h("div", {}, h("h2", { id: "account-heading" }, t("account.hello", { name: customer.first_name })), h("span", { class: "muted" }, customer.email)),
    h("button", { type: "button", class: "button small quiet", id: "sign-out", onclick: (event) =>
      attempt(event.currentTarget, async () => {
        await leave(channels.map((one) => one.slug));
        await signOut();
        document.dispatchEvent(new Event("shopper-changed"));
      }) }, t("account.sign_out"))));
}

async function showShopper() {
  showAccount();
  placeAll();
  if (document.querySelector("loyalty-access")) await showProducts();
  showCart();
  await refreshOrders();
}

function showChannels() {
  show(document.getElementById("channels"), channels.map((one) =>
    h("button", { type: "button", id: `channel-${one.slug}`, "aria-pressed": String(one.slug === channel.slug), onclick: (event) =>
      attempt(event.currentTarget, () => choose(one)) }, `${one.name} · ${one.currencyCode}`)));
}

async function choose(next) {
  channel = next;
  ofCheckout([cartEstimate, cartShipping], null);
  sessionStorage.setItem(CHANNEL_KEY, channel.slug);
  showChannels();
  showCart();
  await showProducts();
}

async function start() {
  const [state, found] = await Promise.all([started, staffToken().then((token) => gql("channels", {}, token))]);
  know(state.customers);
  channels = found.channels.filter((one) => one.isActive);
  const before = sessionStorage.getItem(CHANNEL_KEY);
  await choose(channels.find((one) => one.slug === before) ?? channels[0]);
  await showShopper();
  setTimeout(keepReading, PAUSE);
}

async function keepReading() {
  try {
    if (!document.hidden) {
      refreshLoyalty();
      await refreshOrders();
    }
  } catch (problem) {
    console.warn("the orders could not be read", problem);
  }
  setTimeout(keepReading, PAUSE);
}

document.addEventListener("shopper-changed", showShopper);
document.addEventListener("checkout-closed", showCart);
document.addEventListener("order-changed", () => {
  showCart();
  refreshLoyalty();
  refreshOrders();
});
document.addEventListener("clock-moved", () => {
  refreshLoyalty();
  refreshOrders();
});
start().catch((problem) => toast(problem.message, "bad"));
