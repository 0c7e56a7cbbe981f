/** The inbox of all people of the shop: what the app wrote to them. */

import { control } from "/pages/js/lib/api.js";
import { h, redraw } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { onState } from "/pages/js/lib/state.js";
import { moment, t } from "/pages/js/lib/text.js";

const list = document.getElementById("inbox-mails");
const reading = document.getElementById("inbox-mail");
const person = document.getElementById("inbox-person");
let arrived = [];
let openId = null;
let asText = false;

function wanted() {
  return arrived.filter((one) => !person.value || one.to === person.value);
}

function open(id) {
  openId = id;
  draw();
}

function line(one) {
  return h("li", {},
    h("button", { type: "button", class: "mail-line", id: `mail-${one.id}`, "aria-current": one.id === openId ? "true" : null, onclick: () => open(one.id) },
      h("strong", {}, one.kind === "text" ? t("inbox.text_message") : one.subject),
      h("time", { datetime: one.at }, moment(one.at)),
      h("span", {}, one.to)));
}

async function unsubscribe(one) {
  // As a mail program does it: it sends this and asks for no answer.
  await fetch(one.unsubscribe, { method: "POST", mode: "no-cors", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) });
  toast(t("inbox.unsubscribed"));
}

function ways(one) {
  const way = (plain, text) =>
    h("button", { type: "button", "aria-pressed": String(asText === plain), onclick: () => { asText = plain; draw(); } }, text);
  return h("div", { class: "mail-ways" },
    h("div", { class: "segmented", role: "group", "aria-label": t("inbox.shown_as") }, way(false, t("inbox.as_html")), way(true, t("inbox.as_text"))),
    one.unsubscribe && h("button", { type: "button", class: "button small", onclick: (event) => attempt(event.currentTarget, () => unsubscribe(one)) }, t("inbox.unsubscribe")));
}

function body(one) {
  if (asText || !one.html) return h("pre", { class: "mail-text" }, one.text);
  return h("iframe", { class: "mail-body", title: one.subject, sandbox: "allow-popups allow-popups-to-escape-sandbox", srcdoc: one.html });
}

function letter(one) {
  return h("article", { class: "card" },
    h("header", { class: "mail-head" },
      h("h2", {}, one.kind === "text" ? t("inbox.text_message") : one.subject),
      h("dl", {},
        one.sender && [h("dt", {}, t("inbox.from")), h("dd", {}, one.sender)],
        h("dt", {}, t("inbox.to")), h("dd", {}, one.to),
        h("dt", {}, t("inbox.at")), h("dd", {}, moment(one.at)))),
    one.kind === "mail" && ways(one),
    body(one));
}

function people() {
  const known = [...new Set(arrived.map((one) => one.to))].sort();
  const chosen = person.value;
  redraw(person, known, () => [
    h("option", { value: "" }, t("inbox.everybody")),
    ...known.map((one) => h("option", { value: one }, one)),
  ]);
  person.value = known.includes(chosen) ? chosen : "";
}

function draw() {
  people();
  const shown = wanted();
  if (!shown.some((one) => one.id === openId)) openId = shown[0]?.id ?? null;
  list.removeAttribute("aria-busy");
  redraw(list, [shown.map((one) => one.id), openId], () =>
    shown.length ? shown.map(line) : [h("li", { class: "empty" }, t("inbox.empty"))]);
  const current = shown.find((one) => one.id === openId);
  redraw(reading, [openId, asText], () => (current ? [letter(current)] : []));
}

person.addEventListener("change", draw);
onState(async () => {
  ({ arrived } = await control("mails"));
  draw();
});
