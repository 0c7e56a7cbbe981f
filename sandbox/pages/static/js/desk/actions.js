/** What staff do to an order. Each gives nothing and throws a Problem. */

import { gql } from "/pages/js/lib/api.js";
import { staffToken } from "/pages/js/lib/session.js";
import { shares } from "/pages/js/desk/amounts.js";

async function send(name, variables) {
  return gql(name, variables, await staffToken());
}

/** Sends everything that has not been sent, from the first warehouse. */
export async function fulfill(order) {
  const [warehouse] = order.channel.warehouses;
  const lines = order.lines
    .filter((line) => line.quantityToFulfill > 0)
    .map((line) => ({ orderLineId: line.id, stocks: [{ quantity: line.quantityToFulfill, warehouse: warehouse.id }] }));
  await send("fulfill", { order: order.id, input: { lines, notifyCustomer: false, allowStockToBeExceeded: true } });
}

async function report(order, type, amount) {
  for (const [index, share] of shares(order, amount).entries()) {
    const reference = `${type.toLowerCase()}-${Date.now().toString(36)}-${index}`;
    await send("report", { id: share.id, type, amount: share.amount, reference });
  }
}

export const refund = (order, amount) => report(order, "REFUND_SUCCESS", amount);

export const chargeBack = (order, amount) => report(order, "CHARGE_BACK", amount);

/** Takes goods back: [{id, quantity, sent}]; `value` above 0 is paid back too. */
export async function takeBack(order, goods, value) {
  const input = {
    fulfillmentLines: goods.filter((one) => one.sent).map(({ id, quantity }) => ({ fulfillmentLineId: id, quantity })),
    orderLines: goods.filter((one) => !one.sent).map(({ id, quantity }) => ({ orderLineId: id, quantity })),
    refund: false,
  };
  await send("returnItems", { order: order.id, input });
  if (value > 0) await refund(order, value);
}

export const cancel = (order) => send("cancelOrder", { id: order.id });

export const confirm = (order) => send("confirmOrder", { id: order.id });

export const markAsPaid = (order) => send("markAsPaid", { id: order.id });
