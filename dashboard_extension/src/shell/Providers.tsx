import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { IntlProvider } from "react-intl";

import { ApiContext, type ApiAccess } from "@/api/hooks";
import { BridgeContext } from "@/kit/staff";

import type { Bridge } from "./bridge";
import { languageOf, type Catalogue } from "./catalogue";
import { Outside } from "./Outside";
import { applyTheme } from "./theme";

export interface Surroundings {
  readonly bridge: Bridge;
  readonly catalogue: Catalogue;
  readonly queries: QueryClient;
  readonly access: ApiAccess;
  /** How long the Dashboard may take to say who is there, in milliseconds; 0 outside of a frame. */
  readonly patience: number;
}

/** Language, theme, token and answers for all below; nothing is shown before the Dashboard spoke. */
export function Providers(props: Surroundings & { children: ReactNode }) {
  const { bridge, catalogue, queries, access } = props;
  const told = useSyncExternalStore(bridge.subscribe, () => bridge.told);
  const { language, messages } = useSyncExternalStore(catalogue.subscribe, () => catalogue.now);
  useEffect(() => applyTheme(told.theme), [told.theme]);
  useEffect(() => void catalogue.speak(languageOf(told.locale)), [catalogue, told.locale]);
  useEffect(() => {
    // What failed for want of a token that counts is asked again with the new one.
    void queries.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
  }, [told.token, queries]);
  const spoken = useRef(language);
  useEffect(() => {
    document.documentElement.lang = language;
    if (spoken.current === language) return;
    spoken.current = language;
    // What the server says is in the language in which it was asked, also what is still on its way.
    void queries.cancelQueries().then(() => queries.invalidateQueries());
  }, [language, queries]);
  return (
    <IntlProvider locale={language} messages={messages as Record<string, string>} onError={throwIt}>
      <BridgeContext.Provider value={bridge}>
        <ApiContext.Provider value={access}>
          <QueryClientProvider client={queries}>
            <Inside patience={props.patience} ready={told.token !== null}>
              {props.children}
            </Inside>
          </QueryClientProvider>
        </ApiContext.Provider>
      </BridgeContext.Provider>
    </IntlProvider>
  );
}

/** A text that is missing or broken is a fault of ours: the tests shall see it. */
function throwIt(failure: Error): void {
  throw failure;
}

function Inside(props: { patience: number; ready: boolean; children: ReactNode }) {
  const { patience, ready } = props;
  const [alone, setAlone] = useState(patience === 0);
  useEffect(() => {
    if (ready || patience === 0) return undefined;
    const timer = setTimeout(setAlone, patience, true);
    return () => clearTimeout(timer);
  }, [patience, ready]);
  if (ready) return <>{props.children}</>;
  return alone ? <Outside /> : null;
}
