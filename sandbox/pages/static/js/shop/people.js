/** The shop's customers: who they are, signing in and out. */

import { h } from "/pages/js/lib/dom.js";
import { attempt } from "/pages/js/lib/feedback.js";
import { shopper, signIn } from "/pages/js/lib/session.js";
import { t } from "/pages/js/lib/text.js";

let customers = [];

/** Takes the customers of the control API's state. */
export function know(found) {
  customers = found;
}

/** Who is signed in, or null. */
export function signedIn() {
  return customers.find((one) => one.email === shopper()) ?? null;
}

/** The first and last name for an address: of who is signed in, or a guest's. */
export function namesForAddress() {
  const customer = signedIn();
  return customer
    ? { firstName: customer.first_name, lastName: customer.last_name }
    : { firstName: t("people.guest_first"), lastName: t("people.guest_last") };
}

export function avatar(customer) {
  return h("span", { class: "avatar", "aria-hidden": "true" }, customer.first_name.slice(0, 1));
}

function button(customer, name) {
  return h("li", {}, h("button", { type: "button", class: "person", [name]: customer.email, onclick: (event) =>
    attempt(event.currentTarget, async () => {
      await signIn(customer.email);
      document.dispatchEvent(new Event("shopper-changed"));
    }) },
  avatar(customer),
  h("span", {}, h("strong", {}, `${customer.first_name} ${customer.last_name}`), h("span", { class: "muted" }, customer.email))));
}

/** Buttons to sign in as each customer; `name` is the attribute by which they are found. */
export function choices(name) {
  return h("ul", { class: "people" }, customers.filter((one) => one.is_confirmed).map((one) => button(one, name)));
}
