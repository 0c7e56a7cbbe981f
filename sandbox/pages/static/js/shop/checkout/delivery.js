/** How the goods travel: all methods that may be chosen, the app's among them. */

import { gql } from "/pages/js/lib/api.js";
import { h } from "/pages/js/lib/dom.js";
import { attempt } from "/pages/js/lib/feedback.js";
import { since } from "/pages/js/lib/state.js";
import { days, money, t } from "/pages/js/lib/text.js";
import { tokenIfAny } from "/pages/js/shop/basket.js";
import { checkoutShipping } from "/pages/js/shop/components.js";

/** Whether an app offers the method: its id names the app behind base64. */
const byApp = (method) => atob(method.id).startsWith("app:");

/** Asks the store to find the deliveries of the checkout anew; newer than Saleor 3.22 only. */
export async function calculate(id) {
  if (!since(3, 23)) return [];
  return (await gql("deliveries", { id }, await tokenIfAny())).deliveryOptionsCalculate.deliveries;
}

/** Chooses a shipping method: by the delivery that the store keeps for it, where it has those. */
export async function choose(id, method) {
  const delivery = (await calculate(id)).find((one) => one.shippingMethod?.id === method);
  await gql("checkoutDelivery", { id, method: delivery?.id ?? method }, await tokenIfAny());
}

/** The cheapest method that may be chosen, undefined where there is none. */
export function cheapest(checkout) {
  return [...active(checkout)].sort((left, right) => left.price.amount - right.price.amount)[0];
}

/** The methods that may be chosen. */
export const active = (checkout) => checkout.shippingMethods.filter((one) => one.active);

function option(view, method, problem) {
  const chosen = view.checkout.deliveryMethod?.id === method.id;
  const travel = days(method.minimumDeliveryDays, method.maximumDeliveryDays);
  return h("label", { class: "method" },
    h("input", { type: "radio", name: "delivery", id: `delivery-${method.id}`, "data-method": method.name, checked: chosen, onchange: (event) =>
      attempt(event.target, async () => {
        await choose(view.id, method.id);
        await view.refresh();
      }, problem) }),
    h("span", { class: "method-words" },
      h("strong", {}, method.name),
      travel && h("span", { class: "muted" }, travel)),
    byApp(method) && h("span", { class: "chip loyal" }, t("ship.by_app")),
    h("span", { class: "figure" }, method.price.amount ? money(method.price) : t("ship.free")));
}

/** The section; nothing of goods that are not sent. */
export function deliverySection(view) {
  const { checkout } = view;
  if (!checkout.isShippingRequired) return [];
  const methods = active(checkout);
  const problem = h("p", { class: "form-problem", role: "alert" });
  return [
    h("h3", { id: "checkout-delivery-heading" }, t("ship.heading")),
    checkoutShipping,
    methods.length
      ? h("div", { class: "methods", role: "radiogroup", "aria-labelledby": "checkout-delivery-heading" }, methods.map((one) => option(view, one, problem)))
      : h("p", { class: "empty" }, t("ship.none")),
    problem,
  ];
}
