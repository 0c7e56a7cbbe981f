import type { ComponentType } from "react";

/** What `widgets/<name>/index.tsx` exports. */
export interface WidgetModule {
  readonly Widget: ComponentType;
}

/** The widgets and popups by name: `/widget/<name>` and `/popup/<name>`. */
export const WIDGETS: Readonly<Record<string, () => Promise<WidgetModule>>> = {
  customer: () => import("./customer"),
  home: () => import("./home"),
  order: () => import("./order"),
  points: () => import("./points"),
  voucher: () => import("./voucher"),
};
