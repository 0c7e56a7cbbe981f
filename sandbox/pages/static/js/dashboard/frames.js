/** The frames that are open: each with a token of its own, all with one theme and language. */

import { control } from "/pages/js/lib/api.js";
import { Bridge } from "/pages/js/dashboard/bridge.js";

const TOKEN_PAUSE = 120_000;
const JUMP = 60_000;
const open = new Set();
let ahead = null;

/** What the person chose: theme, locale, agent. */
export const chosen = (name) => document.querySelector(`[name="${name}"]:checked, select[name="${name}"]`).value;

/** Opens a frame of an app; `extension` narrows what its token may do. */
export function openFrame({ app, extension = null, ...options }) {
  const asked = { app_id: app.id, email: chosen("agent"), ...(extension ? { extension_id: extension.id } : {}) };
  const bridge = new Bridge({
    title: extension?.label ?? app.name,
    token: async () => (await control("app_token", asked)).token,
    theme: () => chosen("theme"),
    locale: () => chosen("locale"),
    ...options,
  });
  open.add(bridge);
  return bridge;
}

/** Closes some frames, or all of them. */
export function closeFrames(...some) {
  for (const bridge of some.length ? some : [...open]) {
    bridge.close();
    open.delete(bridge);
  }
}

export function tellTheme() {
  for (const bridge of open) bridge.theme();
}

export function tellLocale() {
  for (const bridge of open) bridge.locale();
}

function refreshTokens() {
  for (const bridge of open) bridge.refreshToken();
}

/** Somebody moved the clock, here or on another page: the tokens of all frames are over. */
export function followClock(state) {
  const before = ahead;
  ahead = new Date(state.now) - Date.now();
  if (before !== null && Math.abs(ahead - before) > JUMP) refreshTokens();
}

setInterval(refreshTokens, TOKEN_PAUSE);
