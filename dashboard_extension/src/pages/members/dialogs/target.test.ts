import { expect, it } from "vitest";

import { draftOf } from "./target";

const ID = btoa("Order:0e9b1a3c-3c1e-4c5d-9f0a-2b8f1a7c9d11");

it.each([
  [ID, ID],
  [`  ${ID} `, ID],
  [`https://shop.example/dashboard/orders/drafts/${encodeURIComponent(ID)}`, ID],
  [`https://shop.example/dashboard/orders/${encodeURIComponent(ID)}?action=x`, ID],
  [`https://shop.example/dashboard/drafts/${encodeURIComponent(ID)}`, ID],
  [btoa("Checkout:0e9b1a3c-3c1e-4c5d-9f0a-2b8f1a7c9d11"), null],
  ["#18", null],
  ["https://shop.example/orders/%E0%A4%A", null],
  ["", null],
])("%s is the draft %s", (pasted, id) => {
  expect(draftOf(pasted)).toBe(id);
});
