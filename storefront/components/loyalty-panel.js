/** <loyalty-panel>: a shopper's points with their past and future, preferences, and the program explained. */

import { campaignsIn, drawCampaigns } from "./campaigns.js";
import { h } from "./dom.js";
import { define, LoyaltyElement } from "./element.js";
import { answersOf } from "./faq.js";
import { drawJoining } from "./joining.js";
import { drawMilestones, milestonesAhead } from "./milestones.js";
import { drawPast, knowsStatus, readPast } from "./past.js";
import { drawPreferences, TEXT_VERSION } from "./preferences.js";
import { drawRewards } from "./rewards.js";
import { drawTelling, hasTelling } from "./telling.js";
import { drawTier } from "./tier.js";
import { Failure } from "./transport.js";

/** @typedef {import("./client.js").Entry} Entry */
/** @typedef {import("./client.js").Me} Me */
/** @typedef {import("./client.js").Points} Points */
/** @typedef {import("./joining.js").Membership} Membership */
/** @typedef {import("./preferences.js").Preferences} Preferences */
/** @typedef {import("./preferences.js").Trouble} Trouble */
/** @typedef {import("./telling.js").Told} Told */
/** @typedef {import("./tier.js").Tier} Tier */
/** @typedef {import("./client.js").Program} Program */
/** @typedef {import("./client.js").Unit} Unit */
/** @typedef {import("./dom.js").Child} Child */
/** @typedef {import("./words.js").Names} Names */
/** @typedef {{me: Me | null, unit: Unit, entries: Entry[], more: boolean, program: Program | null, preferences: Preferences | null, told: Told | null, tier: Tier | null, campaigns: import("./campaigns.js").Campaign[] | null, exchange: import("./rewards.js").Exchange | null, milestones: import("./milestones.js").Milestone[] | null, membership: Membership | null, lacking: string[]}} Shown */

const PAGE = 10;
const SECTIONS = ["points", "tier", "milestones", "campaigns", "rewards", "history", "about", "preferences", "faq"];

/** @extends {LoyaltyElement<Shown>} */
class LoyaltyPanel extends LoyaltyElement {
  static observedAttributes = [...LoyaltyElement.observedAttributes, "sections", "heading-level", "offers-text-version", "checkout"];
  static rules = `
:host { container-type: inline-size; min-block-size: 16rem; }
:host([data-state="ready"]), :host([data-state="failed"]), :host([data-state="signed-out"]) { min-block-size: 0; }
.wait { min-block-size: 16rem; border-radius: var(--_radius); opacity: 0.5; }
.sum { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.5rem; }
.sum strong { font-size: 2.5em; line-height: 1.1; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); gap: 0.75rem; padding-block-start: 0.75rem; border-block-start: 1px solid var(--_line); }
dt { font-size: 0.875em; color: var(--_soft); }
dd { font-weight: 650; font-variant-numeric: tabular-nums; }
.expiring { padding: 0.5rem 0.75rem; border-radius: calc(var(--_radius) - 3px); background: var(--_tint); font-size: 0.9375em; }
section section { border-block-start: 1px solid var(--_line); padding-block-start: 0.9rem; display: grid; gap: 0.6rem; }
.entry { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); gap: 0.75rem; padding-block: 0.6rem; border-block-end: 1px solid var(--_line); }
.entry:last-child { border-block-end: 0; }
.amount { font-weight: 650; text-align: end; font-variant-numeric: tabular-nums; }
.when { color: var(--_soft); font-size: 0.875em; }
summary { cursor: pointer; min-block-size: 2.25rem; display: flex; align-items: center; gap: 0.5rem; font-weight: 550; }
summary::before { content: "+"; content: "+" / ""; inline-size: 0.8em; color: var(--_accent); font-weight: 700; }
details[open] > summary::before { content: "−"; content: "−" / ""; }
.entry summary { font-size: 0.875em; font-weight: 400; color: var(--_soft); min-block-size: 1.75rem; }
details li, details p { padding-block: 0.15rem; padding-inline-start: 1.3rem; }
.points { display: grid; gap: 0.6rem; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem 0.9rem; align-items: center; }
.row > label { flex: 1 1 9rem; font-weight: 550; }
fieldset { border: 0; margin: 0; padding: 0; min-inline-size: 0; }
legend { font-weight: 550; padding: 0; margin-block-end: 0.35rem; }
fieldset p { margin-block-end: 0.5rem; }
#more, #join { justify-self: start; }
.units button { min-block-size: 2.25rem; padding-block: 0.2rem; }
.units button::first-letter { text-transform: uppercase; }
.units button[aria-pressed="true"] { background: var(--_tint); border-color: var(--_accent); }
.tier strong { font-size: 1.25em; }
.dot { display: inline-block; inline-size: 0.75em; block-size: 0.75em; margin-inline-end: 0.45em; border-radius: 50%; border: 1px solid var(--_line); }
.ahead li { padding-block: 0.15rem; }
.levels { display: grid; gap: 0.5rem; }
.levels li { padding: 0.5rem 0.75rem; border: 1px solid var(--_line); border-radius: calc(var(--_radius) - 3px); }
.levels li[aria-current] { background: var(--_tint); border-color: var(--_accent); }
.benefits { white-space: pre-line; font-size: 0.9375em; }
.told, .campaigns li { display: grid; gap: 0.4rem; }
.campaigns { display: grid; gap: 0.9rem; }
.campaigns + .campaigns { margin-block-start: 0.9rem; padding-block-start: 0.9rem; border-block-start: 1px solid var(--_line); }
.campaigns .soft::first-letter { text-transform: uppercase; }
.campaigns img { max-inline-size: 100%; max-block-size: 10rem; border-radius: calc(var(--_radius) - 3px); }
.campaigns button { justify-self: start; }
.milestones, .milestones li { display: grid; gap: 0.4rem; }
progress { inline-size: 100%; block-size: 0.5rem; accent-color: var(--_accent); }
.gone { letter-spacing: 0.04em; overflow-wrap: anywhere; }
.code { letter-spacing: 0.04em; overflow-wrap: anywhere; user-select: all; }
.asked { font-weight: 550; }
.told > select, .told > input { inline-size: 100%; }
select, input:not([type="checkbox"]) { flex: 1 1 9rem; min-inline-size: 0; min-block-size: 2.5rem; padding: 0.3rem 0.6rem; border: 1px solid var(--_soft); border-radius: calc(var(--_radius) - 3px); background: var(--_surface); color: var(--_ink); }
a { color: var(--_accent); }
.switch { display: flex; gap: 0.75rem; align-items: flex-start; min-block-size: 2.25rem; }
.switch input { inline-size: 1.2rem; block-size: 1.2rem; margin-block: 0.15rem; flex: none; }
`;

