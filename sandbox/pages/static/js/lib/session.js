/** Tokens of shoppers and of the staff member; they live for five minutes of the sandbox's time. */

import { gql } from "/pages/js/lib/api.js";
import { now, started } from "/pages/js/lib/state.js";

const SHOPPER_PASSWORD = "password";
const STAFF = { email: "admin@example.com", password: "admin" };
const SHOPPER_KEY = "sandbox.shopper";
const MARGIN = 60_000;
const tokens = new Map();

function expiry(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload)).exp * 1000;
}

/** A token of the customer, or of whoever's password is given. */
export async function tokenOf(email, password = SHOPPER_PASSWORD) {
  await started;
  const known = tokens.get(email);
  if (known && expiry(known) - MARGIN > now().getTime()) return known;
  const { tokenCreate } = await gql("signIn", { email, password });
  tokens.set(email, tokenCreate.token);
  return tokenCreate.token;
}

/** A token of the shop's staff member. */
export const staffToken = () => tokenOf(STAFF.email, STAFF.password);

/** The e-mail of who is signed in to the shop, or null. */
export const shopper = () => sessionStorage.getItem(SHOPPER_KEY);

/** A token of who is signed in to the shop. */
export const shopperToken = () => tokenOf(shopper());

export async function signIn(email) {
  await tokenOf(email);
  sessionStorage.setItem(SHOPPER_KEY, email);
}

export function signOut() {
  tokens.delete(shopper());
  sessionStorage.removeItem(SHOPPER_KEY);
}
