/** What the program promises everybody, signed in or not: a line below the shop's name. */

import { h, show } from "/pages/js/lib/dom.js";
import { money, t } from "/pages/js/lib/text.js";
import { termsOf } from "/pages/js/shop/loyalty.js";

const place = document.getElementById("terms");
let newest = 0;

function shippingWords(offer) {
  const free = Number(offer.price.amount) === 0;
  const price = money(offer.price);
  if (offer.threshold === null) return free ? t("terms.free", { name: offer.name }) : t("terms.price", { name: offer.name, price });
  const threshold = money(offer.threshold);
  return free ? t("terms.free_from", { threshold }) : t("terms.price_from", { name: offer.name, price, threshold });
}

function words({ earn, worth, shipping }) {
  return [earn?.text, worth?.text, ...shipping.map(shippingWords)].filter(Boolean);
}

/** Tells the terms of the channel `slug`; nothing until any are published. */
export async function showTerms(slug) {
  const mine = ++newest;
  let told = [];
  try {
    told = (await termsOf(slug)).channels.flatMap(words);
  } catch (problem) {
    if (problem.code !== "app_not_installed") console.warn("the program could not be read", problem);
  }
  if (mine === newest) show(place, told.map((one) => h("li", {}, one)));
}
