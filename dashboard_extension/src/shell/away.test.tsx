import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { renderPage } from "@/testing/render";

import { showAway } from "./away";
import { isMissing, Missing } from "./Layout";
import { reload } from "./reload";

const answering = (status: number) => vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(null, { status }));
const silent = () => vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("Failed to fetch"));

afterEach(() => document.body.replaceChildren());

describe("loading the page anew", () => {
  it.each([
    ["answers", () => answering(200), true],
    ["is being restarted behind a proxy", () => answering(502), false],
    ["is away", silent, false],
  ])("where the app %s", async (_, stage, loaded) => {
    stage();
    const load = vi.fn();
    expect(await reload(load)).toBe(loaded);
    expect(load).toHaveBeenCalledTimes(loaded ? 1 : 0);
  });
});

describe("parts of a page that cannot be had", () => {
  it.each([
    [new TypeError("Failed to fetch dynamically imported module: https://app.example.com/a.js"), true],
    [new TypeError("error loading dynamically imported module"), true],
    [new TypeError("Importing a module script failed."), true],
    [new Error("Unable to preload CSS for /dashboard-page/assets/a.css"), true],
    [new TypeError("Cannot read properties of undefined (reading 'items')"), false],
    [{ status: 404 }, false],
  ])("are told from faults of the page: %s", (error, missing) => {
    expect(isMissing(error)).toBe(missing);
  });

  it("are of an older version where the app answers", async () => {
    answering(200);
    renderPage(<Missing />);
    expect(await screen.findByText("This page was renewed")).toBeTruthy();
  });

  it("are tried again where it is away, in the language of the person", async () => {
    silent();
    const again = vi.fn().mockResolvedValue(false);
    renderPage(<Missing again={again} />, { language: "tr" });
    expect(await screen.findByText("Uygulama yanıt vermiyor")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Yeniden dene" }));
    expect(again).toHaveBeenCalledOnce();
  });
});

describe("a page without its texts", () => {
  it("says that it could not be loaded, and tries again until it can", async () => {
    const root = document.createElement("div");
    document.body.append(root);
    let letGo: (there: boolean) => void = () => undefined;
    const again = vi.fn(() => new Promise<boolean>((resolve) => (letGo = resolve)));
    showAway(root, "tr", again);
    expect(screen.getByRole("alert").textContent).toContain("Sayfa yüklenemedi");
    const button = screen.getByRole("button", { name: "Yeniden dene" });
    await userEvent.click(button);
    await userEvent.click(button);
    expect(button.textContent).toBe("Yeniden deneniyor …");
    letGo(false);
    await waitFor(() => expect(button.textContent).toBe("Yeniden dene"));
    await userEvent.click(button);
    expect(again).toHaveBeenCalledTimes(2);
  });
});
