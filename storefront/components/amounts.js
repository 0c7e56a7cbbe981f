/** Points and money, exactly: whole numbers and decimal text, never a rounded float. */

/** @typedef {{amount: string, currency: string}} Money */
/** @typedef {{points: number, amount: string, currency: string, text: string}} Rate */
/** @typedef {{available: number, most_points: number, most_discount: Money, minimum_points: number, step: number}} Limits */

/**
 * The digits of a decimal and how many of them are places, "0.02" being 2n of 2.
 *
 * @param {string} text
 * @returns {{digits: bigint, places: number}}
 */
export function decimal(text) {
  const [whole = "0", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), places: fraction.length };
}

/**
 * The digits as a decimal with so many places.
 *
 * @param {bigint} digits
 * @param {number} places
 */
export function plain(digits, places) {
  const text = String(digits).padStart(places + 1, "0");
  return places ? `${text.slice(0, -places)}.${text.slice(-places)}` : text;
}

/**
 * What points take off, cut to the currency's places as the app cuts it.
 *
 * @param {number} points
 * @param {Limits} limits what the cart takes at most
 * @param {Rate | null} rate what points are worth; without it they are valued in proportion
 * @returns {Money | null} null where nothing comes off
 */
export function discountOf(points, limits, rate) {
  const { most_points: most, most_discount: full } = limits;
  if (points <= 0 || most <= 0) return null;
  if (points >= most) return full;
  const { digits, places } = decimal(full.amount);
  if (!rate) return { amount: plain((digits * BigInt(points)) / BigInt(most), places), currency: full.currency };
  const worth = decimal(rate.amount);
  const scaled = worth.digits * BigInt(points) * 10n ** BigInt(places);
  const cut = scaled / (BigInt(rate.points) * 10n ** BigInt(worth.places));
  return { amount: plain(cut < digits ? cut : digits, places), currency: full.currency };
}

/**
 * The number of points next to the one wished for that can be spent.
 *
 * @param {number} wish
 * @param {Limits} limits
 */
export function nearest(wish, { most_points: most, minimum_points: least, step }) {
  const inSteps = Math.floor((Number.isFinite(wish) ? wish : 0) / step) * step;
  const first = Math.ceil(least / step) * step;
  return Math.min(most, Math.max(first, inSteps));
}

const MOST_CHOICES = 4;

/**
 * A few round numbers of points to choose from: all of them where they are few, else by quarters.
 *
 * @param {Limits} limits
 * @returns {number[]} ascending, the most last; empty where none may be spent
 */
export function choices(limits) {
  const { most_points: most, minimum_points: least } = limits;
  if (most < least || most < 1) return [];
  const found = new Set([most]);
  for (let part = 1; part < MOST_CHOICES; part += 1) {
    found.add(nearest(Math.floor((most * part) / MOST_CHOICES), limits));
  }
  return [...found].sort((one, other) => one - other);
}

/**
 * Which part of a threshold is reached, 0 to 1.
 *
 * @param {Money} threshold
 * @param {Money} missing
 */
export function reached(threshold, missing) {
  const whole = Number(threshold.amount);
  if (!(whole > 0)) return 1;
  return Math.min(1, Math.max(0, 1 - Number(missing.amount) / whole));
}

/** @param {Money} money */
export const isNothing = (money) => decimal(money.amount).digits === 0n;
