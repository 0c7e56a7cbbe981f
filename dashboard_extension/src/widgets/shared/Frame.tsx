import { actions } from "@saleor/app-sdk/app-bridge";
import { useEffect, useRef, type ReactNode } from "react";

import { useBridge } from "@/kit";

/**
 * The inner wrapper of a widget. Where it `grows`, the Dashboard is told its height: that of the
 * wrapper, as the document itself is never smaller than the frame.
 */
export function Frame(props: { grows: boolean; children: ReactNode }) {
  const { grows } = props;
  const bridge = useBridge();
  const inner = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = inner.current;
    if (!grows || element === null) return undefined;
    let told = 0;
    const observer = new ResizeObserver(() => {
      const height = Math.ceil(element.getBoundingClientRect().height);
      if (height <= 0 || height === told) return;
      told = height;
      void bridge.act(actions.WidgetResize({ height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [bridge, grows]);
  return (
    <main className="widget" ref={inner}>
      {props.children}
    </main>
  );
}
