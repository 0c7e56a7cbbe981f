/** A Dashboard as far as an app sees it: its pages with what apps show there, theme, language, staff. */

import { control } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { attempt, toast } from "/pages/js/lib/feedback.js";
import { onState, refresh, version } from "/pages/js/lib/state.js";
import { t } from "/pages/js/lib/text.js";
import { actionsFor } from "/pages/js/dashboard/actions.js";
import { homeAddress, pageAddress, widgetAddress } from "/pages/js/dashboard/addresses.js";
import { appOf, extensionsAt, firstApp, learn, placeOf } from "/pages/js/dashboard/extensions.js";
import { chosen, closeFrames, followClock, openFrame, tellLocale, tellTheme } from "/pages/js/dashboard/frames.js";
import { PLACES } from "/pages/js/dashboard/places.js";
import { closePopup, openPopup } from "/pages/js/dashboard/popup.js";
import { openSearch, palette } from "/pages/js/dashboard/search.js";

const ROOT = "/dashboard";
const APP_PAGE = /^\/extensions\/app\/([^/]+)(\/.*)?$/;
const dash = document.getElementById("dash");
const main = document.getElementById("dash-main");
const dialog = document.getElementById("install");
const form = document.getElementById("install-form");
let shown = null;
let known = "";

const place = () => location.pathname.slice(ROOT.length) || "/";

/** Goes to a page of the Dashboard, or of an app in it. */
function go(path) {
  history.pushState(null, "", `${ROOT}${path}`);
  open();
}

/** Runs an extension that was chosen from a menu or the search. */
function start({ app, extension }, params) {
  if (extension.target === "POPUP") return openPopup({ app, extension }, params, around(app, shown));
  const query = new URLSearchParams(params).toString();
  go(`${placeOf(app, extension.url)}${query && `?${query}`}`);
}

function around(app, page) {
  return { app, go, mounts: [...(page?.mounts ?? []), "SEARCH_ACTION"], refresh: () => page?.refresh() };
}

function openApp(app, path) {
  const bridge = openFrame({
    app,
    address: pageAddress(app, path),
    coreVersion: version(),
    onAction: actionsFor({ ...around(app, null), target: "APP_PAGE" }),
  });
  const remove = h("button", { type: "button", class: "button small danger", id: "uninstall", onclick: (event) =>
    attempt(event.currentTarget, async () => {
      await control("uninstall", { app_id: app.id });
      await refresh();
      toast(t("dash.uninstalled", { name: app.name }));
    }) }, t("dash.uninstall"));
  show(main, h("header", { class: "dash-head" }, h("h2", {}, app.name), remove), bridge.frame);
}

function openEmpty() {
  show(main, h("div", { class: "dash-empty" },
    h("img", { src: "/pages/icon.svg", width: 56, height: 56, alt: "" }),
    h("h2", {}, t("dash.empty_heading")),
    h("p", {}, t("dash.empty_text")),
    h("button", { type: "button", class: "button primary", onclick: openInstall }, t("dash.install"))));
}

/** A card with an app's frame below its logo and label, which lead to the app's page. */
function card({ app, extension }, address, grows) {
  const bridge = openFrame({
    app,
    extension,
    address,
    // The real Dashboard does not tell widgets the version of Saleor.
    coreVersion: "",
    onAction: actionsFor({ ...around(app, shown), target: "WIDGET" }),
    attributes: { "data-extension": extension.identifier ?? extension.url, "data-grows": grows || null },
  });
  const page = placeOf(app, "/");
  return h("section", { class: "dash-widget card", "aria-label": extension.label },
    h("a", { href: `${ROOT}${page}`, "data-go": page, class: "dash-widget-head" },
      h("img", { src: app.logo ?? "/pages/icon.svg", width: 20, height: 20, alt: "" }), h("span", {}, extension.label)),
    bridge.frame);
}

