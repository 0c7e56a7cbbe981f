import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/** Between frames of the app on one page of the Dashboard: they are of one origin. */
const CHANNEL = "saleor-loyalty";
const CHANGED = "points-changed";

/** Tells the widgets beside a popup that points moved: the Dashboard does not load them anew. */
export function tellChanged(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(CHANGED);
  channel.close();
}

/** Asks the server anew when another frame moved points. */
export function useChanges(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }) => {
      if (data === CHANGED) void queries.invalidateQueries();
    };
    return () => channel.close();
  }, [queries]);
}
