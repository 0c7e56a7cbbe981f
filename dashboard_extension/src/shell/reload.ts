/**
 * Loads the page anew once the app answers; gives whether it did. Without it the frame would turn into the browser's
 * own page of an error, from which no button leads back.
 */
export async function reload(load: () => void = () => location.reload()): Promise<boolean> {
  const there = await answers();
  if (there) load();
  return there;
}

/** Whether the app answers at all. */
export async function answers(): Promise<boolean> {
  return globalThis.fetch(location.href, { method: "HEAD", cache: "no-store" }).then(
    ({ status }) => status < 500,
    () => false,
  );
}
