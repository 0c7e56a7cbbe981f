/**
 * The app's side of the Dashboard's App Bridge: plain {type, payload} messages.
 *
 * The Dashboard sends handshake, tokenRefresh, theme, localeChanged, redirect and response; the
 * token is read anew for every request, as it lives for five minutes.
 */

const ANSWER_SECONDS = 5;
const TOKENS = ["handshake", "tokenRefresh"];

export class Bridge extends EventTarget {
  #origin = document.referrer ? new URL(document.referrer).origin : null;
  #waiting = new Map();
  token = null;

  /** Whether the page stands in a frame at all. */
  get framed() {
    return window.parent !== window;
  }

  /** Listens, and tells the Dashboard that it may begin. */
  start() {
    window.addEventListener("message", (event) => this.#receive(event));
    return this.act("notifyReady", {});
  }

  /** Gives whether a token other than `old` is there; waits for it no longer than `seconds`. */
  otherToken(old, seconds) {
    if (this.token !== old) return Promise.resolve(true);
    return new Promise((resolve) => {
      const over = new AbortController();
      const end = (came) => {
        over.abort();
        clearTimeout(timer);
        resolve(came);
      };
      const timer = setTimeout(end, seconds * 1000, false);
      const look = () => this.token !== old && end(true);
      for (const type of TOKENS) this.addEventListener(type, look, { signal: over.signal });
    });
  }

  /** Asks the Dashboard for `type`; gives whether it did that. An older one may not answer. */
  act(type, payload) {
    const actionId = crypto.getRandomValues(new Uint32Array(4)).join("-");
    window.parent.postMessage({ type, payload: { ...payload, actionId } }, this.#origin ?? "*");
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answered(actionId, false), ANSWER_SECONDS * 1000);
      this.#waiting.set(actionId, { resolve, timer });
    });
  }

  notify(status, title, text = "") {
    return this.act("notification", { status, title, text });
  }

  #answered(actionId, ok) {
    const waiting = this.#waiting.get(actionId);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(actionId);
    waiting.resolve(ok);
  }

  #receive(event) {
    if (event.source !== window.parent || (this.#origin && event.origin !== this.#origin)) return;
    const { type, payload } = event.data ?? {};
    if (typeof type !== "string" || typeof payload !== "object" || payload === null) return;
    if (type === "response") return this.#answered(payload.actionId, payload.ok);
    if (TOKENS.includes(type)) this.token = payload.token;
    this.dispatchEvent(new CustomEvent(type, { detail: payload }));
  }
}
