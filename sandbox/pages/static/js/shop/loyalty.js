/** What the loyalty app tells of a checkout, and spending points on it. */

import { loyalty, Problem } from "/pages/js/lib/api.js";
import { shopperToken } from "/pages/js/lib/session.js";
import { t } from "/pages/js/lib/text.js";

/** Nothing is told of a cart while the app is not there; the shop sells all the same. */
const ABSENT = new Set(["app_not_installed", "app_unreachable", "unreachable"]);
const MOST_ASKS = 30;
const MOST_LEAVES = 3;
/** The discount is still on its way to the checkout. */
const UNDER_WAY = new Set(["held", "issued"]);
const keys = new Map();
let store = "";

const money = ({ amount, currency }) => ({ amount: Number(amount), currency });
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const redemptionOf = (found) => found && { ...found, discount: money(found.discount) };

function spendingOf(found) {
  return {
    available: found.available,
    least: found.minimum_points,
    step: found.step,
    most: found.most_points,
    worth: money(found.most_discount),
    refusal: found.refusal?.message ?? "",
    redemption: redemptionOf(found.redemption),
  };
}

/** The store that the app is asked about where no shopper's token tells it; gives its address. */
export function ofStore(url) {
  store = `${url.replace(/\/$/, "")}/graphql/`;
  return store;
}

/** What the app tells everybody of the program in the channel `slug`. */
export async function termsOf(slug) {
  return (await loyalty(`program?${new URLSearchParams({ store, channel: slug })}`)).body;
}

/** What the app tells of spending on the checkout: {spending}; null while it is not there. */
export async function previewOf(id, token) {
  try {
    const { body } = await loyalty(`checkouts/${encodeURIComponent(id)}?${new URLSearchParams({ store })}`, { token });
    return { spending: body.spending && spendingOf(body.spending) };
  } catch (problem) {
    if (!ABSENT.has(problem.code)) console.warn("the app tells nothing of the cart", problem);
    return null;
  }
}

/** One key for one wish: asked again after a failure on the way, it is the same request. */
function keyOf(wish) {
  if (!keys.has(wish)) keys.set(wish, [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-"));
  return keys.get(wish);
}

/** Spends points in the name of whose token `tokenNow` gives; resolves when the discount is on. */
export async function spendAs(tokenNow, id, points) {
  const wish = `${id} ${points}`;
  const input = { checkout_id: id, points };
  let answer;
  try {
    answer = await loyalty("redemptions", { token: await tokenNow(), method: "POST", input, key: keyOf(wish) });
  } catch (problem) {
    if (problem.refused) keys.delete(wish);
    throw problem;
  }
  for (let asked = 0; UNDER_WAY.has(answer.body.state) && !answer.body.error; asked += 1) {
    if (asked === MOST_ASKS) throw new Problem("slow", t("spend.slow"));
    await pause(answer.later ?? 1);
    answer = await loyalty(`redemptions/${answer.body.id}`, { token: await tokenNow() });
  }
  keys.delete(wish);
  const { error } = answer.body;
  if (error) throw new Problem(error.code, error.message, { refused: true });
  return redemptionOf(answer.body);
}

/** Gives the points of a redemption back. */
export async function takeBack(redemption) {
  await loyalty(`redemptions/${redemption}`, { token: await shopperToken(), method: "DELETE" });
}

/** Gives back whatever points are on the checkout; asked again where the app does not answer. */
export async function takeBackAll(id, token) {
  for (let asked = 1; ; asked += 1) {
    try {
      const { body } = await loyalty(`checkouts/${encodeURIComponent(id)}?${new URLSearchParams({ store })}`, { token });
      const redemption = body.spending?.redemption;
      if (redemption) await takeBack(redemption.id);
      return;
    } catch (problem) {
      if (ABSENT.has(problem.code)) return;
      if (asked === MOST_LEAVES) throw problem;
      await pause(asked);
    }
  }
}
