/** One code of points in two checkouts that are completed at the same instant. */

import { control, gql, Problem } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { attempt } from "/pages/js/lib/feedback.js";
import { tokenOf } from "/pages/js/lib/session.js";
import { onState } from "/pages/js/lib/state.js";
import { t } from "/pages/js/lib/text.js";
import { addressIn } from "/pages/js/shop/addresses.js";
import { ofStore, previewOf, spendAs } from "/pages/js/shop/loyalty.js";

const SLUG = "default-channel";
const GOODS = "espresso-beans";
const MOST_ASKS = 4;
const form = document.getElementById("race");
const owner = document.getElementById("race-owner");
const other = document.getElementById("race-other");
let known = "";

function fill({ customers }) {
  const people = customers.filter((one) => one.is_confirmed);
  if (JSON.stringify(people) === known) return;
  known = JSON.stringify(people);
  const options = () => people.map((one) => h("option", { value: one.email }, `${one.first_name} ${one.last_name}`));
  show(owner, options());
  show(other, options());
}

/** A checkout of the customer with one product, ready to be paid. */
async function checkoutOf(email, variant) {
  const token = await tokenOf(email);
  const place = addressIn("US");
  const input = { channel: SLUG, email, lines: [{ variantId: variant, quantity: 1 }], shippingAddress: place, billingAddress: place };
  const { id } = (await gql("checkoutCreate", { input }, token)).checkoutCreate.checkout;
  const { checkout } = await gql("checkout", { id }, token);
  await gql("checkoutDelivery", { id, method: checkout.shippingMethods[0].id }, token);
  return { id, token };
}

function told(first, second, { orders }) {
  const words = orders.map((one) => {
    if (one.number === null) return t("race.refused", { code: one.refusal });
    return t(one.voucher_code ? "race.with_code" : "race.without_code", { number: one.number });
  });
  return [...words, t(first === second ? "race.case_second" : "race.case_stranger")];
}

/** What the app tells of spending there; a shop asks again where the app is slow for once. */
async function spendingOf({ id, token }) {
  for (let asked = 1; asked <= MOST_ASKS; asked += 1) {
    const told = await previewOf(id, token);
    if (told) return told.spending;
    await new Promise((resolve) => setTimeout(resolve, asked * 1000));
  }
  throw new Problem("race", t("race.silent"));
}

async function race() {
  const { shop, products } = await gql("catalog", { channel: SLUG });
  ofStore(shop.domain.url);
  const variant = products.edges.find((edge) => edge.node.slug === GOODS).node.variants[0].id;
  const mine = await checkoutOf(owner.value, variant);
  const spending = await spendingOf(mine);
  if (!spending?.most) throw new Problem("race", spending?.refusal || t("race.no_points"));
  const { code } = await spendAs(() => tokenOf(owner.value), mine.id, spending.least);
  const theirs = await checkoutOf(other.value, variant);
  return control("race", { checkouts: [mine.id, theirs.id], code });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const place = document.getElementById("race-result");
  show(place);
  attempt(document.getElementById("race-start"), async () => {
    const words = told(owner.value, other.value, await race());
    show(place, words.map((one) => h("li", {}, one)));
  }, document.getElementById("race-problem"));
});
onState(fill);
