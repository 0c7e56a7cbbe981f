/**
 * The addresses that a Dashboard gives frames, joined as it joins them: one way for each kind.
 *
 * An app page has the query of the Dashboard's own address, a widget has the store's parameters
 * twice, a popup is put below the app's path by Saleor itself.
 */

const api = () => `${location.origin}/graphql/`;

/** Paths and queries one after the other, as the package url-join does it. */
function joined(...parts) {
  const [base, ...rest] = parts.filter((part) => part !== "" && part !== "?");
  const paths = [base.replace(/\/+$/, "")];
  const queries = [];
  for (const part of rest) {
    if (part.startsWith("?")) queries.push(part.slice(1));
    else paths.push(part.replace(/^\/+|\/+$/g, ""));
  }
  const path = paths.filter(Boolean).join("/");
  return queries.length ? `${path}${path.includes("?") ? "&" : "?"}${queries.join("&")}` : path;
}

/** What the Dashboard tells every frame of its own experiments, in brackets (seen on 3.23.27). */
const FLAGS = { "featureFlags[new_order_ui][enabled]": "false", "featureFlags[new_order_ui][payload]": "default" };

/** An address with what the Dashboard adds to each: the store, the app, and where it stands. */
function withContext(address, app, params = {}, theme = null) {
  const query = new URLSearchParams({ domain: location.host, saleorApiUrl: api(), id: app.id, ...params, ...(theme ? FLAGS : {}) });
  if (theme) query.set("theme", theme);
  return joined(address, location.search, `?${query}`);
}

const isAbsolute = (address) => URL.canParse(address);
const onApp = (app, address) => (isAbsolute(address) ? address : `${app.app_url ?? ""}${address}`);

/** An app's page: the path behind `/extensions/app/<id>` is one of the app's own. */
export function pageAddress(app, path) {
  return (theme) => withContext(joined(app.app_url, path), app, {}, theme);
}

/** A widget beside an order, customer or voucher: its parameters come twice. */
export function widgetAddress({ app, extension }, params) {
  const once = withContext(onApp(app, extension.url), app);
  return (theme) => withContext(once, app, params, theme);
}

/** A widget on the first page, which has no context. */
export function homeAddress({ app, extension }) {
  return (theme) => withContext(onApp(app, extension.url), app, {}, theme);
}

/** A popup; Saleor has made its address whole, below the path of the app. */
export function popupAddress({ app, extension }, params) {
  return (theme) => withContext(isAbsolute(extension.url) ? extension.url : stitched(app, extension.url), app, params, theme);
}

/** Saleor puts a popup's path where `urljoin` does: beside the last part of the app's path. */
function stitched(app, path) {
  const base = new URL(app.app_url);
  base.pathname = new URL(path.slice(1), base).pathname;
  return base.href;
}
