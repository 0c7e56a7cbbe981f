/** The orders that the shopper chose to pay later or in two parts, as this shop remembers them. */

const KEY = "sandbox.instalments";

function all() {
  return new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
}

function keep(orders) {
  localStorage.setItem(KEY, JSON.stringify([...orders]));
}

export const isOpen = (order) => all().has(order);

export function open(order) {
  keep(all().add(order));
}

export function close(order) {
  const orders = all();
  orders.delete(order);
  keep(orders);
}
