/** Spending points on the checkout, and taking them back. */

import { h } from "/pages/js/lib/dom.js";
import { attempt } from "/pages/js/lib/feedback.js";
import { shopper } from "/pages/js/lib/session.js";
import { money, points, t } from "/pages/js/lib/text.js";
import { spend, takeBack, worthOf } from "/pages/js/shop/loyalty.js";

function changed(view) {
  document.dispatchEvent(new Event("points-changed"));
  return view.refresh();
}

function spent(view, { redemption }) {
  const problem = h("p", { class: "form-problem", role: "alert" });
  const words = { points: points(redemption.points), money: money(redemption.discount) };
  if (redemption.ending) return [h("p", { class: "points-taken", role: "status" }, t("spend.returning", words))];
  if (redemption.state !== "attached") return [h("p", { class: "points-taken", role: "status" }, t("spend.waiting", words))];
  return [
    h("div", { class: "points-taken" },
      h("p", { role: "status", "data-spent": redemption.points }, t("spend.spent", words)),
      h("button", { type: "button", class: "button small", id: "take-back", onclick: (event) =>
        attempt(event.currentTarget, async () => {
          await takeBack(redemption.id);
          await changed(view);
        }, problem) }, t("spend.take_back"))),
    problem,
  ];
}

function form(view, spending) {
  const problem = h("p", { class: "form-problem", id: "spend-problem", role: "alert" });
  const { least, most, step } = spending;
  const field = h("input", { id: "spend-points", type: "number", inputmode: "numeric", min: String(least), max: String(most), step: String(step), value: String(most), "aria-describedby": "spend-worth" });
  const slider = h("input", { id: "spend-slider", type: "range", min: String(least), max: String(most), step: String(step), value: String(most), "aria-label": t("spend.slider") });
  const worth = h("output", { id: "spend-worth", for: "spend-points spend-slider" });
  const tell = (amount) => {
    const value = worthOf(spending, amount);
    worth.textContent = value ? t("spend.worth", { money: money(value) }) : "";
    slider.setAttribute("aria-valuetext", points(amount));
  };
  field.addEventListener("input", () => {
    slider.value = field.value;
    tell(Math.floor(Number(field.value)) || 0);
  });
  slider.addEventListener("input", () => {
    field.value = slider.value;
    tell(Number(slider.value));
  });
  tell(most);
  return h("form", { class: "spend", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    attempt(document.getElementById("spend"), async () => {
      await spend(view.id, Math.floor(Number(field.value)) || 0);
      await changed(view);
    }, problem);
  } },
  h("div", { class: "field-row" },
    h("label", { for: "spend-points" }, t("spend.label")),
    field, slider, worth,
    h("button", { type: "submit", class: "button", id: "spend" }, t("spend.spend"))),
  problem);
}

/** The section; nothing where the app tells nothing of spending. */
export function spendingSection(view) {
  const heading = h("h3", {}, t("spend.heading"));
  const spending = view.preview?.spending;
  if (!view.preview) return [];
  if (!shopper()) return [heading, h("p", { class: "note" }, t("spend.sign_in"))];
  if (!spending) return [];
  if (spending.redemption) return [heading, ...spent(view, spending)];
  const have = t("spend.have", { points: points(spending.available) });
  if (!spending.most) return [heading, h("p", { class: "note" }, have, " ", spending.refusal)];
  return [
    heading,
    h("p", { class: "note" }, have, " ", t("spend.most", { points: points(spending.most), money: money(spending.worth) })),
    form(view, spending),
  ];
}

/** What the section depends on. */
export const spendingState = ({ preview }) => [shopper(), preview === null, preview?.spending ?? null];
