/** The app's page: shows what the server renders for the staff member, and sends what they choose. */

import { Bridge } from "/dashboard-page/bridge.js";

const PATIENCE_SECONDS = 8;
const TOKEN_SECONDS = 6;
const texts = JSON.parse(document.getElementById("texts").textContent);
const content = document.getElementById("content");
const bridge = new Bridge();
const root = document.documentElement;
let newest = 0;
let broken = false;

const t = (id) => (texts[root.lang] ?? texts.en)[id];

function setLanguage(locale) {
  root.lang = locale.toLowerCase().startsWith("tr") ? "tr" : "en";
}

/**
 * Sends a request in the name of the staff member; throws words for them.
 *
 * A token that ran out while a computer slept is replaced by the Dashboard within moments: the
 * request waits for that and goes out once more, so that no click is lost.
 */
async function ask(path, options = {}, again = true) {
  const { token } = bridge;
  const answer = await fetch(`/api/dashboard/v1/${path}`, {
    ...options,
    credentials: "omit",
    headers: {
      Authorization: `Bearer ${token}`,
      "Accept-Language": root.lang,
      ...(options.body ? { "Content-Type": "application/json" } : {}),
    },
  });
  if (answer.ok) return answer;
  const { code, detail, message } = await answer.json().then((body) => body.error, () => ({ message: t("unreachable") }));
  const ranOut = code === "invalid_token" && detail?.reason === "expired";
  if (ranOut && again && await bridge.otherToken(token, TOKEN_SECONDS)) return ask(path, options, false);
  throw new Error(message);
}

function tell(problem) {
  const box = document.createElement("p");
  box.className = "notice error";
  box.setAttribute("role", "alert");
  box.textContent = problem.message || t("unreachable");
  return box;
}

/** Shows the overview anew; of two that overlap the later one stays. */
async function load() {
  const mine = ++newest;
  try {
    const html = await (await ask("overview.html")).text();
    if (mine !== newest) return;
    const focused = content.contains(document.activeElement) ? document.activeElement.id : "";
    content.innerHTML = html;
    broken = false;
    if (focused) document.getElementById(focused)?.focus();
    wire();
  } catch (problem) {
    if (mine === newest) content.replaceChildren(tell(problem));
    broken = true;
  }
  content.removeAttribute("aria-busy");
}

/** Does `work` and tells in the Dashboard and, if need be, here how it went. */
async function attempt(control, work, done) {
  control.disabled = true;
  try {
    await work();
    bridge.notify("success", t(done));
    await load();
  } catch (problem) {
    bridge.notify("error", t("failed"), problem.message);
    await load();
    content.prepend(tell(problem));
  }
}

function wirePublishing() {
  const publish = document.getElementById("publish");
  if (!publish) return;
  const dialog = document.getElementById("confirm");
  const yes = document.getElementById("confirm-yes");
  publish.addEventListener("click", () => dialog.showModal());
  document.getElementById("confirm-no").addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () =>
    attempt(yes, () => ask("publish", { method: "POST", body: JSON.stringify({ digest: publish.dataset.digest }) }), "published"),
  );
}

function wire() {
  wirePublishing();
  for (const input of content.querySelectorAll("[data-part]")) {
    input.addEventListener("change", () =>
      attempt(input, () => ask(`switches/${input.dataset.part}`, { method: "PUT", body: JSON.stringify({ on: input.checked }) }), input.checked ? "switched_on" : "switched_off"),
    );
  }
}

function showOutside() {
  content.hidden = true;
  document.getElementById("outside").hidden = false;
}

bridge.addEventListener("theme", (event) => {
  root.dataset.theme = event.detail.theme === "dark" ? "dark" : "light";
});
bridge.addEventListener("localeChanged", (event) => {
  const before = root.lang;
  setLanguage(event.detail.locale);
  if (bridge.token && root.lang !== before) load();
});
bridge.addEventListener("handshake", load);
bridge.addEventListener("tokenRefresh", () => broken && load());

if (bridge.framed) {
  bridge.start();
  setTimeout(() => bridge.token || showOutside(), PATIENCE_SECONDS * 1000);
} else {
  showOutside();
}
