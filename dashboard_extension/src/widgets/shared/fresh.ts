const KEY = "loyalty.reloaded";
const PAUSE = 30_000;

/**
 * What `load` brings. Where its file is gone, a newer version is served: the frame loads itself
 * anew, once in a while, and otherwise fails as it would have.
 */
export async function fresh<Part>(load: () => Promise<Part>, reload: () => void = () => location.reload()): Promise<Part> {
  try {
    return await load();
  } catch (failure) {
    if (!mayReload()) throw failure;
    reload();
    return new Promise<never>(() => undefined);
  }
}

/** Browsers may keep a frame of another site from remembering anything; then it does not reload. */
function mayReload(): boolean {
  try {
    const before = Number(sessionStorage.getItem(KEY) ?? 0);
    if (Date.now() - before < PAUSE) return false;
    sessionStorage.setItem(KEY, String(Date.now()));
    return true;
  } catch {
    return false;
  }
}
