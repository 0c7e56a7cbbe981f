import { useId, useRef, type KeyboardEvent, type ReactNode } from "react";

import { useChosenInSight } from "@/kit";

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: () => ReactNode;
}

/** Tabs as ARIA describes them: arrows move, and only the chosen one is in the order of the Tab key. */
export function Tabs(props: { label: string; tabs: readonly Tab[]; chosen: string; choose: (id: string) => void }) {
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(0, props.tabs.findIndex((tab) => tab.id === props.chosen));
  const shown = props.tabs[at];
  useChosenInSight(list, shown?.id ?? "");
  const move = (event: KeyboardEvent) => {
    const count = props.tabs.length;
    const next = { ArrowRight: (at + 1) % count, ArrowLeft: (at + count - 1) % count, Home: 0, End: count - 1 }[event.key];
    const tab = next === undefined ? undefined : props.tabs[next];
    if (next === undefined || tab === undefined) return;
    event.preventDefault();
    props.choose(tab.id);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className="kit-stack">
      <div className="members-tabs kit-tabrow" role="tablist" aria-label={props.label} ref={list}>
        {props.tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            data-tab={tab.id}
            aria-selected={tab.id === shown?.id}
            aria-controls={`${base}-panel`}
            tabIndex={tab.id === shown?.id ? 0 : -1}
            onClick={() => props.choose(tab.id)}
            onKeyDown={move}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${shown?.id}`} className="kit-stack">
        {shown?.content()}
      </div>
    </div>
  );
}
