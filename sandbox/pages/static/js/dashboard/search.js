/** The command palette (Ctrl or Cmd + K): what apps offer on every page, found also by its aliases. */

import { h, show } from "/pages/js/lib/dom.js";
import { t } from "/pages/js/lib/text.js";
import { extensionsAt } from "/pages/js/dashboard/extensions.js";
import { chosen } from "/pages/js/dashboard/frames.js";

const dialog = document.getElementById("search");
const input = document.getElementById("search-input");
const list = document.getElementById("search-list");
let around = null;

/** `view` names the page that is shown, such as CUSTOMER_DETAILS; `start` runs what was chosen. */
export function palette(view, start) {
  around = { view, start };
}

function found() {
  const words = input.value.trim().toLowerCase();
  return extensionsAt(chosen("agent"), "SEARCH_ACTION").filter(({ extension }) => {
    const { views, aliases } = extension.options ?? {};
    const terms = [extension.label, ...(aliases ?? [])].map((term) => term.toLowerCase());
    return (!views || views.includes(around.view)) && terms.some((term) => term.includes(words));
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
