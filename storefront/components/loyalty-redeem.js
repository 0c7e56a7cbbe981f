/** <loyalty-redeem>: points for this checkout; how many, what comes off, and back again. */

import { choices, discountOf, nearest } from "./amounts.js";
import { h } from "./dom.js";
import { define, LoyaltyElement } from "./element.js";
import { isLoss, standing } from "./redemption.js";
import { Failure } from "./transport.js";

/** @typedef {import("./client.js").Names} Names */
/** @typedef {import("./client.js").Redemption} Redemption */
/** @typedef {import("./client.js").Rate} Rate */
/** @typedef {import("./client.js").Spending} Spending */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {{spending: Spending, names: Names | null, rate: Rate | null}} Shown */
/** @typedef {{code: string, text: string}} Problem */

/** @extends {LoyaltyElement<Shown>} */
class LoyaltyRedeem extends LoyaltyElement {
  static observedAttributes = [...LoyaltyElement.observedAttributes, "mode", "heading-level"];
  static rules = `
:host { min-block-size: 11.5rem; }
:host([data-state="signed-out"]), :host([data-state="failed"]), :host([data-state="ready"]) { min-block-size: 0; }
.wait { min-block-size: 11.5rem; border-radius: var(--_radius); opacity: 0.5; }
.row { display: flex; flex-wrap: wrap; gap: 0.6rem 0.9rem; align-items: center; }
.row > label { flex: 1 0 100%; font-weight: 550; }
input[type="number"] { inline-size: 7.5rem; min-block-size: 2.75rem; padding: 0.4rem 0.7rem; border: 1px solid var(--_soft); border-radius: calc(var(--_radius) - 3px); background: transparent; }
input[type="range"] { flex: 1 1 9rem; min-inline-size: 0; min-block-size: 1.75rem; }
output { min-inline-size: 6.5rem; font-weight: 600; }
fieldset { border: 0; margin: 0; padding: 0; min-inline-size: 0; display: grid; gap: 0.5rem; }
legend { font-weight: 550; padding: 0; margin-block-end: 0.5rem; }
.choice { display: flex; gap: 0.6rem; align-items: center; min-block-size: 2.75rem; padding-inline: 0.8rem; border: 1px solid var(--_line); border-radius: calc(var(--_radius) - 3px); cursor: pointer; }
.choice:has(:checked) { border-color: var(--_accent); background: var(--_tint); }
.loss { color: var(--_ink); border-inline-start: 3px solid var(--_bad); padding-inline-start: 0.7rem; }
`;

  /** @type {string | null} what was typed or chosen; null = nothing yet */
  #typed = null;
  /** @type {{kind: "spending" | "undoing", redemption: Pick<Redemption, "points" | "discount">} | null} */
  #busy = null;
  /** @type {Problem | null} */
  #problem = null;
  /** @type {string} */
  #followed = "";
  /** @type {string} */
  #checkout = "";
  /** What the problem was about: it is forgotten when that changes. */
  #about = "";

