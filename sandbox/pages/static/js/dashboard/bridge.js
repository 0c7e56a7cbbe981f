/**
 * The Dashboard's side of the App Bridge: plain {type, payload} messages between it and the iframe.
 *
 * It sends handshake, theme, localeChanged, tokenRefresh and redirect; it answers every action of
 * the app by response {actionId, ok}.
 */

const VERSIONS = { version: 1, dashboardVersion: "v3.23.27" };

export class Bridge {
  /**
   * @param {HTMLIFrameElement} frame
   * @param {{token: () => Promise<string>, saleorVersion: string, theme: () => string,
   *   locale: () => string, onAction: (type: string, payload: object) => boolean}} options
   */
  constructor(frame, options) {
    this.frame = frame;
    this.options = options;
    this.origin = new URL(frame.src).origin;
    this.listen = (event) => this.#receive(event);
    window.addEventListener("message", this.listen);
  }

  close() {
    window.removeEventListener("message", this.listen);
  }

  /** The Dashboard sends this when the iframe has loaded, and again when the app says it is ready. */
  async handshake() {
    const { saleorVersion, token } = this.options;
    this.#send("handshake", { token: await token(), saleorVersion, ...VERSIONS });
    this.theme();
    this.locale();
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

  redirect(path) {
    this.#send("redirect", { path });
  }

  #send(type, payload) {
    this.frame.contentWindow?.postMessage({ type, payload }, this.origin);
  }

  #receive(event) {
    if (event.source !== this.frame.contentWindow || event.origin !== this.origin) return;
    const { type, payload } = event.data ?? {};
    if (typeof type !== "string" || typeof payload?.actionId !== "string") return;
    if (type === "notifyReady") this.handshake();
    const ok = type === "notifyReady" || this.options.onAction(type, payload);
    this.#send("response", { actionId: payload.actionId, ok });
  }
}
