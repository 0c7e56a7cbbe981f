/** From the cart to an order: who, where to, how, points, codes, payment. */

import { gql } from "/pages/js/lib/api.js";
import { forget, redraw } from "/pages/js/lib/dom.js";
import { toast } from "/pages/js/lib/feedback.js";
import { shopper } from "/pages/js/lib/session.js";
import { t } from "/pages/js/lib/text.js";
import { addressIn } from "/pages/js/shop/addresses.js";
import { drop, inStep, tokenIfAny } from "/pages/js/shop/basket.js";
import { empty } from "/pages/js/shop/cart.js";
import { codesSection, coupon } from "/pages/js/shop/checkout/codes.js";
import { calculate, cheapest, choose, deliverySection } from "/pages/js/shop/checkout/delivery.js";
import { summarySection } from "/pages/js/shop/checkout/summary.js";
import { addressSection, sendTo, whoSection } from "/pages/js/shop/checkout/who.js";
import { checkoutShipping, ofCheckout, redeem, refreshLoyalty, summaryEstimate } from "/pages/js/shop/components.js";

const PAUSE = 3000;
const OURS = [redeem, checkoutShipping, summaryEstimate];
const dialog = document.getElementById("checkout");
/** Each part with what it depends on: it is drawn anew only when that changed. */
const PARTS = [
  ["who", whoSection, ({ checkout }) => [shopper(), checkout.email]],
  ["address", addressSection, ({ checkout }) => checkout.shippingAddress],
  ["delivery", deliverySection, ({ checkout }) => [checkout.isShippingRequired, checkout.shippingMethods, checkout.deliveryMethod]],
  ["points", () => [redeem], ({ id }) => id],
  ["codes", codesSection, (view) => [coupon(view), view.checkout.giftCards]],
  ["summary", summarySection, ({ checkout }) => [checkout, redeem.redemption]],
];
let view = null;
let timer = 0;
let newest = 0;

function draw(view) {
  for (const [name, build, state] of PARTS) {
    const place = document.getElementById(`checkout-${name}`);
    redraw(place, state(view), () => build(view));
    place.hidden = !place.childNodes.length;
  }
}

/** Reads the checkout; of two that overlap the later one stays. */
async function refresh() {
  const mine = ++newest;
  const { id } = view;
  const token = await tokenIfAny();
  const { checkout } = await gql("checkout", { id }, token);
  if (mine !== newest || !view || view.id !== id) return;
  if (!checkout) return close(t("checkout.gone"));
  const changed = JSON.stringify(checkout) !== JSON.stringify(view.checkout);
  view.checkout = checkout;
  draw(view);
  if (changed) refreshLoyalty();
}

function close(words = "") {
  dialog.close();
  if (words) toast(words, "bad");
}

function placed(order) {
  const { channel } = view;
  drop(channel.slug);
  empty(channel.slug);
  close();
  toast(t("checkout.placed", { number: order.number }));
  document.dispatchEvent(new Event("order-changed"));
}

async function keepReading() {
  clearTimeout(timer);
  if (!view) return;
  try {
    if (!document.hidden) await refresh();
  } catch (problem) {
    console.warn("the checkout could not be read", problem);
  }
  timer = setTimeout(keepReading, PAUSE);
}

/** Opens the dialog that turns the cart of `channel` into an order. */
export async function openCheckout(channel) {
  const id = await inStep(channel);
  if (!id) return;
  view = { channel, id, refresh, placed, checkout: null };
  ofCheckout(OURS, id);
  for (const [name] of PARTS) forget(document.getElementById(`checkout-${name}`));
  const { checkout } = await gql("checkout", { id }, await tokenIfAny());
  if (checkout.shippingAddress) await calculate(id);
  else await sendTo(id, addressIn(channel.defaultCountry.code));
  await refresh();
  const first = cheapest(view.checkout);
  if (!view.checkout.deliveryMethod && first) {
    await choose(id, first.id);
    await refresh();
  }
  dialog.showModal();
  timer = setTimeout(keepReading, PAUSE);
}

dialog.addEventListener("close", () => {
  clearTimeout(timer);
  view = null;
  newest += 1;
  document.dispatchEvent(new Event("checkout-closed"));
});
for (const name of ["loyalty:redeemed", "loyalty:released"]) dialog.addEventListener(name, () => view && refresh());
redeem.addEventListener("loyalty:changed", () => view?.checkout && draw(view));
document.getElementById("checkout-close").addEventListener("click", () => dialog.close());
document.addEventListener("shopper-changed", async () => {
  if (!view) return;
  await inStep(view.channel);
  await refresh();
});
document.addEventListener("clock-moved", () => view && refresh());
