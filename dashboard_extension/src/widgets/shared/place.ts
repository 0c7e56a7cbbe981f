import { actions } from "@saleor/app-sdk/app-bridge";
import { useCallback } from "react";

import { useBridge } from "@/kit";

/** A parameter that the Dashboard put into the frame's address; some give each of them twice. */
export function param(name: string, search: string = location.search): string {
  return new URLSearchParams(search).getAll(name).find((value) => value !== "") ?? "";
}

/** Where the Dashboard shows a page of the app. */
export function inDashboard(path: string, search: string = location.search): string {
  return `/extensions/app/${encodeURIComponent(param("id", search))}${path === "/" ? "" : path}`;
}

/** Has the Dashboard open a page of the app. */
export function useOpenPage(): (path: string) => void {
  const bridge = useBridge();
  return useCallback((path) => void bridge.act(actions.Redirect({ to: inDashboard(path) })), [bridge]);
}
