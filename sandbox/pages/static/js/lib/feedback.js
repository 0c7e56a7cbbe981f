/** How the pages tell people what happened. */

import { h } from "/pages/js/lib/dom.js";
import { t } from "/pages/js/lib/text.js";

const SECONDS = { good: 5, bad: 12 };
const toasts = document.getElementById("toasts");

/** Shows `message` for a while, above an open dialog too; `kind` is "good" or "bad". */
export function toast(message, kind = "good") {
  const close = h("button", { type: "button", "aria-label": t("action.close"), onclick: () => box.remove() }, "×");
  const box = h("div", { class: `toast ${kind}` }, h("span", {}, message), close);
  const over = document.querySelector("dialog[open]") ?? document.body;
  if (toasts.parentElement !== over) over.append(toasts);
  toasts.append(box);
  setTimeout(() => box.remove(), SECONDS[kind] * 1000);
}

document.addEventListener("close", () => document.body.append(toasts), true);

/** Puts the focus back on `button`, or on what took its place, unless it went elsewhere. */
function refocus(button) {
  if (document.activeElement && document.activeElement !== document.body) return;
  (button.isConnected ? button : document.getElementById(button.id))?.focus();
}

/**
 * Runs `work` while `button` waits; gives whether it went well.
 *
 * A failure is told in the element `place` and stays there, or by a toast where there is none.
 */
export async function attempt(button, work, place = null) {
  const focused = document.activeElement === button;
  if (place) place.textContent = "";
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
    return true;
  } catch (problem) {
    console.error(problem);
    if (place?.isConnected) place.textContent = problem.message;
    else toast(problem.message, "bad");
    return false;
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (focused) refocus(button);
  }
}
