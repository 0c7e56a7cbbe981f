import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import { useIntl } from "react-intl";

import type { Bridge, Status, Told } from "@/shell/bridge";

export const BridgeContext = createContext<Bridge | null>(null);

/** The App Bridge, for what has no hook of its own, such as closing a popup. */
export function useBridge(): Bridge {
  const bridge = useContext(BridgeContext);
  if (bridge === null) throw new Error("useBridge stands outside of the shell");
  return bridge;
}

export type Permission =
  | "MANAGE_APPS"
  | "MANAGE_DISCOUNTS"
  | "MANAGE_ORDERS"
  | "MANAGE_USERS"
  | "HANDLE_PAYMENTS"
  | "MANAGE_GIFT_CARD";

export interface StaffMember extends Told {
  /** Whether the person has all of these. The server asks the same of each request. */
  may(...permissions: Permission[]): boolean;
  /** Whether the person has one of these. */
  mayAny(...permissions: Permission[]): boolean;
}

/** Who sits at the screen, and what their Dashboard is like. */
export function useStaff(): StaffMember {
  const bridge = useBridge();
  const told = useSyncExternalStore(bridge.subscribe, () => bridge.told);
  return {
    ...told,
    may: (...permissions) => permissions.every((one) => told.permissions.includes(one)),
    mayAny: (...permissions) => permissions.some((one) => told.permissions.includes(one)),
  };
}

/** Shows a notification of the Dashboard: `notify("success", title, text)`. */
export function useNotify(): (status: Status, title: string, text?: string) => void {
  const bridge = useBridge();
  return useCallback((status, title, text) => void bridge.notify(status, title, text), [bridge]);
}

export type Values = Record<string, string | number | Date | boolean | null | undefined>;

/** The text of an id, with its places filled: `t("kit.shown", { count: 3 })`. */
export function useT(): (id: string, values?: Values) => string {
  const intl = useIntl();
  return useCallback((id, values) => String(intl.formatMessage({ id }, values)), [intl]);
}