  #wanted = PAGE;
  /** @type {Unit} whose history is asked for */
  #unit = "points";
  /** @type {Set<string>} what is unfolded stays so when the panel is drawn anew */
  #open = new Set();
  /** @type {Trouble | null} */
  #trouble = null;

  /** @returns {Promise<Shown | null>} */
  async load() {
    const { client } = this;
    const token = await client.tokens.current();
    const wants = (/** @type {string} */ name) => this.#sections.includes(name);
    const program = this.given("store") ? client.program(this.given("channel")) : null;
    if (!token) {
      const known = await program;
      return known && { me: null, unit: "points", entries: [], more: false, program: known, preferences: null, told: null, tier: null, campaigns: null, exchange: null, milestones: null, membership: null, lacking: [] };
    }
    const channel = this.given("channel");
    const unit = this.#unit;
    const [me, past, preferences, told, tier, campaigns, exchange, milestones, known] = await Promise.all([
      client.me(channel),
      wants("history") ? readPast(client, unit, this.#wanted) : { entries: [], more: false },
      wants("preferences") ? this.optional(client.preferences(), "preferences") : null,
      wants("about") ? this.optional(client.told(), "about") : null,
      wants("tier") ? this.optional(client.tier(), "tier") : null,
      wants("campaigns") ? this.optional(client.campaigns(), "campaigns") : null,
      wants("rewards") && channel ? this.optional(client.exchange(channel), "rewards") : null,
      wants("milestones") ? this.optional(client.milestones(), "milestones") : null,
      program && wants("faq") ? this.optional(program.catch(nothing), "faq") : program && program.catch(() => null),
    ]);
    const membership = me.member_since ? null : await client.membership();
    if (unit === "status" && !knowsStatus(me)) {
      this.#unit = "points";
      return this.load();
    }
    return me.program ? { me, unit, ...past, program: known, preferences, told, tier, campaigns, exchange, milestones, membership, lacking: SECTIONS.filter((name) => this.lacking.includes(name)) } : null;
  }

  get #sections() {
    const named = this.given("sections").split(/\s+/).filter((name) => SECTIONS.includes(name));
    return named.length ? named : SECTIONS;
  }

