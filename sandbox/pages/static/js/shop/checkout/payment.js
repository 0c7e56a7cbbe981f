/** Paying a checkout or an order, and placing the order. */

import { gql } from "/pages/js/lib/api.js";
import { staffToken } from "/pages/js/lib/session.js";
import { tokenIfAny } from "/pages/js/shop/basket.js";
import { open } from "/pages/js/shop/instalments.js";

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

/** What is still to be paid of `checkout`; Saleor's balance is negative while money is owed. */
export function due(checkout) {
  return { amount: Math.max(0, -checkout.totalBalance.amount), currency: checkout.totalBalance.currency };
}

/** The half of a price, cut to hundredths. */
export function half({ amount, currency }) {
  return { amount: Math.floor((amount * 100) / 2) / 100, currency };
}

/** Pays `share` ("full", "half" or "later") of the checkout as it is now; gives its order. */
export async function placeOrder(id, channel, share) {
  const token = await tokenIfAny();
  const { checkout } = await gql("checkout", { id }, token);
  const owed = due(checkout);
  const paid = { full: owed.amount, half: half(owed).amount, later: 0 }[share];
  const partly = paid < owed.amount;
  if (partly && !channel.orderSettings.allowUnpaidOrders) {
    await gql("allowUnpaidOrders", { id: channel.id }, await staffToken());
    channel.orderSettings.allowUnpaidOrders = true;
  }
  if (paid > 0) await charge(id, paid, owed.currency);
  const { checkoutComplete } = await gql("checkoutComplete", { id }, token);
  if (partly) open(checkoutComplete.order.id);
  return checkoutComplete.order;
}