async function openPlace(found, id) {
  const params = found.param ? { [found.param]: id } : {};
  const body = h("div", { class: "dash-body", "data-refreshed": 0 });
  const page = { ...found, params, refresh: () => fill(true) };
  shown = page;
  async function fill(again = false) {
    const content = await found.read(id);
    if (shown !== page) return;
    body.replaceChildren(content ?? h("p", { class: "empty" }, t("dash.gone")));
    if (again) body.dataset.refreshed = Number(body.dataset.refreshed) + 1;
  }
  const more = found.more ? extensionsAt(chosen("agent"), found.more) : [];
  const side = found.widgets ? extensionsAt(chosen("agent"), found.widgets) : [];
  const home = found.name === "home" ? extensionsAt(chosen("agent"), "HOMEPAGE_WIDGETS") : [];
  show(main,
    h("header", { class: "dash-head" }, h("h2", {}, found.title()),
      more.length ? h("div", { class: "dash-more", role: "group", "aria-label": t("dash.more") }, more.map((one) =>
        h("button", { type: "button", class: "button small", "data-action": one.extension.identifier ?? one.extension.url, onclick: () => start(one, params) }, one.extension.label))) : null),
    h("div", { class: side.length ? "dash-with-side" : "dash-plain" }, body,
      side.length ? h("aside", { class: "dash-widgets", "aria-label": t("dash.widgets") }, side.map((one) => card(one, widgetAddress(one, params), true))) : null),
    home.length ? h("div", { class: "dash-home" }, home.map((one) => card(one, homeAddress(one), false))) : null);
  await fill();
}

/** Shows what the address names; without a page, that of the first app, at the path behind "#". */
function open() {
  closeFrames();
  closePopup();
  shown = null;
  const first = firstApp();
  if (place() === "/" && first) {
    const deep = location.hash.slice(1);
    history.replaceState(null, "", `${ROOT}${placeOf(first, /^\/(?!\/)/.test(deep) ? deep : "/")}`);
  }
  palette(null, (one) => start(one, shown?.params ?? {}));
  const [, id, path] = APP_PAGE.exec(place()) ?? [];
  const app = id && appOf(decodeURIComponent(id));
  mark();
  if (app) return openApp(app, path ?? "/");
  for (const found of PLACES) {
    const match = found.pattern.exec(place());
    if (!match) continue;
    palette(found.view, (one) => start(one, shown?.params ?? {}));
    openPlace(found, match[1] && decodeURIComponent(match[1])).catch((problem) => toast(problem.message, "bad"));
    return mark();
  }
  if (first) return go("/home");
  return openEmpty();
}

/** Which entry of the menu stands for what is shown. */
function mark() {
  const here = place();
  for (const entry of dash.querySelectorAll("nav [data-go]")) {
    const target = entry.dataset.go;
    const is = target === here || (target !== "/home" && here.startsWith(`${target}/`));
    if (is) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
  }
}

/** The apps in the menu, and what they put below "Customers". */
function showApps(state) {
  learn(state);
  const fresh = JSON.stringify([state.apps, chosen("agent")]);
  if (fresh === known) return;
  const started = known !== "";
  known = fresh;
  show(document.getElementById("apps"), state.apps.length
    ? state.apps.map((app) => h("li", {}, h("a", { id: `app-${app.id}`, href: `${ROOT}${placeOf(app, "/")}`, "data-go": placeOf(app, "/") }, app.name)))
    : h("li", { class: "muted" }, t("dash.none")));
  show(document.getElementById("customer-apps"), extensionsAt(chosen("agent"), "NAVIGATION_CUSTOMERS").map(({ app, extension }) =>
    h("li", {}, h("a", { href: `${ROOT}${placeOf(app, extension.url)}`, "data-go": placeOf(app, extension.url), "data-extension": extension.identifier }, extension.label))));
  const [, id] = APP_PAGE.exec(place()) ?? [];
  if (started && id && !appOf(decodeURIComponent(id))) history.replaceState(null, "", ROOT);
  open();
}

function showAgents(state) {
  const select = document.getElementById("agent");
  if (select.options.length) return;
  show(select, state.staff.map((one) => h("option", { value: one.email }, `${one.first_name} ${one.last_name}`)));
  select.value = sessionStorage.getItem("sandbox.agent") ?? state.staff[0].email;
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
    const { app_id } = await control("install", { manifest_url: form.elements.manifest_url.value });
    dialog.close();
    history.replaceState(null, "", `${ROOT}${placeOf({ id: app_id }, "/")}`);
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
    tellTheme();
  });
}
for (const input of document.querySelectorAll('input[name="locale"]')) input.addEventListener("change", tellLocale);
document.getElementById("agent").addEventListener("change", () => {
  sessionStorage.setItem("sandbox.agent", chosen("agent"));
  refresh();
});
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-go]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(target.dataset.go);
});
window.addEventListener("popstate", open);
document.getElementById("search-open").addEventListener("click", openSearch);
document.getElementById("install-open").addEventListener("click", openInstall);
document.getElementById("install-cancel").addEventListener("click", () => dialog.close());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  install();
});
onState(showAgents);
onState(showApps);
onState(followClock);
