/** What apps may ask of the Dashboard, from a page, a widget or a popup. */

import { toast } from "/pages/js/lib/feedback.js";
import { t } from "/pages/js/lib/text.js";
import { chosen } from "/pages/js/dashboard/frames.js";
import { extensionsAt, placeOf } from "/pages/js/dashboard/extensions.js";
import { closePopup, openPopup } from "/pages/js/dashboard/popup.js";
import { since } from "/pages/js/lib/state.js";

const HIGHEST = 5000;
const MOST_PARAMS = 2000;
const STATUS = { error: "bad", warning: "bad" };

/**
 * The answers to an app's wishes.
 *
 * @param {{app: object, target: "APP_PAGE" | "WIDGET" | "POPUP", mounts: string[],
 *   go: (path: string) => void, refresh: () => void}} around `mounts` are those of the page shown.
 */
export function actionsFor(around) {
  const { app, target } = around;
  const known = {
    notification({ status, title, text }) {
      toast([title, text].filter(Boolean).join(" – "), STATUS[status] ?? "good");
      return true;
    },
    redirect({ to, newContext }) {
      if (!to.startsWith("/")) {
        if (newContext) window.open(to, "_blank", "noopener");
        else toast(t("dash.redirected", { to }));
        return true;
      }
      if (newContext) window.open(`/dashboard${to}`, "_blank", "noopener");
      else {
        closePopup();
        around.go(to);
      }
      return true;
    },
    updateRouting({ newRoute }) {
      if (target !== "APP_PAGE") return true;
      const place = `/dashboard${placeOf(app, newRoute)}`;
      if (location.pathname !== place) history.pushState(null, "", place);
      return true;
    },
    popupClose() {
      closePopup();
      return true;
    },
    widgetResize({ height }, bridge) {
      if (target === "WIDGET" && "grows" in bridge.frame.dataset && height > 0) {
        bridge.frame.style.height = `${Math.min(Math.ceil(height), HIGHEST)}px`;
      }
      return true;
    },
    refreshEntity() {
      around.refresh();
      return true;
    },
    openPopup({ extensionIdentifier, appParams }) {
      const found = extensionsAt(chosen("agent"), ...around.mounts).find(
        (one) => one.app.id === app.id && one.extension.identifier === extensionIdentifier && one.extension.target === "POPUP");
      const fits = appParams === undefined || (typeof appParams === "string" && appParams.length <= MOST_PARAMS);
      if (target !== "WIDGET" || !found || !fits) return false;
      openPopup(found, appParams === undefined ? {} : { appParams }, around);
      return true;
    },
  };
  if (!since(3, 23)) for (const name of ["widgetResize", "refreshEntity", "openPopup"]) delete known[name];
  return (type, payload, bridge) => (Object.hasOwn(known, type) ? known[type](payload, bridge) : null);
}
