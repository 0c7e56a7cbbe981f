/** The panel of faults and the list of what was delivered. */

import { control } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { onState, refresh } from "/pages/js/lib/state.js";
import { moment, t, textOr } from "/pages/js/lib/text.js";

const NONE = {
  duplicate: 0, shuffle: false, delay_seconds: 0, drop: 0, torn: 0, app_down: false, sync_answer: "",
  api_answer: "",
};
const form = document.getElementById("faults");
const FIGURES = new Set(["attempts", "http"]);
const shares = ["duplicate", "drop", "torn"];
const switches = ["shuffle", "app_down"];
let shown = "";

function tellShare(input) {
  form.querySelector(`output[for="${input.id}"]`).textContent = `${input.value} %`;
}

function fill(faults) {
  if (form.contains(document.activeElement)) return;
  for (const name of shares) {
    form.elements[name].value = Math.round(faults[name] * 100);
    tellShare(form.elements[name]);
  }
  form.elements.delay_seconds.value = faults.delay_seconds;
  form.elements.sync_answer.value = faults.sync_answer;
  form.elements.api_answer.value = faults.api_answer;
  for (const name of switches) form.elements[name].checked = faults[name];
}

function chosen() {
  const faults = {
    delay_seconds: Number(form.elements.delay_seconds.value) || 0,
    sync_answer: form.elements.sync_answer.value,
    api_answer: form.elements.api_answer.value,
  };
  for (const name of shares) faults[name] = Number(form.elements[name].value) / 100;
  for (const name of switches) faults[name] = form.elements[name].checked;
  return faults;
}

async function send(faults) {
  await control("faults", faults);
  await refresh();
  toast(t("faults.changed"));
}

function tell(deliveries) {
  const fresh = JSON.stringify(deliveries);
  if (fresh === shown) return;
  shown = fresh;
  const place = document.getElementById("deliveries");
  if (!deliveries.length) return show(place, h("p", { class: "empty" }, t("faults.none")));
  const heads = ["event", "app", "status", "attempts", "http", "at"].map((name) =>
    h("th", { scope: "col", class: FIGURES.has(name) ? "figure" : null }, t(`faults.col_${name}`)));
  const rows = deliveries.map((one) =>
    h("tr", {},
      h("td", { class: "mono" }, one.event.toLowerCase()),
      h("td", {}, one.app),
      h("td", {}, h("span", { class: `chip ${one.status.toLowerCase()}` }, textOr(`delivery.${one.status.toLowerCase()}`, one.status))),
      h("td", { class: "figure" }, one.attempts),
      h("td", { class: "figure" }, one.http_status ?? "–"),
      h("td", {}, moment(one.at)),
    ),
  );
  show(place, h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-labelledby": "deliveries-heading" },
    h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows))));
}

for (const name of shares) form.elements[name].addEventListener("input", (event) => tellShare(event.target));
form.addEventListener("change", (event) => attempt(event.target, () => send(chosen())));
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("faults-off").addEventListener("click", (event) => attempt(event.target, async () => {
  event.target.blur();
  await send(NONE);
}));
document.getElementById("tick").addEventListener("click", (event) => attempt(event.target, async () => {
  await control("tick", {});
  await refresh();
  toast(t("faults.ticked"));
}));
onState((state) => {
  fill(state.faults);
  tell(state.deliveries);
});
