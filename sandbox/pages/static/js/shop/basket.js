/** The checkout that the store keeps behind the cart of a channel; it follows the cart. */

import { gql } from "/pages/js/lib/api.js";
import { shopper, shopperToken } from "/pages/js/lib/session.js";
import { language } from "/pages/js/lib/text.js";
import { addressIn } from "/pages/js/shop/addresses.js";
import { lines } from "/pages/js/shop/cart.js";
import { takeBackAll } from "/pages/js/shop/loyalty.js";

const PREFIX = "sandbox.checkout.";
let last = Promise.resolve();

const known = (slug) => JSON.parse(sessionStorage.getItem(PREFIX + slug) ?? "null");
const keep = (slug, checkout) => sessionStorage.setItem(PREFIX + slug, JSON.stringify(checkout));

/** Another checkout is made for the cart the next time. */
export const drop = (slug) => sessionStorage.removeItem(PREFIX + slug);

/** The token for what the shopper does, null for a guest. */
export const tokenIfAny = async () => (shopper() ? shopperToken() : null);

async function create(channel) {
  const owner = shopper();
  const place = addressIn(channel.defaultCountry.code);
  const input = {
    channel: channel.slug,
    lines: lines(channel.slug).map(({ variant, quantity }) => ({ variantId: variant, quantity })),
    languageCode: language.toUpperCase(),
    ...(owner ? { email: owner, shippingAddress: place, billingAddress: place } : {}),
  };
  const { checkoutCreate } = await gql("checkoutCreate", { input }, await tokenIfAny());
  keep(channel.slug, { id: checkoutCreate.checkout.id, owner });
  return checkoutCreate.checkout.id;
}

/** What has to change in `kept`, the lines of the store, to be as `wanted`. */
function differences(kept, wanted) {
  const there = new Map(kept.filter((line) => !line.isGift).map((line) => [line.variant.id, line.quantity]));
  const changed = wanted.filter((line) => there.get(line.variant) !== line.quantity);
  const gone = [...there.keys()].filter((id) => !wanted.some((line) => line.variant === id));
  return [...changed.map((line) => ({ variantId: line.variant, quantity: line.quantity })), ...gone.map((variantId) => ({ variantId, quantity: 0 }))];
}

async function follow(channel) {
  const wanted = lines(channel.slug);
  let mine = known(channel.slug);
  if (mine?.owner && mine.owner !== shopper()) {
    drop(channel.slug);
    mine = null;
  }
  const token = await tokenIfAny();
  const found = mine ? (await gql("basket", { id: mine.id }, token)).checkout : null;
  if (!found) return wanted.length ? create(channel) : null;
  const changes = differences(found.lines, wanted);
  if (changes.length) await gql("checkoutLines", { id: mine.id, lines: changes }, token);
  if (shopper() && !mine.owner) {
    await gql("checkoutAttach", { id: mine.id }, token);
    keep(channel.slug, { ...mine, owner: shopper() });
  }
  return wanted.length ? mine.id : null;
}

/**
 * Makes the store's checkout as the cart of `channel` is now; gives its id, null of an empty cart.
 *
 * One call after the other: two at once would make two checkouts.
 */
export function inStep(channel) {
  const mine = last.then(() => follow(channel));
  last = mine.catch(() => {});
  return mine;
}

/** Before the shopper signs out: their points go back, and the cart stays as a guest's. */
export async function leave(slugs) {
  const token = await shopperToken();
  for (const slug of slugs) {
    const mine = known(slug);
    if (!mine?.owner) continue;
    try {
      await takeBackAll(mine.id, token);
      await gql("checkoutDetach", { id: mine.id }, token);
      keep(slug, { ...mine, owner: null });
    } catch (problem) {
      console.warn("the cart could not be kept", problem);
      drop(slug);
    }
  }
}
