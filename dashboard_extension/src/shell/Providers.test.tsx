import { AppBridge } from "@saleor/app-sdk/app-bridge";
import { act, render, screen } from "@testing-library/react";
import { QueryClient, useQuery } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { newApi } from "@/api/client";
import { useStaff, useT } from "@/kit";

import { Bridge } from "./bridge";
import { Catalogue } from "./catalogue";
import { Providers } from "./Providers";

const DASHBOARD = "https://dashboard.example.com";
const TOKEN = `x.${btoa(JSON.stringify({ email: "a@example.com", user_permissions: ["MANAGE_USERS"], permissions: [] })).replace(/=+$/, "")}.x`;

/** The Dashboard says something; with `vi.useRealTimers()` what it leads to takes its own time. */
function say(type: string, payload: object) {
  return act(async () => {
    window.dispatchEvent(new MessageEvent("message", { origin: DASHBOARD, data: { type, payload } }));
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(0);
  });
}

function Page() {
  const t = useT();
  const staff = useStaff();
  return (
    <p>
      {t("kit.save")} {staff.may("MANAGE_USERS") ? "may" : "may not"}
    </p>
  );
}

/** Shows what the server says, which takes a while to say it in the language it was asked in. */
function Told() {
  const { data } = useQuery({
    queryKey: ["told"],
    queryFn: async ({ signal }) => {
      const language = document.documentElement.lang;
      await new Promise((resolve) => setTimeout(resolve, 300));
      signal.throwIfAborted();
      return language;
    },
  });
  return <p>told in {data}</p>;
}

async function shown(patience: number, page = <Page />) {
  const bridge = new Bridge(new AppBridge({ saleorApiUrl: "x", initialLocale: "en", autoNotifyReady: false }));
  const catalogue = new Catalogue("en");
  await catalogue.need("kit", "shell");
  const api = newApi(() => Promise.reject(new Error("nothing is asked")));
  const access = { api, fetch: () => Promise.reject(new Error("nothing is asked")) };
  return render(
    <Providers bridge={bridge} catalogue={catalogue} queries={new QueryClient()} access={access} patience={patience}>
      {page}
    </Providers>,
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  Object.defineProperty(document, "referrer", { value: `${DASHBOARD}/`, configurable: true });
});
afterEach(() => {
  vi.useRealTimers();
});

it("says at once where the page belongs when it stands in no frame", async () => {
  await shown(0);
  expect(screen.getByRole("heading").textContent).toBe("This page belongs in the Saleor Dashboard");
  expect(screen.getByText(`${location.origin}/api/manifest`)).toBeTruthy();
});

it("waits for the Dashboard, gives up, and comes when it speaks after all", async () => {
  const { container } = await shown(8000);
  expect(container.textContent).toBe("");
  await act(() => vi.advanceTimersByTimeAsync(8000));
  expect(screen.getByRole("heading").textContent).toBe("This page belongs in the Saleor Dashboard");
  await say("handshake", { token: TOKEN, version: 1 });
  expect(container.textContent).toBe("Save may");
});

it("follows the Dashboard in language and theme", async () => {
  vi.useRealTimers();
  const { container } = await shown(8000);
  await say("handshake", { token: TOKEN, version: 1 });
  await say("localeChanged", { locale: "tr" });
  await vi.waitFor(() => expect(container.textContent).toBe("Kaydet may"), 4000);
  expect(document.documentElement.lang).toBe("tr");
  await say("theme", { theme: "dark" });
  expect(document.documentElement.dataset.theme).toBe("dark");
});

it("asks again in the new language for what was on its way in the old one", async () => {
  vi.useRealTimers();
  const { container } = await shown(8000, <Told />);
  await say("handshake", { token: TOKEN, version: 1 });
  await say("localeChanged", { locale: "tr" });
  await vi.waitFor(() => expect(container.textContent).toBe("told in tr"), 4000);
});
