/** What a shopper tells about themselves: the birthday, and answers to the shop's questions. */

import { h } from "./dom.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./preferences.js").Change} Change */
/** @typedef {import("./preferences.js").Trouble} Trouble */
/** @typedef {import("./words.js").Names} Names */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{reward: string, reason: {message: string}}[]} NotNow */
/** @typedef {{asked: boolean, birthday: {month: number, day: number} | null, next_on: string | null, changeable_from: string | null, brings: number, rewards?: string[], not_now?: NotNow, known_days: number}} Birthday */
/** @typedef {{id: string, text: string, kind: string, options: {id: string, label: string}[], shown: string[], asked: boolean, brings: number, rewards?: string[], not_now?: NotNow, answer: {value: string, label: string} | null}} Question */
/** @typedef {{birthday: Birthday, questions: Question[]}} Told */
/** @typedef {{names: Names | null, trouble: Trouble | null, change: Change}} More */

/** A year that has every day. */
const LEAP_YEAR = 2024;
const LONGEST = 500;

/**
 * Whether there is anything to ask or to show.
 *
 * @param {Told} told
 */
export function hasTelling({ birthday, questions }) {
  return birthday.asked || birthday.birthday !== null || questions.some(isShown);
}

/**
 * Forms that are sent one by one, each with what it brings.
 *
 * @param {Told} told
 * @param {Words} words
 * @param {More} more
 * @returns {Child[]}
 */
export function drawTelling({ birthday, questions }, words, more) {
  return [
    (birthday.asked || birthday.birthday) && drawBirthday(birthday, words, more),
    ...questions.filter(isShown).map((question) => drawQuestion(question, words, more)),
  ].filter(Boolean);
}

/** @param {Question} question */
function isShown({ asked, shown, answer }) {
  return answer !== null || (asked && shown.includes("panel"));
}

/**
 * @param {Birthday} known
 * @param {Words} words
 * @param {More} more
 */
function drawBirthday(known, words, { names, trouble, change }) {
  const { birthday: born, changeable_from: from } = known;
  const locked = from !== null || !known.asked;
  const date = (/** @type {number} */ month, /** @type {number} */ day) => new Date(Date.UTC(LEAP_YEAR, month - 1, day));
  const said = (/** @type {Intl.DateTimeFormatOptions} */ form, /** @type {Date} */ at) => new Intl.DateTimeFormat(words.locale, { ...form, timeZone: "UTC" }).format(at);
  const day = choose("birthday-day", words.t("tell.day"), born?.day, Array.from({ length: 31 }, (_, at) => [at + 1, String(at + 1)]));
  const month = choose("birthday-month", words.t("tell.month"), born?.month, Array.from({ length: 12 }, (_, at) => [at + 1, said({ month: "long" }, date(at + 1, 1))]));
  const save = () => (day.value && month.value ? put() : (day.value ? month : day).focus());
  const put = () => change("birthday", (client) => client.call("me/birthday", { method: "PUT", input: { day: Number(day.value), month: Number(month.value) } }));
  return h("form", { novalidate: true, class: "told", part: "form", "aria-labelledby": "birthday-label", onsubmit: send(save) },
    h("p", { id: "birthday-label", class: "asked" }, words.t("tell.birthday")),
    born && locked && h("p", {}, said({ day: "numeric", month: "long" }, date(born.month, born.day))),
    brought(known, words, names) && h("p", { class: "soft" }, words.t("tell.birthday_brings", { points: brought(known, words, names), days: words.number(known.known_days) })),
    drawNotNow(known),
    born && from !== null && h("p", { class: "soft" }, words.t("tell.change_from", { day: words.day(from) })),
    !locked && h("div", { class: "row" }, day, month),
    h("div", { class: "row" },
      !locked && h("button", { type: "submit", id: "birthday-save", part: "button" }, words.t("tell.save")),
      born && remove("birthday-delete", words, () => change("birthday", (client) => client.call("me/birthday", { method: "DELETE" })))),
    problem("birthday", trouble));
}

