/**
 * The command palette (Ctrl or Cmd + K): what apps offer on every page.
 *
 * It searches labels and names of apps, as the released Dashboards of 3.23 do: they leave aliases
 * aside (seen on 3.23.27), and find a word no further in than the 30th letter.
 */

import { h, show } from "/pages/js/lib/dom.js";
import { t } from "/pages/js/lib/text.js";
import { extensionsAt } from "/pages/js/dashboard/extensions.js";
import { chosen } from "/pages/js/dashboard/frames.js";

const dialog = document.getElementById("search");
const FARTHEST = 30;
const input = document.getElementById("search-input");
const list = document.getElementById("search-list");
let around = null;

/** `view` names the page that is shown, such as CUSTOMER_DETAILS; `start` runs what was chosen. */
export function palette(view, start) {
  around = { view, start };
}

function found() {
  const words = input.value.trim().toLowerCase();
  return extensionsAt(chosen("agent"), "SEARCH_ACTION").filter(({ app, extension }) => {
    const { views } = extension.options ?? {};
    const terms = [extension.label, app.name].map((term) => term.toLowerCase().indexOf(words));
    return (!views || views.includes(around.view)) && terms.some((place) => place >= 0 && place <= FARTHEST);
  });
}

function draw() {
  const actions = found();
  show(list, actions.length
    ? actions.map((one) => h("li", {}, h("button", { type: "button", "data-action": one.extension.identifier, onclick: () => {
      dialog.close();
      around.start(one);
    } }, h("span", {}, one.extension.label), h("span", { class: "muted" }, one.app.name))))
    : h("li", { class: "muted" }, t("dash.search_none")));
}

export function openSearch() {
  input.value = "";
  draw();
  dialog.showModal();
  input.focus();
}

input.addEventListener("input", draw);
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (!dialog.open) openSearch();
});