  async load() {
    const id = this.given("checkout");
    if (id !== this.#checkout) {
      this.#checkout = id;
      this.#typed = null;
      this.#problem = null;
    }
    if (!id) return null;
    const { client } = this;
    const [checkout, program] = await Promise.all([client.checkout(id), client.program(this.given("channel")).catch(() => null)]);
    const { spending } = checkout;
    if (!spending) {
      if (await client.tokens.current()) return null;
      throw new Failure("signed_out");
    }
    const about = JSON.stringify([spending.most_points, spending.refusal?.code, spending.redemption?.id]);
    if (about !== this.#about && !this.#busy) this.#problem = null;
    this.#about = about;
    const rate = program?.channels.find((terms) => terms.channel === checkout.channel)?.worth ?? null;
    this.#follow(spending.redemption);
    return { spending, names: program?.program ?? null, rate };
  }

  /** The points that the cart takes now, with their code; null = none. @returns {Redemption | null} */
  get redemption() {
    return this.data?.spending.redemption ?? null;
  }

  state() {
    return [this.#busy, this.#problem, this.given("mode"), this.given("heading-level"), this.words.locale];
  }

  drawGuest() {
    return [h("div", { class: "card", part: "card" }, h("p", { class: "soft", part: "text" }, this.words.t("redeem.sign_in", { points: this.words.t("points") })))];
  }

  /** @param {Shown} shown */
  draw({ spending, names, rate }) {
    const { words } = this;
    const unit = names?.points_name ?? words.t("points");
    const level = /^[1-6]$/.test(this.given("heading-level")) ? this.given("heading-level") : "2";
    return [h("section", { class: "card", part: "card", "aria-labelledby": "heading" },
      h(`h${level}`, { id: "heading", part: "heading" }, words.t("redeem.heading", { points: unit })),
      ...this.#inside(spending, names, rate),
      h("p", { class: `problem${this.#problem && isLoss(this.#problem.code) ? " loss" : ""}`, id: "spend-problem", part: "problem", "data-code": this.#problem?.code }, this.#problem?.text ?? ""))];
  }

  /**
   * @param {Spending} spending
   * @param {Names | null} names
   * @param {Rate | null} rate
   * @returns {Child[]}
   */
  #inside(spending, names, rate) {
    const { redemption } = spending;
    if (this.#busy) return [this.#underWay(this.#busy.kind === "undoing" ? "returning" : "waiting", this.#busy.redemption, names)];
    const stands = standing(redemption);
    if (redemption && stands === "spent") return [this.#spent(redemption, names)];
    if (redemption && (stands === "waiting" || stands === "returning")) return [this.#underWay(stands, redemption, names), this.#problem && this.#look()];
    return this.#offer(spending, names, rate);
  }

  /**
   * @param {Redemption} redemption
   * @param {Names | null} names
   */
  #spent(redemption, names) {
    return h("div", { class: "taken", part: "spent" },
      h("p", { "data-spent": redemption.points }, this.#sentence(Number(redemption.discount.amount) ? "redeem.spent" : "redeem.reward", redemption, names)),
      h("button", { type: "button", id: "take-back", part: "button", "data-focus": true, onclick: () => this.#undo(redemption) }, this.words.t("redeem.undo")));
  }

  /**
   * @param {"waiting" | "returning"} way
   * @param {Pick<Redemption, "points" | "discount">} redemption
   * @param {Names | null} names
   */
  #underWay(way, redemption, names) {
    return h("p", { class: "taken", part: "waiting", tabindex: "-1", "data-focus": true, "aria-busy": "true", [`data-${way}`]: redemption.points }, this.#sentence(`redeem.${way}`, redemption, names));
  }

  #look() {
    return h("button", { type: "button", id: "look", part: "button", onclick: () => {
      this.#problem = null;
      this.#followed = "";
      this.refresh();
    } }, this.words.t("redeem.look"));
  }

  /**
   * @param {Spending} spending
   * @param {Names | null} names
   * @param {Rate | null} rate
   * @returns {Child[]}
   */
  #offer(spending, names, rate) {
    const { words } = this;
    const have = words.t("redeem.have", { points: words.points(spending.available, names) });
    const least = nearest(0, { ...spending, most_points: Infinity });
    if (spending.refusal || spending.most_points < least) {
      const why = spending.refusal?.message ?? words.t("redeem.too_few", { points: words.points(least, names) });
      return [h("p", { class: "soft", part: "text", "data-refusal": spending.refusal?.code ?? "too_few" }, `${have} ${why}`)];
    }
    const most = words.t("redeem.most", { points: words.points(spending.most_points, names), money: words.money(spending.most_discount) });
    const fields = this.given("mode") === "steps" ? this.#steps(spending, names, rate) : this.#slider(spending, names, rate, least);
    return [
      h("p", { class: "soft", part: "text" }, `${have} ${most}`),
      h("form", { novalidate: true, part: "form", onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.#spend(spending, rate);
      } }, fields),
    ];
  }

  /**
   * @param {Spending} spending
   * @param {Names | null} names
   * @param {Rate | null} rate
   * @param {number} least
   */
  #slider(spending, names, rate, least) {
    const { words } = this;
    const { most_points: most, step } = spending;
    const first = this.#typed ?? String(nearest(most, spending));
    // Before the value: a slider without its limits takes no more than 100.
    const limits = { min: least, max: most, step };
    const field = /** @type {HTMLInputElement} */ (h("input", { id: "spend-points", type: "number", inputmode: "numeric", part: "input", ...limits, value: first, "aria-describedby": "spend-worth spend-problem" }));
    const slider = /** @type {HTMLInputElement} */ (h("input", { id: "spend-slider", type: "range", part: "slider", ...limits, value: first, "aria-label": words.t("redeem.slider") }));
    const off = h("output", { id: "spend-worth", class: "figure", part: "worth", for: "spend-points spend-slider" });
    const show = () => {
      const points = Math.floor(Number(this.#typed ?? first)) || 0;
      const discount = discountOf(points, spending, rate);
      off.textContent = discount ? words.t("redeem.off", { money: words.money(discount) }) : "";
      slider.setAttribute("aria-valuetext", [words.points(points, names), off.textContent].filter(Boolean).join(", "));
    };
    field.addEventListener("input", () => {
      slider.value = field.value;
      this.#typed = field.value;
      show();
    });
    slider.addEventListener("input", () => {
      this.#typed = field.value = slider.value;
      show();
    });
    show();
    return h("div", { class: "row" },
      h("label", { for: "spend-points" }, words.t("redeem.label")), field, slider, off, this.#button());
  }

  /**
   * @param {Spending} spending
   * @param {Names | null} names
   * @param {Rate | null} rate
   */
  #steps(spending, names, rate) {
    const { words } = this;
    const offered = choices(spending);
    const chosen = offered.includes(Number(this.#typed)) ? Number(this.#typed) : offered.at(-1);
    this.#typed = String(chosen);
    return h("fieldset", {}, h("legend", {}, words.t("redeem.label")), ...offered.map((points) => {
      const discount = discountOf(points, spending, rate);
      const text = discount ? words.t("redeem.choice", { points: words.points(points, names), money: words.money(discount) }) : words.points(points, names);
      return h("label", { class: "choice", part: "choice" },
        h("input", { type: "radio", name: "points", id: `spend-${points}`, value: points, checked: points === chosen, onchange: () => { this.#typed = String(points); } }), text);
    }), this.#button());
  }

  #button() {
    return h("button", { type: "submit", class: "primary", id: "spend", part: "button primary", "data-focus": true }, this.words.t("redeem.spend"));
  }

  /**
   * @param {string} id
   * @param {Pick<Redemption, "points" | "discount">} redemption
   * @param {Names | null} names
   */
  #sentence(id, { points, discount }, names) {
    return this.words.t(id, { points: this.words.points(points, names), money: this.words.money(discount) });
  }

  /**
   * @param {Spending} spending
   * @param {Rate | null} rate
   */
  async #spend(spending, rate) {
    const points = Math.floor(Number(this.#typed ?? nearest(spending.most_points, spending))) || 0;
    const discount = discountOf(points, spending, rate);
    if (this.#busy) return;
    if (points < 1 || !discount) {
      this.#wrong(new Failure("invalid_points", this.words.t("redeem.range", { least: this.words.number(nearest(0, spending)), most: this.words.number(spending.most_points) })));
      return;
    }
    await this.#doing("spending", { points, discount }, () => this.client.spend(this.given("checkout"), points), "redeemed");
  }

  /** @param {Redemption} redemption */
  async #undo(redemption) {
    if (this.#busy) return;
    await this.#doing("undoing", redemption, () => this.client.release(redemption.id), "released");
  }

  /**
   * @param {"spending" | "undoing"} kind
   * @param {Pick<Redemption, "points" | "discount">} what
   * @param {() => Promise<Redemption>} work
   * @param {"redeemed" | "released"} name
   */
  async #doing(kind, what, work, name) {
    const { client } = this;
    this.#busy = { kind, redemption: what };
    this.#problem = null;
    this.redraw();
    this.say(this.#sentence(kind === "spending" ? "redeem.waiting" : "redeem.returning", what, this.data?.names ?? null));
    try {
      this.#done(await work(), name);
    } catch (fault) {
      this.#busy = null;
      this.#wrong(fault, "problem.spend");
    }
    client.page.changed();
  }

  /**
   * @param {Redemption} redemption
   * @param {"redeemed" | "released"} name
   */
  #done(redemption, name) {
    this.#busy = null;
    this.#typed = null;
    if (this.data) {
      const { spending } = this.data;
      this.data = { ...this.data, spending: { ...spending, redemption: name === "redeemed" ? redemption : null } };
    }
    this.redraw();
    this.say(this.#sentence(name === "redeemed" ? "redeem.spent" : "redeem.undone", redemption, this.data?.names ?? null));
    this.tell(name, { redemption, checkout: this.given("checkout") });
  }

  /**
   * Goes on waiting for what was begun before, by this page or another one.
   *
   * @param {Redemption | null} redemption
   */
  async #follow(redemption) {
    const stands = standing(redemption);
    if (!redemption || this.#busy || (stands !== "waiting" && stands !== "returning") || this.#followed === redemption.id) return;
    this.#followed = redemption.id;
    const { client } = this;
    try {
      const found = await client.follow(redemption.id);
      this.#done(found, standing(found) === "spent" ? "redeemed" : "released");
      client.page.changed();
    } catch (fault) {
      this.#wrong(fault);
    } finally {
      this.#followed = "";
    }
  }

  /**
   * @param {unknown} fault
   * @param {string} [unanswered] the text where the other side has no words of its own
   */
  #wrong(fault, unanswered = "") {
    const code = fault instanceof Failure ? fault.code : "internal_error";
    const text = code === "too_slow" ? this.words.t("redeem.slow") : this.wordsFor(fault, unanswered);
    this.#problem = { code, text };
    this.report(fault);
    this.redraw();
    this.say(text);
  }
}

define("loyalty-redeem", LoyaltyRedeem);
