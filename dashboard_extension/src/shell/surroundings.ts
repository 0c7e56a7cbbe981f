import { QueryClient } from "@tanstack/react-query";

import { asking, newApi } from "@/api/client";
import { ApiFailure } from "@/api/failure";

import { isFramed, openBridge } from "./bridge";
import { Catalogue, languageOf, type Area } from "./catalogue";
import type { Surroundings } from "./Providers";
import { applyTheme } from "./theme";

const PATIENCE = 8_000;
const TOKEN_PATIENCE = 6_000;

/** Opens the bridge and reads the texts that are needed first. */
export async function surroundings(...areas: Area[]): Promise<Surroundings> {
  const bridge = openBridge();
  applyTheme(bridge.told.theme);
  const catalogue = new Catalogue(languageOf(bridge.told.locale));
  await catalogue.need("kit", ...areas);
  const fetch = asking({
    token: () => bridge.told.token,
    language: () => catalogue.now.language,
    otherToken: (old) => bridge.otherToken(old, TOKEN_PATIENCE),
  });
  return {
    bridge,
    catalogue,
    queries: newQueries(),
    access: { api: newApi(fetch), fetch },
    patience: isFramed() ? PATIENCE : 0,
  };
}

/**
 * Reads are tried again twice where that may help; changes never by themselves.
 *
 * Nothing waits for a network that is away: it would be waited for without a word, and a change would be sent much
 * later, when nobody thinks of it any more.
 */
export function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        refetchOnReconnect: true,
        staleTime: 10_000,
        retry: (failures, failure) => failure instanceof ApiFailure && failure.mayPass && failure.code !== "too_slow" && failures < 2,
        retryDelay: (failures) => 500 * 2 ** failures,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
