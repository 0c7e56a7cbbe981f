/** From the cart to an order: address, delivery, payment. */

import { gql } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { shopper, shopperToken, staffToken } from "/pages/js/lib/session.js";
import { language, money, t } from "/pages/js/lib/text.js";
import { empty, lines } from "/pages/js/shop/cart.js";
import { open } from "/pages/js/shop/instalments.js";

const ADDRESSES = {
  US: { streetAddress1: "1 Market Street", city: "San Francisco", countryArea: "CA", postalCode: "94105", country: "US" },
  TR: { streetAddress1: "İstiklal Caddesi 1", city: "İstanbul", countryArea: "İstanbul", postalCode: "34430", country: "TR" },
};
const dialog = document.getElementById("checkout");

function address(channel, names) {
  return { ...(ADDRESSES[channel.defaultCountry.code] ?? ADDRESSES.US), ...names };
}

async function begin(channel, customer) {
  const place = address(channel, customer);
  const input = {
    channel: channel.slug,
    email: shopper(),
    lines: lines(channel.slug).map(({ variant, quantity }) => ({ variantId: variant, quantity })),
    shippingAddress: place,
    billingAddress: place,
    languageCode: language.toUpperCase(),
  };
  const token = await shopperToken();
  const { checkoutCreate } = await gql("checkoutCreate", { input }, token);
  const { id, isShippingRequired, shippingMethods } = checkoutCreate.checkout;
  const method = shippingMethods.find((one) => one.active);
  if (isShippingRequired && method) await gql("checkoutDelivery", { id, method: method.id }, token);
  return (await gql("checkout", { id }, token)).checkout;
}

/** Charges as a payment provider's app would: in the shop's name, not the shopper's. */
export async function charge(id, amount, currency) {
  const reference = `pay-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  const transaction = {
    name: "Sandbox Pay",
    pspReference: reference,
    availableActions: ["REFUND"],
    amountCharged: { amount, currency },
  };
  await gql("charge", { id, transaction }, await staffToken());
}

function half(total) {
  return Math.floor((total.amount * 100) / 2) / 100;
}

async function order(checkout, channel, amount) {
  const total = checkout.totalPrice.gross;
  if (amount < total.amount && !channel.orderSettings.allowUnpaidOrders) {
    await gql("allowUnpaidOrders", { id: channel.id }, await staffToken());
    channel.orderSettings.allowUnpaidOrders = true;
  }
  if (amount > 0) await charge(checkout.id, amount, total.currency);
  const { checkoutComplete } = await gql("checkoutComplete", { id: checkout.id }, await shopperToken());
  if (amount < total.amount) open(checkoutComplete.order.id);
  empty(channel.slug);
  dialog.close();
  toast(t("checkout.placed", { number: checkoutComplete.order.number }));
  document.dispatchEvent(new Event("order-changed"));
}

function row(name, amount, strong = false) {
  return h("div", { class: strong ? "sum strong" : "sum" }, h("dt", {}, t(name)), h("dd", {}, money(amount)));
}

function summary(checkout, channel) {
  const total = checkout.totalPrice.gross;
  const kind = checkout.displayGrossPrices ? "gross" : "net";
  const pay = (share, text, style) =>
    h("button", { type: "button", class: `button ${style}`, id: `pay-${share}`, onclick: (event) => {
      const amount = { full: total.amount, half: half(total), later: 0 }[share];
      return attempt(event.currentTarget, () => order(checkout, channel, amount));
    } }, text);
  return h("div", {},
    h("h2", { id: "checkout-heading" }, t("checkout.heading")),
    h("dl", { class: "sums" },
      row("checkout.subtotal", checkout.subtotalPrice[kind]),
      row("checkout.shipping", checkout.shippingPrice[kind]),
      row(checkout.displayGrossPrices ? "checkout.tax_within" : "checkout.tax", checkout.totalPrice.tax),
      row("checkout.total", total, true)),
    h("div", { class: "pay" },
      pay("full", t("checkout.pay_full", { money: money(total) }), "primary"),
      pay("half", t("checkout.pay_half", { money: money({ amount: half(total), currency: total.currency }) }), ""),
      pay("later", t("checkout.pay_later"), "quiet")),
    h("button", { type: "button", class: "button quiet wide", onclick: () => dialog.close() }, t("action.cancel")),
  );
}

/** Opens the dialog that turns the cart of `channel` into an order. */
export async function openCheckout(channel, customer) {
  const checkout = await begin(channel, customer);
  show(dialog, summary(checkout, channel));
  dialog.showModal();
}
