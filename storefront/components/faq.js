/** Questions and answers made from the published program: they change when it does. */

/** @typedef {import("./client.js").Offer} Offer */
/** @typedef {import("./client.js").Program} Program */
/** @typedef {import("./client.js").Terms} Terms */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{id: string, question: string, answer: string[]}} Answer */

/**
 * What a shopper asks of the program in one channel, or in all of it.
 *
 * @param {Program} program
 * @param {string} channel slug; "" = all channels
 * @param {Words} words
 * @returns {Answer[]} without those that the program has no answer to
 */
export function answersOf(program, channel, words) {
  const terms = program.channels.filter((one) => !channel || one.channel === channel);
  const points = program.program.points_name;
  /** @type {Answer[]} */
  const all = [
    { id: "earn", question: words.t("faq.earn", { points }), answer: earning(program, terms) },
    { id: "when", question: words.t("faq.when"), answer: [words.t("faq.when_text", { points, available: program.available })] },
    { id: "spend", question: words.t("faq.spend"), answer: terms.flatMap((one) => spending(one, program, words)) },
    { id: "expire", question: words.t("faq.expire"), answer: [words.t("faq.expire_text", { expiry: program.expiry })] },
    { id: "shipping", question: words.t("faq.shipping"), answer: terms.flatMap((one) => one.shipping.map((offer) => shipping(offer, words))) },
    { id: "return", question: words.t("faq.return"), answer: [words.t("faq.return_text")] },
  ];
  return all.filter(({ answer }) => answer.length);
}

/**
 * @param {Program} program
 * @param {Terms[]} terms
 */
function earning({ rules }, terms) {
  const rates = terms.flatMap(({ earn }) => (earn ? [`${earn.text}.`] : []));
  if (!rates.length) return [];
  return [...rates, ...rules.map(({ name, gives, when }) => `${name}: ${[gives, when].filter(Boolean).join("; ")}.`)];
}

/**
 * @param {Terms} terms
 * @param {Program} program
 * @param {Words} words
 */
function spending({ worth, spending: limits }, { program }, words) {
  if (!worth || !limits) return [];
  const share = new Intl.NumberFormat(words.locale, { style: "percent" }).format(limits.maximum_share / 100);
  const sentences = [`${worth.text}.`, words.t("faq.spend_text", { least: words.points(limits.minimum_points, program), share })];
  if (limits.minimum_order) sentences.push(words.t("faq.minimum", { money: words.money(limits.minimum_order) }));
  return [sentences.join(" ")];
}

/**
 * @param {Offer} offer
 * @param {Words} words
 */
export function shipping({ name, price, threshold, when }, words) {
  const free = /^0*\.?0*$/.test(price.amount);
  const said = threshold
    ? words.t(`shipping.from${free ? "_free" : ""}`, { name, money: words.money(price), threshold: words.money(threshold) })
    : free ? name : words.t("shipping.for", { name, money: words.money(price) });
  return `${[said, when].filter(Boolean).join("; ")}.`;
}
