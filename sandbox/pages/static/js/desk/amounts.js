/** Money in the whole hundredths that a form needs, and what of an order can still be given back. */

const cents = (amount) => Math.round(amount * 100);

/** Σ of what was charged and not given back, by transaction. */
export function refundable(order) {
  return order.transactions
    .map((one) => ({ id: one.id, amount: cents(one.chargedAmount.amount) }))
    .filter((one) => one.amount > 0);
}

/** The most that can be given back, as a number of the currency. */
export function mostBack(order) {
  return refundable(order).reduce((sum, one) => sum + one.amount, 0) / 100;
}

/** Splits `amount` over the order's transactions, in their order. */
export function shares(order, amount) {
  let left = cents(amount);
  const found = [];
  for (const one of refundable(order)) {
    const share = Math.min(left, one.amount);
    if (share > 0) found.push({ id: one.id, amount: share / 100 });
    left -= share;
  }
  return found;
}

/** The value of `quantities` ([{price, quantity}]) in the currency. */
export function worth(quantities) {
  return quantities.reduce((sum, { price, quantity }) => sum + cents(price) * quantity, 0) / 100;
}
