/** How the pages tell people what happened. */

import { h } from "/pages/js/lib/dom.js";
import { t } from "/pages/js/lib/text.js";

const SECONDS = { good: 5, bad: 12 };

/** Shows `message` for a while; `kind` is "good" or "bad". */
export function toast(message, kind = "good") {
  const close = h("button", { type: "button", "aria-label": t("action.close"), onclick: () => box.remove() }, "×");
  const box = h("div", { class: `toast ${kind}` }, h("span", {}, message), close);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), SECONDS[kind] * 1000);
}

/** Runs `work` while `button` waits; tells of its failure, and gives whether it went well. */
export async function attempt(button, work) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
    return true;
  } catch (problem) {
    console.error(problem);
    toast(problem.message, "bad");
    return false;
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}
