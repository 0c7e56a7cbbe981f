/** What all components do alike: attributes, reading, waiting, failing with a sentence, speaking up. */

import { h, nodes } from "./dom.js";
import { pageOf } from "./page.js";
import { COMMON, sheetOf } from "./style.js";
import { Failure } from "./transport.js";
import { putBack, typedIn } from "./typed.js";
import { Words } from "./words.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./dom.js").Child} Child */

const ATTRIBUTES = ["api", "store", "channel", "checkout", "locale", "token", "token-endpoint"];
/** The page was away so long that what it shows may be old. */
const AWAY = 30_000;
/** What could not be read is read again after so long, then less often, then when somebody asks. */
const AGAIN_AFTER = [4000, 15_000, 60_000, 300_000];
/** Where this file came from is where the app is. */
const [HOME = ""] = import.meta.url.split("/storefront/v1/");

/** Such answers say that there is nothing to show, not that something went wrong. */
const NOTHING = new Set(["store_not_found", "program_not_published", "checkout_unknown", "cart_unknown"]);

/**
 * A component; `Data` is what it reads, and null of it means that there is nothing to tell.
 *
 * @template Data
 */
export class LoyaltyElement extends HTMLElement {
  static observedAttributes = ATTRIBUTES;
  /** Rules besides the common ones. */
  static rules = "";

  #body = h("div", { class: "body", part: "base" });
  #live = h("div", { class: "hidden", role: "status" });
  /** @type {AbortController | null} */
  #connected = null;
  #planned = false;
  #newest = 0;
  #readAt = 0;
  #shown = "";
  #failures = 0;
  #again = 0;
  /** @type {unknown} */
  #missing = null;
  /** @type {string[]} */
  #lacking = [];

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const own = /** @type {typeof LoyaltyElement} */ (this.constructor).rules;
    root.adoptedStyleSheets = [sheetOf(COMMON), sheetOf(own)];
    root.append(this.#body, this.#live);
    /** @type {Data | null} */
    this.data = null;
    this.words = new Words(null);
  }

  /** @returns {Promise<Data | null>} */
  async load() {
    throw new Error("a component says what it reads");
  }

  /**
   * @param {Data} _data
   * @returns {(Child | Child[])[]}
   */
  draw(_data) {
    return [];
  }

  /** What it shows to who is not signed in; nothing unless a component says so. @returns {Child[]} */
  drawGuest() {
    return [];
  }

  /** What holds the place until there is something to show. @returns {Child[]} */
  drawWaiting() {
    return [h("span", { class: "wait" }, "\u00a0")];
  }

  /** @param {string} name */
  given(name) {
    return this.getAttribute(name)?.trim() ?? "";
  }

  /** @returns {Client} */
  get client() {
    return pageOf().clientOf({
      api: (this.given("api") || HOME).replace(/\/+$/, ""),
      store: this.given("store"),
      language: this.words.language,
      token: this.given("token"),
      endpoint: this.given("token-endpoint"),
    });
  }

