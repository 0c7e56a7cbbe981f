import { AppBridge } from "@saleor/app-sdk/app-bridge";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Bridge, isFramed, provideRandomUuid } from "./bridge";

const DASHBOARD = "https://dashboard.example.com";

/** A token as Saleor writes it; nobody checks its signature here. */
function token(permissions: string[], mark = "") {
  const part = (value: object) => btoa(JSON.stringify(value)).replace(/=+$/, "");
  return `${part({ alg: "RS256" })}.${part({ email: "a@example.com", user_permissions: permissions, permissions, mark })}.x`;
}

function say(type: string, payload: object, origin = DASHBOARD) {
  window.dispatchEvent(new MessageEvent("message", { origin, data: { type, payload } }));
}

function opened() {
  return new Bridge(new AppBridge({ saleorApiUrl: "https://store.example.com/graphql/", initialTheme: "light", autoNotifyReady: false }));
}

beforeEach(() => {
  Object.defineProperty(document, "referrer", { value: `${DASHBOARD}/extensions`, configurable: true });
});
afterEach(() => {
  vi.useRealTimers();
});

it("tells what the Dashboard said, also a new language and a new token", () => {
  const bridge = opened();
  const heard = vi.fn();
  bridge.subscribe(heard);
  expect(bridge.told.token).toBeNull();
  say("handshake", { token: token(["MANAGE_USERS"]), version: 1, saleorVersion: "3.23", dashboardVersion: "3.23.27" });
  expect(bridge.told).toMatchObject({ permissions: ["MANAGE_USERS"], email: "a@example.com", saleorVersion: "3.23" });
  say("localeChanged", { locale: "tr" });
  expect(bridge.told.locale).toBe("tr");
  const fresh = token(["MANAGE_USERS"], "fresh");
  say("tokenRefresh", { token: fresh });
  expect(bridge.told.token).toBe(fresh);
  say("theme", { theme: "dark" });
  expect(bridge.told.theme).toBe("dark");
  expect(heard).toHaveBeenCalledTimes(4);
});

it("hears nothing from any other window", () => {
  const bridge = opened();
  say("handshake", { token: token(["MANAGE_APPS"]), version: 1 }, "https://evil.example.com");
  expect(bridge.told.token).toBeNull();
});

it("waits for another token, and not for ever", async () => {
  vi.useFakeTimers();
  const bridge = opened();
  say("handshake", { token: token([]), version: 1 });
  const old = bridge.told.token;
  const waiting = bridge.otherToken(old, 5000);
  say("theme", { theme: "dark" });
  say("tokenRefresh", { token: token([], "new") });
  expect(await waiting).toBe(true);
  expect(await bridge.otherToken(old, 5000)).toBe(true);
  const vain = bridge.otherToken(bridge.told.token, 5000);
  vi.advanceTimersByTime(5000);
  expect(await vain).toBe(false);
});

it("goes only to paths of its own", () => {
  const went: string[] = [];
  opened().onRedirect((path) => went.push(path));
  for (const path of ["/members", "//evil.example.com", "https://evil.example.com", "/publish?x=1"]) say("redirect", { path });
  expect(went).toEqual(["/members", "/publish?x=1"]);
});

it("finds its own path in the Dashboard's whole address, and none in that of another page", () => {
  const went: string[] = [];
  opened().onRedirect((path) => went.push(path));
  const below = "/dashboard/extensions/app/QXBwOjI%3D";
  for (const path of [`${below}/members/5`, below, `${below}?customerId=1`, "/dashboard/customers/VXNlcjox"]) say("redirect", { path });
  expect(went).toEqual(["/members/5", "/", "/"]);
});

it("makes ids where the browser does not", () => {
  const plain = { getRandomValues: (bytes: Uint8Array) => bytes.fill(255) } as unknown as Crypto;
  provideRandomUuid(plain);
  expect(plain.randomUUID()).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
});

it("knows whether it stands in a frame", () => {
  expect(isFramed(window)).toBe(false);
  expect(isFramed({ parent: {} } as Window)).toBe(true);
});
