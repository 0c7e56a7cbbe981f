/** What the control API says of the sandbox, asked again every few seconds. */

import { control } from "/pages/js/lib/api.js";

const PAUSE = 3000;
const listeners = new Set();
let latest = null;
let readAt = 0;
let offset = 0;

/** Calls `listener(state)` with every state, beginning with the latest. */
export function onState(listener) {
  listeners.add(listener);
  if (latest) listener(latest);
}

/** Reads the state now. */
export async function refresh() {
  latest = await control("state");
  readAt = performance.now();
  offset = new Date(latest.now).getTime();
  for (const listener of listeners) listener(latest);
  return latest;
}

/** The whole version of the store's Saleor, such as 3.23.28. */
export const version = () => latest.version;

/** Whether the store is of Saleor `major`.`minor` or newer. */
export function since(major, minor) {
  const [first, second] = latest.version.split(".").map(Number);
  return first > major || (first === major && second >= minor);
}

/** The sandbox's time; it runs on between two reads. */
export function now() {
  return new Date(offset + performance.now() - readAt);
}

async function keepReading() {
  try {
    if (!document.hidden) await refresh();
  } catch (problem) {
    console.warn("the sandbox does not answer", problem);
  }
  setTimeout(keepReading, PAUSE);
}

/** The first state; later ones come by themselves. */
export const started = refresh().finally(() => setTimeout(keepReading, PAUSE));
