import { QueryClient } from "@tanstack/react-query";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";

import { asking, newApi } from "@/api/client";
import type { Bridge, Told } from "@/shell/bridge";
import type { Catalogue, Language } from "@/shell/catalogue";
import { Providers } from "@/shell/Providers";

import { allMessages } from "./catalogues";

/** What the test's server says: an object is JSON with 200; a refusal is made by `refused`. */
export type Answering = object | ((request: Request) => unknown);

/** A refusal as the server words it. */
export function refused(status: number, code: string, message = code, detail: object = {}): Response {
  return Response.json({ error: { code, message, detail } }, { status });
}

export interface Notified {
  readonly status: string;
  readonly title: string;
  readonly text: string | undefined;
}

export interface Rendered extends RenderResult {
  /** The requests that were sent, in order. */
  readonly requests: Request[];
  /** The notifications that the Dashboard was asked for. */
  readonly notified: Notified[];
  readonly queries: QueryClient;
  /** Types of all other actions that it was asked for. */
  readonly acted: string[];
}

const STAFF: Told = {
  token: "token",
  locale: "en",
  theme: "light",
  permissions: ["MANAGE_APPS", "MANAGE_DISCOUNTS", "MANAGE_ORDERS", "MANAGE_USERS"],
  email: "owner@example.com",
  saleorApiUrl: "https://store.example.com/graphql/",
  saleorVersion: "3.23.28",
  dashboardVersion: "3.23.27",
  appParams: undefined,
};

/**
 * Renders a component as the shell would: with texts, bridge, router and an API whose answers the
 * test gives by "METHOD /path"; `otherwise` answers all other requests.
 */
export function renderPage(
  element: ReactNode,
  options: { answers?: Readonly<Record<string, Answering>>; otherwise?: Answering; language?: Language; told?: Partial<Told>; path?: string; route?: string } = {},
): Rendered {
  const language = options.language ?? "en";
  const requests: Request[] = [];
  const notified: Notified[] = [];
  const acted: string[] = [];
  const told = { ...STAFF, locale: language, ...options.told };
  const bridge = {
    told,
    subscribe: () => () => undefined,
    onRedirect: () => () => undefined,
    otherToken: () => Promise.resolve(false),
    act: (action: { type: string }) => Promise.resolve(acted.push(action.type) > 0),
    notify: (status: string, title: string, text?: string) => Promise.resolve(notified.push({ status, title, text }) > 0),
  } as unknown as Bridge;
  const now = { language, messages: allMessages(language) };
  const catalogue = { now, subscribe: () => () => undefined, speak: () => Promise.resolve(), need: () => Promise.resolve() } as unknown as Catalogue;
  const server = async (request: Request): Promise<Response> => {
    requests.push(request.clone());
    const name = `${request.method} ${new URL(request.url).pathname}`;
    const answering = options.answers?.[name] ?? options.otherwise;
    if (answering === undefined) throw new Error(`the test has no answer to ${name}`);
    const answer: unknown = typeof answering === "function" ? await (answering as (request: Request) => unknown)(request) : answering;
    return answer instanceof Response ? answer.clone() : Response.json(answer);
  };
  const fetch = asking({ token: () => told.token, language: () => language, otherToken: () => Promise.resolve(false) }, server);
  const router = createMemoryRouter(
    [
      { path: options.route ?? "*", element },
      { path: "/elsewhere", element: <h1>Elsewhere</h1> },
    ],
    { initialEntries: [options.path ?? "/"] },
  );
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const rendered = render(
    <Providers
      bridge={bridge}
      catalogue={catalogue}
      queries={queries}
      access={{ api: newApi(fetch), fetch }}
      patience={0}
    >
      <RouterProvider router={router} />
    </Providers>,
  );
  return Object.assign(rendered, { requests, notified, acted, queries });
}
