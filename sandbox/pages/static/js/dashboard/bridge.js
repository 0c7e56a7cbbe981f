/**
 * The Dashboard's side of the App Bridge: plain {type, payload} messages between it and the iframe.
 *
 * The iframe is loaded twice, as in the real Dashboard: without a theme in its address, and with
 * one as soon as the first has loaded. Each load is answered by a handshake, and so is each
 * notifyReady. What a Dashboard does not know it does not answer. Tests that open hundreds of
 * pages leave the first load out: "sandbox.frame_loads" in sessionStorage is "1".
 */

import { h } from "/pages/js/lib/dom.js";

const VERSIONS = { version: 1, dashboardVersion: "v3.23.27" };
const SANDBOX = "allow-same-origin allow-forms allow-scripts allow-downloads allow-popups";

export class Bridge {
  /**
   * @param {{title: string, address: (theme: string | null) => string, token: () => Promise<string>,
   *   coreVersion: string, theme: () => string, locale: () => string,
   *   onAction: (type: string, payload: object, bridge: Bridge) => boolean | null,
   *   attributes?: object}} options `onAction` gives whether it was done; null = unknown.
   */
  constructor(options) {
    this.options = options;
    this.ahead = sessionStorage.getItem("sandbox.frame_loads") === "1" ? 0 : 1;
    const first = options.address(this.ahead ? null : options.theme());
    this.frame = h("iframe", { title: options.title, sandbox: SANDBOX, src: first, ...options.attributes });
    this.origin = new URL(this.frame.src).origin;
    this.listen = (event) => this.#receive(event);
    window.addEventListener("message", this.listen);
    this.frame.addEventListener("load", () => this.#loaded());
  }

  close() {
    window.removeEventListener("message", this.listen);
    this.frame.remove();
  }

  theme() {
    this.#send("theme", { theme: this.options.theme() });
  }

  locale() {
    this.#send("localeChanged", { locale: this.options.locale() });
  }

  async refreshToken() {
    this.#send("tokenRefresh", { token: await this.options.token() });
  }

  async #loaded() {
    await this.#handshake();
    if (this.ahead > 0) {
      this.ahead -= 1;
      this.frame.src = this.options.address(this.options.theme());
    } else this.frame.dataset.loaded = "";
  }

  async #handshake() {
    this.#send("handshake", { token: await this.options.token(), saleorVersion: this.options.coreVersion, ...VERSIONS });
    this.locale();
    this.theme();
    this.#send("redirect", { path: location.pathname });
  }

  #send(type, payload) {
    this.frame.contentWindow?.postMessage({ type, payload }, this.origin);
  }

  async #receive(event) {
    if (event.source !== this.frame.contentWindow || event.origin !== this.origin) return;
    const { type, payload } = event.data ?? {};
    if (typeof type !== "string" || typeof payload?.actionId !== "string") return;
    if (type === "notifyReady") await this.#handshake();
    const ok = type === "notifyReady" || this.options.onAction(type, payload, this);
    if (ok !== null) this.#send("response", { actionId: payload.actionId, ok });
  }
}
