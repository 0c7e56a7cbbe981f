/** Tokens of shoppers and of the staff member; they live for five minutes of the sandbox's time. */

import { gql } from "/pages/js/lib/api.js";
import { now, onState, started } from "/pages/js/lib/state.js";

const SHOPPER_PASSWORD = "password";
const STAFF = { email: "admin@example.com", password: "admin" };
const SHOPPER_KEY = "sandbox.shopper";
const TAB_KEY = "sandbox.tab";
const MARGIN = 60_000;
/** Before Saleor's refresh tokens run out, after 30 days of the sandbox's time. */
const SESSION = 20 * 86_400_000;
const tokens = new Map();
let sessionAt = null;

function expiry(token) {
  const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload)).exp * 1000;
}

/** A token of the customer, or of whoever's password is given. */
export async function tokenOf(email, password = SHOPPER_PASSWORD) {
  await started;
  const known = tokens.get(email);
  if (known && expiry(known) - MARGIN > now().getTime()) return known;
  return (await signedIn(email, password)).token;
}

async function signedIn(email, password) {
  const { tokenCreate } = await gql("signIn", { email, password });
  tokens.set(email, tokenCreate.token);
  return tokenCreate;
}

/** A token of the shop's staff member. */
export const staffToken = () => tokenOf(STAFF.email, STAFF.password);

/** The e-mail of who is signed in to the shop, or null. */
export const shopper = () => sessionStorage.getItem(SHOPPER_KEY);

/** A token of who is signed in to the shop. */
export const shopperToken = () => tokenOf(shopper());

/** This tab, to the shop's server: two tabs may be two customers. */
function tab() {
  const known = sessionStorage.getItem(TAB_KEY);
  if (known) return known;
  const made = [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("");
  sessionStorage.setItem(TAB_KEY, made);
  return made;
}

/** Where the loyalty components get the token of who is signed in. */
export const tokenEndpoint = () => `/shop/loyalty-token?tab=${tab()}`;

async function beginSession(email) {
  await started;
  const { refreshToken } = await signedIn(email, SHOPPER_PASSWORD);
  const body = JSON.stringify({ refresh_token: refreshToken });
  await fetch(`/shop/session?tab=${tab()}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  sessionAt = now();
}

export async function signIn(email) {
  await beginSession(email);
  sessionStorage.setItem(SHOPPER_KEY, email);
}

export async function signOut() {
  tokens.delete(shopper());
  sessionStorage.removeItem(SHOPPER_KEY);
  sessionAt = null;
  await fetch(`/shop/session?tab=${tab()}`, { method: "DELETE" });
}

onState(() => {
  if (!shopper() || (sessionAt && now() - sessionAt < SESSION)) return;
  sessionAt = now();
  beginSession(shopper()).then(() => document.dispatchEvent(new Event("loyalty:session")), (problem) => {
    console.warn("the session could not be kept", problem);
    sessionAt = null;
  });
});
