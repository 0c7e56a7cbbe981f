/** A Dashboard as far as an app sees it: its apps, its iframe, theme, language and session. */

import { control } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { onState, refresh } from "/pages/js/lib/state.js";
import { t } from "/pages/js/lib/text.js";
import { Bridge } from "/pages/js/dashboard/bridge.js";

const TOKEN_PAUSE = 120_000;
const JUMP = 60_000;
const dash = document.getElementById("dash");
const main = document.getElementById("dash-main");
const dialog = document.getElementById("install");
const form = document.getElementById("install-form");
let bridge = null;
let opened = null;
let version = "";
let known = "";
let ahead = null;

const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

async function token(app) {
  return (await control("app_token", { app_id: app.id })).token;
}

/** The address that the Dashboard gives an app's page; some of the values come twice there. */
function pageAddress(app, path = "/") {
  const address = new URL(path, app.app_url);
  const api = `${location.origin}/graphql/`;
  for (const [name, value] of [["domain", location.host], ["saleorApiUrl", api], ["id", app.id], ["theme", chosen("theme")], ["locale", chosen("locale")], ["saleorApiUrl", api]]) {
    address.searchParams.append(name, value);
  }
  return address.href;
}

/** The page of the app that the address of this Dashboard names, as `/extensions/app/<id>/<path>` does. */
function deepPath() {
  const path = location.hash.slice(1);
  return /^\/(?!\/)/.test(path) ? path : "/";
}

/** Does what the app asks for; gives whether this Dashboard could. */
function act(type, payload) {
  if (type === "notification") {
    const words = [payload.title, payload.text].filter(Boolean).join(" – ");
    toast(words, payload.status === "error" ? "bad" : "good");
    return true;
  }
  if (type === "redirect") {
    if (payload.newContext) window.open(payload.to, "_blank", "noopener");
    else toast(t("dash.redirected", { to: payload.to }));
    return true;
  }
  if (type === "updateRouting") {
    history.replaceState(null, "", `#${payload.newRoute}`);
    return true;
  }
  return false;
}

function openApp(app) {
  bridge?.close();
  opened = app.id;
  const frame = h("iframe", {
    title: app.name,
    src: pageAddress(app, deepPath()),
    sandbox: "allow-same-origin allow-forms allow-scripts allow-downloads allow-popups",
  });
  const remove = h("button", { type: "button", class: "button small danger", id: "uninstall", onclick: (event) =>
    attempt(event.currentTarget, async () => {
      await control("uninstall", { app_id: app.id });
      closeApp();
      await refresh();
      toast(t("dash.uninstalled", { name: app.name }));
    }) }, t("dash.uninstall"));
  show(main, h("header", { class: "dash-head" }, h("h2", {}, app.name), remove), frame);
  bridge = new Bridge(frame, {
    token: () => token(app),
    saleorVersion: version,
    theme: () => chosen("theme"),
    locale: () => chosen("locale"),
    onAction: act,
  });
  frame.addEventListener("load", () => bridge.handshake());
}

function closeApp() {
  bridge?.close();
  bridge = null;
  opened = null;
  show(main, h("div", { class: "dash-empty" },
    h("img", { src: "/pages/icon.svg", width: 56, height: 56, alt: "" }),
    h("h2", {}, t("dash.empty_heading")),
    h("p", {}, t("dash.empty_text")),
    h("button", { type: "button", class: "button primary", onclick: openInstall }, t("dash.install"))));
}

function showApps(state) {
  version = state.version;
  const fresh = JSON.stringify([opened, state.apps]);
  if (fresh === known) return;
  if (opened && !state.apps.some((app) => app.id === opened)) closeApp();
  if (!opened && state.apps.length) openApp(state.apps[0]);
  known = JSON.stringify([opened, state.apps]);
  show(document.getElementById("apps"), state.apps.length
    ? state.apps.map((app) => h("li", {}, h("button", { type: "button", id: `app-${app.id}`, "aria-current": app.id === opened ? "page" : null, onclick: () => {
      openApp(app);
      showApps(state);
    } }, app.name)))
    : h("li", { class: "muted" }, t("dash.none")));
}

/** Somebody moved the clock, here or on another page: the token of the app's page is over. */
function followClock(state) {
  const before = ahead;
  ahead = new Date(state.now) - Date.now();
  if (before !== null && Math.abs(ahead - before) > JUMP) bridge?.refreshToken();
}

function openInstall() {
  document.getElementById("install-problem").textContent = "";
  dialog.showModal();
}

async function install() {
  const problem = document.getElementById("install-problem");
  const submit = document.getElementById("install-submit");
  problem.textContent = "";
  submit.disabled = true;
  try {
    await control("install", { manifest_url: form.elements.manifest_url.value });
    dialog.close();
    await refresh();
    toast(t("dash.installed"));
  } catch (failure) {
    problem.textContent = failure.message;
  } finally {
    submit.disabled = false;
  }
}

for (const input of document.querySelectorAll('input[name="theme"]')) {
  input.addEventListener("change", () => {
    dash.dataset.theme = chosen("theme");
    bridge?.theme();
  });
}
for (const input of document.querySelectorAll('input[name="locale"]')) {
  input.addEventListener("change", () => bridge?.locale());
}
document.getElementById("install-open").addEventListener("click", openInstall);
document.getElementById("install-cancel").addEventListener("click", () => dialog.close());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  install();
});
setInterval(() => bridge?.refreshToken(), TOKEN_PAUSE);
onState(showApps);
onState(followClock);
refresh().then((state) => {
  if (!state.apps.length) closeApp();
});