  state() {
    return [this.given("sections"), this.given("checkout"), this.given("heading-level"), this.words.locale, this.#trouble];
  }

  /** @param {Shown} shown */
  draw(shown) {
    const { me, program, preferences, told, tier, campaigns, exchange, milestones, membership, lacking } = shown;
    const names = me?.program ?? program?.program ?? null;
    const unit = names?.points_name ?? this.words.t("points");
    const level = /^[1-5]$/.test(this.given("heading-level")) ? Number(this.given("heading-level")) : 2;
    /** @type {Record<string, () => Child>} */
    const sections = {
      points: () => (me ? this.#points(me, names) : h("slot", { name: "signed-out" }, h("p", { class: "soft", part: "text" }, this.words.t("panel.sign_in", { unit })))),
      tier: () => (tier?.enabled ? this.#section("tier", level + 1, ...drawTier(tier, this.words, names)) : null),
      campaigns: () => {
        const here = campaignsIn(campaigns ?? [], this.given("channel"));
        return here.length ? this.#section("campaigns", level + 1, ...drawCampaigns(here, this.words)) : null;
      },
      milestones: () => {
        const ahead = milestonesAhead(milestones ?? []);
        return ahead.length ? this.#section("milestones", level + 1, ...drawMilestones(ahead)) : null;
      },
      rewards: () => {
        const drawn = exchange ? drawRewards(exchange, this.words, {
          names,
          channel: this.given("channel"),
          checkout: this.given("checkout"),
          trouble: this.#trouble,
          change: (id, work) => this.#change(id, () => work(this.client)),
        }) : [];
        return drawn.length ? this.#section("rewards", level + 1, ...drawn) : null;
      },
      history: () => (me ? this.#section("history", level + 1, ...drawPast({ unit: shown.unit, entries: shown.entries, more: shown.more }, this.words, {
        names,
        units: knowsStatus(me),
        trouble: this.#trouble,
        fold: (id, title, content) => this.#fold(id, title, content),
        choose: (id, chosen) => this.#turn(id, chosen, PAGE),
        extend: (id) => this.#turn(id, shown.unit, this.#wanted + 2 * PAGE),
      })) : null),
      preferences: () => (preferences ? this.#section("preferences", level + 1, ...drawPreferences(preferences, this.words, {
        unit,
        textVersion: this.given("offers-text-version") || TEXT_VERSION,
        trouble: /^(birthday|question-|take-|give-up-|join|more|unit-)/.test(this.#trouble?.id ?? "") ? null : this.#trouble,
        change: (id, work) => this.#change(id, () => work(this.client)),
      })) : null),
      about: () => (told && hasTelling(told) ? this.#section("about", level + 1, ...drawTelling(told, this.words, {
        names,
        trouble: this.#trouble,
        change: (id, work) => this.#change(id, () => work(this.client)),
      })) : null),
      faq: () => (program ? this.#section("faq", level + 1, ...this.#faq(program)) : null),
    };
    return [h("section", { class: "card", part: "card", "aria-labelledby": "heading" },
      h(`h${level}`, { id: "heading", part: "heading" }, names?.name ?? ""),
      membership?.may_join && this.#section("join", level + 1, ...drawJoining(membership, this.words, () => this.#join(membership)), this.#trouble?.id === "join" && h("p", { class: "problem", part: "problem" }, this.#trouble.text)),
      program?.ending && h("p", { class: "ending", part: "ending" }, program.ending.text),
      ...this.#sections.map((name) => sections[name]?.()),
      lacking.length > 0 && this.#lack(lacking))];
  }

  /**
   * What is not there for now is not passed over in silence: it would look as if there were none.
   *
   * @param {string[]} names of the parts
   */
  #lack(names) {
    const parts = names.map((name) => this.words.t(`panel.${name}`)).join(", ");
    return h("div", { class: "failed line", part: "failed", "data-lacking": names.join(" ") },
      h("p", { class: "soft" }, this.words.t("panel.lacking", { parts })), this.drawRetry());
  }

  /** @param {Membership} membership */
  #join({ terms, privacy }) {
    const input = { terms_version: terms.version, privacy_version: privacy.version };
    this.#change("join", () => this.client.call("me/membership", { method: "POST", input }));
  }

  /**
   * @param {string} id of what was pressed
   * @param {() => Promise<unknown>} work
   */
  async #change(id, work) {
    try {
      await work();
      this.#trouble = null;
      this.say(this.words.t("panel.saved"));
    } catch (fault) {
      this.#stumbled(id, fault, "problem.deed");
      this.report(fault);
      this.redraw();
    }
    await this.refresh();
  }

  /**
   * Notes what went wrong beside what was pressed, and says it.
   *
   * @param {string} id of what was pressed
   * @param {unknown} fault
   * @param {string} [unanswered] the text where the other side has no words of its own
   */
  #stumbled(id, fault, unanswered) {
    const text = this.wordsFor(fault, unanswered);
    this.#trouble = { id, code: fault instanceof Failure ? fault.code : "", text, count: (this.#trouble?.count ?? 0) + 1 };
    this.say(text);
  }

  /**
   * @param {string} name
   * @param {number} level
   * @param {...Child} content
   */
  #section(name, level, ...content) {
    return h("section", { part: `section ${name}`, "aria-labelledby": `heading-${name}` },
      h(`h${level}`, { id: `heading-${name}`, part: "heading" }, this.words.t(`panel.${name}`)), content);
  }

  /**
   * @param {Me} me
   * @param {Names | null} names
   */
  #points(me, names) {
    const { points } = me;
    const { words } = this;
    const unit = words.points(points.available, names).replace(words.number(points.available), "").trim();
    const figure = (/** @type {"pending" | "held" | "lifetime"} */ name) =>
      h("div", {}, h("dt", {}, words.t(`panel.${name}`)), h("dd", { "data-points": name, part: "figure" }, words.number(points[name])));
    return h("div", { class: "points", part: "points" },
      h("p", { class: "sum" }, h("strong", { "data-points": "available", part: "balance" }, words.number(points.available)), " ", h("span", {}, unit)),
      points.worth && points.available > 0 && h("p", { class: "soft worth", part: "worth" }, words.t("panel.worth", { money: words.money(points.worth) })),
      h("dl", { class: "figures" }, figure("pending"), figure("held"), figure("lifetime"),
        knowsStatus(me) && h("div", {}, h("dt", {}, words.t("panel.unit.status")), h("dd", { "data-points": "status", part: "figure" }, words.number(me.status_points)))),
      ...this.#expiring(points, names));
  }

  /**
   * @param {Points} points
   * @param {Names | null} names
   * @returns {Child[]}
   */
  #expiring({ expiring }, names) {
    const { words } = this;
    const lines = expiring.map(({ amount, expires_at: at }) => words.t("panel.expiring", { points: words.points(amount, names), day: words.day(at) }));
    return [
      lines.length > 0 && h("p", { class: "expiring", part: "expiring" }, lines[0]),
      lines.length > 1 && this.#fold("expiring", words.t("panel.expire_all"), h("ul", {}, lines.map((line) => h("li", {}, line)))),
    ];
  }

  /**
   * Shows another part of the past; where it does not come, what is shown stays, and that is told.
   *
   * @param {string} id of what was pressed
   * @param {Unit} unit
   * @param {number} wanted
   */
  async #turn(id, unit, wanted) {
    const before = this.#wanted;
    this.#unit = unit;
    this.#wanted = wanted;
    const fault = await this.refresh();
    if (!this.data) return;
    if (fault) {
      this.#unit = this.data.unit;
      this.#wanted = before;
      this.#stumbled(id, fault);
    } else if (/^(more|unit-)/.test(this.#trouble?.id ?? "")) this.#trouble = null;
    this.redraw();
  }

  /** @param {Program} program */
  #faq(program) {
    return answersOf(program, this.given("channel"), this.words).map(({ id, question, answer }) =>
      this.#fold(`faq-${id}`, question, ...answer.map((line) => h("p", { class: "soft" }, line))));
  }

  /**
   * @param {string} id
   * @param {string} title
   * @param {...Child} content
   */
  #fold(id, title, ...content) {
    return h("details", { open: this.#open.has(id), part: "fold", ontoggle: (/** @type {Event} */ event) => {
      if (/** @type {HTMLDetailsElement} */ (event.currentTarget).open) this.#open.add(id);
      else this.#open.delete(id);
    } }, h("summary", { id: `fold-${id}`, part: "summary" }, title), content);
  }
}

/**
 * A store whose program cannot be told is none; anything else may pass.
 *
 * @param {unknown} fault
 */
function nothing(fault) {
  if (fault instanceof Failure && fault.refused) return null;
  throw fault;
}

define("loyalty-panel", LoyaltyPanel);
