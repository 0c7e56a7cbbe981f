/** The shopper's points, from the app's storefront API. */

import { loyalty } from "/pages/js/lib/api.js";
import { h, show } from "/pages/js/lib/dom.js";
import { shopper, shopperToken } from "/pages/js/lib/session.js";
import { day, money, number, t, textOr } from "/pages/js/lib/text.js";

const PAUSE = 2500;
const place = document.getElementById("board");
let channel = "";
let shown = "";
let timer = 0;

function figure(name, amount) {
  return h("div", { class: "board-figure" }, h("dt", {}, t(`board.${name}`)), h("dd", { "data-points": name }, number(amount)));
}

function expiring(items) {
  if (!items.length) return null;
  const [first] = items;
  return h("p", { class: "board-note" }, t("board.expiring", { amount: number(first.amount), day: day(first.expires_at) }));
}

function entry(one) {
  const sign = one.amount > 0 ? "+" : "−";
  return h("li", { class: `entry ${one.state}` },
    h("span", { class: "entry-amount" }, `${sign}${number(Math.abs(one.amount))}`),
    h("span", { class: "entry-words" },
      h("span", {}, one.explanation[0]),
      h("span", { class: "entry-when" }, day(one.time), one.state === "booked" ? null : ` · ${textOr(`entry.${one.state}`, one.state)}`)),
  );
}

function board(me, history) {
  const { points, program } = me;
  return [
    h("p", { class: "eyebrow", id: "board-heading" }, program.name),
    h("p", { class: "board-available" },
      h("strong", { "data-points": "available" }, number(points.available)), " ", h("span", {}, program.points_name)),
    points.worth && points.available > 0 && h("p", { class: "board-worth" }, t("board.worth", { money: money(points.worth) })),
    h("dl", { class: "board-figures" }, figure("pending", points.pending), figure("held", points.held), figure("lifetime", points.lifetime)),
    expiring(points.expiring),
    history.entries.length
      ? h("ol", { class: "entries" }, history.entries.map(entry))
      : h("p", { class: "empty" }, t("board.empty")),
  ];
}

function absence(problem) {
  const install = problem.code === "app_not_installed";
  return [
    h("p", { class: "eyebrow", id: "board-heading" }, t("board.heading")),
    h("p", { class: "empty", "data-problem": problem.code }, problem.message),
    install && h("p", {}, h("a", { href: "/dashboard" }, t("board.install"))),
  ];
}

/** Reads the points again now. */
export async function refreshBoard() {
  clearTimeout(timer);
  if (!shopper()) {
    place.hidden = true;
    shown = "";
    return;
  }
  try {
    const token = await shopperToken();
    const [{ body: me }, { body: history }] = await Promise.all([
      loyalty(`me?channel=${encodeURIComponent(channel)}`, { token }),
      loyalty("me/history?first=8", { token }),
    ]);
    tell(JSON.stringify([me, history]), () => board(me, history));
  } catch (problem) {
    tell(problem.code + problem.message, () => absence(problem));
  }
  place.hidden = false;
  timer = setTimeout(refreshBoard, PAUSE);
}

function tell(fresh, build) {
  if (fresh === shown) return;
  shown = fresh;
  show(place, build());
}

/** Shows what points are worth in the currency of `slug` from now on. */
export function boardOf(slug) {
  channel = slug;
  refreshBoard();
}
