import type { ComponentType } from "react";

/** What `widgets/<name>/index.tsx` exports. */
export interface WidgetModule {
  readonly Widget: ComponentType;
}

/** The widgets and popups by name. */
export const WIDGETS: Readonly<Record<string, () => Promise<WidgetModule>>> = {};
