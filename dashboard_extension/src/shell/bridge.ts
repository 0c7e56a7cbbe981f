import { AppBridge, actions } from "@saleor/app-sdk/app-bridge";

/** What the Dashboard has told the page so far. */
export interface Told {
  readonly token: string | null;
  readonly locale: string;
  readonly theme: "light" | "dark";
  readonly permissions: readonly string[];
  readonly email: string;
  readonly saleorApiUrl: string;
  readonly saleorVersion: string | null;
  readonly dashboardVersion: string | null;
  /** What a widget gave along when it had this opened as a popup. */
  readonly appParams: unknown;
}

export type Status = "info" | "success" | "warning" | "error";

type Action = Parameters<AppBridge["dispatch"]>[0];

const EVENTS = ["handshake", "tokenRefresh", "localeChanged", "theme"] as const;

/** Browsers offer it only on https and localhost, and the SDK does nothing without it. */
export function provideRandomUuid(crypto: Crypto = globalThis.crypto): void {
  if (typeof crypto.randomUUID === "function") return;
  crypto.randomUUID = () => {
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte, at) => {
      const set = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte;
      return set.toString(16).padStart(2, "0");
    });
    const parts = [[0, 4], [4, 6], [6, 8], [8, 10], [10, 16]] as const;
    return parts.map(([from, to]) => hex.slice(from, to).join("")).join("-") as ReturnType<Crypto["randomUUID"]>;
  };
}

/**
 * The App Bridge as something to look at: `told` is what the Dashboard said last.
 *
 * The SDK's own hook sleeps through a change of language and a new token; this one does not. The
 * token lives for five minutes: read `told.token` at each request, and never keep it.
 */
export class Bridge {
  readonly #sdk: AppBridge;
  readonly #listeners = new Set<() => void>();
  #told: Told;

  constructor(sdk: AppBridge) {
    this.#sdk = sdk;
    this.#told = this.#look();
    for (const event of EVENTS) {
      sdk.subscribe(event, () => {
        this.#told = this.#look();
        for (const listener of this.#listeners) listener();
      });
    }
  }

  get told(): Told {
    return this.#told;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls `go` with each path of the page's own to which the Dashboard sends it. */
  onRedirect(go: (path: string) => void): () => void {
    return this.#sdk.subscribe("redirect", ({ path }) => {
      const own = ownPath(path);
      if (own !== null) go(own);
    });
  }

  /** Asks the Dashboard for something; gives whether it did it. Older ones do not know all. */
  async act(action: Action): Promise<boolean> {
    return this.#sdk.dispatch(action).then(
      () => true,
      () => false,
    );
  }

  /** Shows a notification of the Dashboard. */
  notify(status: Status, title: string, text?: string): Promise<boolean> {
    return this.act(actions.Notification(text === undefined ? { status, title } : { status, title, text }));
  }

  /** Gives whether a token other than `old` is there; waits for it no longer than `milliseconds`. */
  otherToken(old: string | null, milliseconds: number): Promise<boolean> {
    if (this.#told.token !== old) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (came: boolean) => {
        clearTimeout(timer);
        unsubscribe();
        resolve(came);
      };
      const timer = setTimeout(end, milliseconds, false);
      const unsubscribe = this.subscribe(() => this.#told.token !== old && end(true));
    });
  }

  #look(): Told {
    const state = this.#sdk.getState();
    return {
      token: state.token ?? null,
      locale: state.locale,
      theme: state.theme === "dark" ? "dark" : "light",
      permissions: state.user?.permissions ?? [],
      email: state.user?.email ?? "",
      saleorApiUrl: state.saleorApiUrl,
      saleorVersion: state.saleorVersion ?? null,
      dashboardVersion: state.dashboardVersion ?? null,
      appParams: state.appParams,
    };
  }
}

/**
 * The page's own path in what the Dashboard sends: its docs promise "/members", it sends its whole
 * address, `/dashboard/extensions/app/<id>/members`, and to widgets that of the page around them.
 */
export function ownPath(path: string): string | null {
  if (!/^\/(?!\/)/.test(path)) return null;
  const [, below] = /\/extensions\/app\/[^/?#]+([^?#]*)/.exec(path) ?? [];
  if (below !== undefined) return below === "" ? "/" : below;
  return path.startsWith("/dashboard") ? null : path;
}

/** Whether the page stands in a frame at all. */
export function isFramed(view: Window = window): boolean {
  return view.parent !== view;
}

/** Opens the bridge and tells the Dashboard that it may begin. */
export function openBridge(): Bridge {
  provideRandomUuid();
  return new Bridge(new AppBridge({ initialLocale: firstLocale() as "en" }));
}

/** Until the Dashboard tells its language: that of the address, else the browser's. */
export function firstLocale(): string {
  return new URLSearchParams(location.search).get("locale") ?? navigator.language;
}
