/** Who buys, and where it goes. */

import { gql } from "/pages/js/lib/api.js";
import { h } from "/pages/js/lib/dom.js";
import { attempt } from "/pages/js/lib/feedback.js";
import { country, t } from "/pages/js/lib/text.js";
import { addressIn, COUNTRIES } from "/pages/js/shop/addresses.js";
import { tokenIfAny } from "/pages/js/shop/basket.js";
import { avatar, choices, signedIn } from "/pages/js/shop/people.js";
import { calculate } from "/pages/js/shop/checkout/delivery.js";

const FIELDS = ["firstName", "lastName", "streetAddress1", "postalCode", "city", "countryArea"];

/** Sends the goods, and the bill, to `address`. */
export async function sendTo(id, address) {
  await gql("checkoutAddress", { id, address }, await tokenIfAny());
  await calculate(id);
}

/** The buyer: the customer, or a guest's e-mail address beside the ways to sign in. */
export function whoSection(view) {
  const customer = signedIn();
  const heading = h("h3", {}, t("who.heading"));
  if (customer) {
    return [heading, h("div", { class: "signed-in" }, avatar(customer),
      h("div", {}, h("strong", {}, `${customer.first_name} ${customer.last_name}`), h("span", { class: "muted" }, customer.email)))];
  }
  const problem = h("p", { class: "form-problem", role: "alert" });
  const field = h("input", { id: "guest-email", type: "email", autocomplete: "email", value: view.checkout.email ?? "" });
  return [
    heading,
    h("form", { class: "field-row", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      attempt(document.getElementById("guest-save"), async () => {
        await gql("checkoutEmail", { id: view.id, email: field.value.trim() });
        await view.refresh();
      }, problem);
    } },
    h("label", { for: "guest-email" }, t("who.email")), field,
    h("button", { type: "submit", class: "button", id: "guest-save" }, t("who.go_on"))),
    problem,
    h("p", { class: "note" }, t("who.sign_in")),
    choices("data-checkout-customer"),
  ];
}

function words(address) {
  return [`${address.firstName} ${address.lastName}`, address.streetAddress1, `${address.postalCode} ${address.city}`.trim(), country(address.country.code)].join(", ");
}

/** The address, with a form for another one. */
export function addressSection(view) {
  const { shippingAddress } = view.checkout;
  if (!shippingAddress) return [];
  const problem = h("p", { class: "form-problem", role: "alert" });
  const inputs = Object.fromEntries(FIELDS.map((name) =>
    [name, h("input", { id: `address-${name}`, type: "text", value: shippingAddress[name] ?? "" })]));
  const select = h("select", { id: "address-country", onchange: () => {
    const sample = addressIn(select.value);
    for (const name of FIELDS) inputs[name].value = sample[name];
  } }, COUNTRIES.map((code) => h("option", { value: code, selected: code === shippingAddress.country.code }, country(code))));
  return [
    h("h3", {}, t("address.heading")),
    h("p", { class: "address-words" }, words(shippingAddress)),
    h("details", { class: "address" },
      h("summary", {}, t("address.change")),
      h("form", { novalidate: true, onsubmit: (event) => {
        event.preventDefault();
        attempt(document.getElementById("address-save"), async () => {
          const values = Object.fromEntries(FIELDS.map((name) => [name, inputs[name].value.trim()]));
          await sendTo(view.id, { ...values, country: select.value });
          await view.refresh();
        }, problem);
      } },
      h("label", { for: "address-country" }, t("address.country")), select,
      FIELDS.map((name) => [h("label", { for: `address-${name}` }, t(`address.${name}`)), inputs[name]]).flat(),
      h("button", { type: "submit", class: "button", id: "address-save" }, t("address.save")),
      problem)),
  ];
}
