/** What the shopper has chosen, kept in the browser for each channel. */

const key = (channel) => `sandbox.cart.${channel}`;

/** [{variant, name, price: {amount, currency}, quantity}] */
export function lines(channel) {
  return JSON.parse(sessionStorage.getItem(key(channel)) ?? "[]");
}

function keep(channel, chosen) {
  sessionStorage.setItem(key(channel), JSON.stringify(chosen.filter((line) => line.quantity > 0)));
}

export function add(channel, line) {
  const chosen = lines(channel);
  const same = chosen.find((one) => one.variant === line.variant);
  if (same) same.quantity += 1;
  else chosen.push({ ...line, quantity: 1 });
  keep(channel, chosen);
}

export function change(channel, variant, by) {
  const chosen = lines(channel);
  chosen.find((one) => one.variant === variant).quantity += by;
  keep(channel, chosen);
}

export function empty(channel) {
  keep(channel, []);
}

/** The sum of the prices as shown, in hundredths so that it is exact. */
export function subtotal(chosen) {
  const cents = chosen.reduce((sum, line) => sum + Math.round(line.price.amount * 100) * line.quantity, 0);
  return chosen.length ? { amount: cents / 100, currency: chosen[0].price.currency } : null;
}