/**
 * What telling it brings: points, and rewards by their names; "" for nothing.
 *
 * @param {{brings: number, rewards?: string[]}} told
 * @param {Words} words
 * @param {More["names"]} names
 */
function brought({ brings, rewards = [] }, words, names) {
  return [...(brings > 0 ? [words.points(brings, names)] : []), ...rewards].join(" + ");
}

/**
 * Which of the rewards would not come as things are, and why.
 *
 * @param {{not_now?: NotNow}} told
 */
function drawNotNow({ not_now: missing = [] }) {
  return missing.map(({ reward, reason }) => h("p", { class: "soft" }, `${reward}: ${reason.message}`));
}

/**
 * @param {Question} question
 * @param {Words} words
 * @param {More} more
 */
function drawQuestion(question, words, { names, trouble, change }) {
  const { id, answer } = question;
  const name = `question-${id}`;
  const path = `me/questions/${encodeURIComponent(id)}`;
  const told = brought(question, words, names);
  const field = question.asked ? fieldFor(question, name, words, told !== "") : null;
  const save = () => field?.value.trim() && change(name, (client) => client.call(path, { method: "PUT", input: { answer: field.value } }));
  return h("form", { novalidate: true, class: "told", part: "form", onsubmit: send(save) },
    field ? h("label", { for: name, class: "asked" }, question.text) : h("p", { class: "asked" }, question.text),
    told && h("p", { class: "soft", id: `${name}-brings` }, words.t("tell.brings", { points: told })),
    drawNotNow(question),
    field ?? h("p", {}, answer?.label ?? ""),
    h("div", { class: "row" },
      field && h("button", { type: "submit", id: `${name}-save`, part: "button" }, words.t("tell.save")),
      answer && remove(`${name}-delete`, words, () => change(name, (client) => client.call(path, { method: "DELETE" })))),
    problem(name, trouble));
}

/**
 * @param {Question} question
 * @param {string} id
 * @param {Words} words
 * @param {boolean} brings
 * @returns {HTMLInputElement | HTMLSelectElement}
 */
function fieldFor({ kind, options, answer }, id, words, brings) {
  const described = brings ? `${id}-brings` : null;
  if (kind === "choice") {
    const known = options.map((one) => /** @type {[string, string]} */ ([one.id, one.label]));
    const select = choose(id, "", answer?.value, known, words.t("tell.choose"));
    if (described) select.setAttribute("aria-describedby", described);
    return select;
  }
  const type = kind === "date" ? "date" : "text";
  const more = kind === "number" ? { inputmode: "decimal" } : {};
  return /** @type {HTMLInputElement} */ (h("input", { id, type, part: "input", "data-keep": true, autocomplete: "off", maxlength: LONGEST, value: answer?.value ?? "", "aria-describedby": described, ...more }));
}

/**
 * @param {string} id
 * @param {string} label "" where a label stands beside it
 * @param {string | number | undefined} chosen
 * @param {[string | number, string][]} options
 * @param {string} [empty]
 * @returns {HTMLSelectElement}
 */
function choose(id, label, chosen, options, empty = label) {
  return /** @type {HTMLSelectElement} */ (h("select", { id, part: "input", "data-keep": true, "aria-label": label || null },
    h("option", { value: "" }, empty),
    options.map(([value, text]) => h("option", { value: String(value), selected: value === chosen }, text))));
}

/**
 * @param {string} id
 * @param {Words} words
 * @param {() => void} work
 */
function remove(id, words, work) {
  return h("button", { type: "button", id, part: "button", onclick: work }, words.t("tell.delete"));
}

/** @param {() => void} work */
function send(work) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    work();
  };
}

/**
 * @param {string} id
 * @param {Trouble | null} trouble
 */
function problem(id, trouble) {
  return trouble?.id === id ? h("p", { class: "problem", part: "problem" }, trouble.text) : null;
}
