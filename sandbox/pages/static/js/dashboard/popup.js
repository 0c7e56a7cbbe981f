/** The one popup of the Dashboard: an app's frame in a dialog, below its label. */

import { h, show } from "/pages/js/lib/dom.js";
import { t } from "/pages/js/lib/text.js";
import { popupAddress } from "/pages/js/dashboard/addresses.js";
import { actionsFor } from "/pages/js/dashboard/actions.js";
import { closeFrames, openFrame } from "/pages/js/dashboard/frames.js";
import { version } from "/pages/js/lib/state.js";

const dialog = document.getElementById("popup");
let bridge = null;

/** Opens an extension whose target is POPUP, with parameters in its address. */
export function openPopup({ app, extension }, params, around) {
  closePopup();
  bridge = openFrame({
    app,
    extension,
    address: popupAddress({ app, extension }, params),
    coreVersion: version(),
    onAction: actionsFor({ ...around, app, target: "POPUP" }),
    attributes: { "data-extension": extension.identifier ?? extension.label },
  });
  const close = h("button", { type: "button", class: "button quiet", "aria-label": t("action.close"), onclick: closePopup }, "×");
  show(dialog, h("header", { class: "dash-head" }, h("h2", { id: "popup-heading" }, extension.label), close), bridge.frame);
  dialog.showModal();
}

export function closePopup() {
  if (bridge) closeFrames(bridge);
  bridge = null;
  dialog.close();
}

dialog.addEventListener("close", () => bridge && closePopup());