  connectedCallback() {
    const ended = new AbortController();
    this.#connected = ended;
    const { signal } = ended;
    const again = () => this.#plan();
    pageOf().addEventListener("changed", again, { signal });
    window.addEventListener("online", again, { signal });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && performance.now() - this.#readAt > AWAY) this.#plan();
    }, { signal });
    if (!this.dataset.state) this.#put("loading", this.drawWaiting());
    this.#plan();
  }

  disconnectedCallback() {
    this.#connected?.abort();
    this.#connected = null;
    this.#newest += 1;
    clearTimeout(this.#again);
  }

  /**
   * @param {string} _name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(_name, before, after) {
    if (before !== after) this.#plan();
  }

  /**
   * Reads again now; what is shown stays until then.
   *
   * @returns {Promise<unknown>} why it could not be read; null = it was
   */
  async refresh() {
    if (!this.#connected) return null;
    const mine = ++this.#newest;
    clearTimeout(this.#again);
    this.#missing = null;
    this.#lacking = [];
    this.words = new Words(this.given("locale") || this.closest("[lang]")?.getAttribute("lang"));
    this.#readAt = performance.now();
    for (const part of [this.#body, this.#live]) {
      // Those of the texts, whatever the page's own are.
      part.lang = this.words.language;
      part.dir = "ltr";
    }
    try {
      const data = await this.load();
      if (mine !== this.#newest) return null;
      this.data = data;
      this.redraw();
      if (this.#missing) this.#later(this.#missing);
      else this.#failures = 0;
    } catch (fault) {
      if (mine !== this.#newest) return null;
      this.#failed(fault);
      return fault;
    }
    return null;
  }

  /**
   * Somebody asks for another try: the button says that it is under way, and the outcome is told.
   *
   * @param {Event} event
   */
  async retry({ currentTarget }) {
    const button = /** @type {HTMLButtonElement} */ (currentTarget);
    if (button.hasAttribute("aria-disabled")) return;
    const label = button.textContent;
    button.setAttribute("aria-disabled", "true");
    button.textContent = this.words.t("retrying");
    const fault = (await this.refresh()) ?? this.#missing;
    this.say(fault ? this.wordsFor(fault) : "");
    // It may still stand there: what is shown already is not drawn anew.
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }

  /**
   * A part that the rest can be shown without: null where it cannot be read now.
   *
   * @template T
   * @param {Promise<T>} reading
   * @param {string} [name] of the part, which is then among those that are lacking
   * @returns {Promise<T | null>}
   */
  async optional(reading, name = "") {
    try {
      return await reading;
    } catch (fault) {
      if (!(fault instanceof Failure) || fault.code === "signed_out" || NOTHING.has(fault.code)) throw fault;
      this.#missing = fault;
      if (name) this.#lacking.push(name);
      this.report(fault);
      return null;
    }
  }

  /** The parts that could not be read. */
  get lacking() {
    return this.#lacking;
  }

  /** Shows what is known, if that is not what is shown already. */
  redraw() {
    const { data } = this;
    if (data === null) this.#put("empty", []);
    else this.#put("ready", this.draw(data), JSON.stringify([data, this.state()]));
  }

  /** What besides the data decides what is drawn. @returns {unknown} */
  state() {
    return null;
  }

  /**
   * Tells those who cannot see it, as soon as they are not busy.
   *
   * @param {string} text
   */
  say(text) {
    this.#live.textContent = text;
  }

  /**
   * Tells the storefront.
   *
   * @param {"redeemed" | "released" | "changed" | "error"} name
   * @param {unknown} detail
   */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`loyalty:${name}`, { bubbles: true, composed: true, detail }));
  }

  /**
   * Words for a failure: the app's own where it has some.
   *
   * @param {unknown} fault
   * @param {string} [unanswered] the text of a deed that was not answered; by default that of what cannot be shown
   */
  wordsFor(fault, unanswered = "") {
    if (fault instanceof Failure && fault.words) return fault.words;
    const code = fault instanceof Failure ? fault.code : "";
    if (unanswered && code !== "too_slow") return this.words.t(unanswered);
    return this.words.maybe(`problem.${code}`) || this.words.t("problem.other");
  }

  /**
   * Tells the storefront of a failure; one that is none of ours goes to the console too.
   *
   * @param {unknown} fault
   */
  report(fault) {
    if (!(fault instanceof Failure)) console.error(fault);
    const { code, detail, message } = fault instanceof Failure ? fault : new Failure("internal_error");
    this.tell("error", { code, message, detail });
  }

  /**
   * Reads again by itself, unless the answer would be the same.
   *
   * @param {unknown} fault
   */
  #later(fault) {
    const wait = AGAIN_AFTER[this.#failures];
    if (wait === undefined || (fault instanceof Failure && fault.refused)) return;
    this.#failures += 1;
    this.#again = window.setTimeout(() => { if (!document.hidden) this.#plan(); }, wait);
  }

  #plan() {
    if (this.#planned || !this.#connected) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.refresh();
    });
  }

  /** @param {unknown} fault */
  #failed(fault) {
    const code = fault instanceof Failure ? fault.code : "";
    if (code === "signed_out") {
      this.data = null;
      const shown = [h("slot", { name: "signed-out" }, ...nodes(this.drawGuest()))];
      return this.#put(this.hasGuests() ? "signed-out" : "empty", shown, `signed-out ${this.words.locale}`);
    }
    if (NOTHING.has(code)) {
      this.data = null;
      return this.#put("empty", []);
    }
    this.report(fault);
    this.#later(fault);
    if (this.data !== null && this.dataset.state === "ready") return undefined;
    return this.#put("failed", this.drawFailed(fault));
  }

  /** Whether there is something for who is not signed in. */
  hasGuests() {
    return this.drawGuest().length > 0 || this.querySelector("[slot='signed-out']") !== null;
  }

  /**
   * @param {unknown} fault
   * @returns {Child[]}
   */
  drawFailed(fault) {
    return [h("div", { class: "card failed", part: "failed" }, h("p", { class: "soft" }, this.wordsFor(fault)), this.drawRetry())];
  }

  /**
   * The same in a line, for what stands within a line or a price.
   *
   * @param {unknown} fault
   * @returns {Child[]}
   */
  drawFailedLine(fault) {
    return [h("p", { class: "failed line", part: "failed" }, this.wordsFor(fault), " ", this.drawRetry())];
  }

  drawRetry() {
    return h("button", { type: "button", id: "retry", part: "button", onclick: (/** @type {Event} */ event) => this.retry(event) }, this.words.t("retry"));
  }

  /**
   * @param {string} state
   * @param {(Child | Child[])[]} content
   * @param {string} [key] what is shown; the same is not shown again, so that what people do stays
   */
  #put(state, content, key = "") {
    if (key && key === this.#shown && state === this.dataset.state) return;
    const first = this.#shown === "";
    this.#shown = key;
    this.dataset.state = state;
    this.#body.setAttribute("aria-busy", String(state === "loading"));
    const focused = /** @type {ShadowRoot} */ (this.shadowRoot).activeElement;
    const typed = typedIn(this.#body);
    this.#body.replaceChildren(...nodes(content));
    putBack(this.#body, typed);
    if (focused) this.#focusAgain(focused.id);
    if (state === "ready") this.tell("changed", { data: this.data, first });
  }

  /** @param {string} id of what had the focus, if it has one; else the focus goes to what took its place */
  #focusAgain(id) {
    const same = id && this.#body.querySelector(`#${CSS.escape(id)}`);
    const next = same || this.#body.querySelector("[data-focus]");
    if (next instanceof HTMLElement) next.focus();
  }
}

/**
 * Names a component, unless the page has it already.
 *
 * @param {string} name
 * @param {CustomElementConstructor} component
 */
export function define(name, component) {
  if (!customElements.get(name)) customElements.define(name, component);
}

if (typeof document !== "undefined") {
  const page = pageOf();
  if (!page.listens) {
    page.listens = true;
    document.addEventListener("loyalty:refresh", () => page.changed());
    document.addEventListener("loyalty:session", () => page.forget());
  }
}
