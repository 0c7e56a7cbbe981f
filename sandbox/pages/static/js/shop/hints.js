/** What the loyalty app tells of a cart before it is bought. */

import { h } from "/pages/js/lib/dom.js";
import { money, points, t } from "/pages/js/lib/text.js";

/** "You will earn 120 points with this order.", nothing where it earns none. */
export function earning(preview) {
  if (!preview?.earn) return null;
  return h("p", { class: "earn", "data-earn": preview.earn }, t("earn.text", { points: points(preview.earn) }));
}

function bar(offer) {
  const share = 1 - offer.missing.amount / offer.threshold.amount;
  const words = t(offer.free ? "ship.missing_free" : "ship.missing", { money: money(offer.missing), name: offer.name });
  return h("div", { class: "missing", "data-missing": offer.id },
    h("p", {}, words),
    h("progress", { max: "1", value: String(Math.max(0, share)), "aria-label": words }));
}

/** How much is missing to each shipping offer with a threshold, or that it is reached. */
export function bars(preview) {
  return (preview?.shipping ?? []).map((offer) => {
    if (offer.missing.amount > 0) return bar(offer);
    return h("p", { class: "reached", "data-reached": offer.id }, t(offer.free ? "ship.reached_free" : "ship.reached", { name: offer.name }));
  });
}
