import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { renderPage } from "@/testing/render";

import { PastPrices } from "./PastPrices";

const OFF = { channel: "web", name: "Web", currency: "USD", on: false, days: 30, since: null, known_days: 0, variants: 0, read_at: null, trouble: "" };
const ON = { ...OFF, on: true, since: "2027-03-01", known_days: 3, variants: 12, read_at: "2027-03-03T10:00:00+03:00" };

/** A store with one channel that keeps what it is told; gives also what was sent. */
function store(first: typeof OFF | typeof ON) {
  let now: object = first;
  const sent: unknown[] = [];
  const answers = {
    "GET /api/dashboard/v1/price-history": () => ({ channels: [now] }),
    "PUT /api/dashboard/v1/price-history/web": async (request: Request) => {
      const wish = (await request.json()) as object;
      sent.push(wish);
      now = { ...now, ...wish };
      return { channels: [now] };
    },
  };
  return { answers, sent };
}

describe("past prices", () => {
  it("are switched on for a channel, and nothing is said to be known before it is", async () => {
    const { answers, sent } = store(OFF);
    renderPage(<PastPrices />, { answers });
    await userEvent.click(await screen.findByRole("switch", { name: /Web/ }));
    await waitFor(() => expect(sent).toEqual([{ on: true, days: 30 }]));
    expect(await screen.findByText(/Nothing is known yet/)).toBeTruthy();
  });

  it("are asked for again until the first of them are read", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      let asked = 0;
      const answers = { "GET /api/dashboard/v1/price-history": () => ({ channels: [++asked < 2 ? { ...OFF, on: true } : ON] }) };
      renderPage(<PastPrices />, { answers });
      expect(await screen.findByText(/Nothing is known yet/)).toBeTruthy();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await screen.findByText(/3 of 30 days known/)).toBeTruthy();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asked).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tell what is known, and of how many days the lowest is told", async () => {
    const { answers, sent } = store({ ...ON, trouble: "saleor_unavailable" });
    renderPage(<PastPrices />, { answers });
    expect(await screen.findByText(/3 of 30 days known, 12 variants/)).toBeTruthy();
    expect(screen.getByText(/Saleor gave no prices/)).toBeTruthy();
    await userEvent.selectOptions(screen.getByLabelText("Lowest price in Web"), "10");
    await waitFor(() => expect(sent).toEqual([{ on: true, days: 10 }]));
  });

  it("are not changed by who may not", async () => {
    renderPage(<PastPrices />, { answers: store(ON).answers, told: { permissions: ["MANAGE_ORDERS"] } });
    expect(await screen.findByRole("switch", { name: /Web/ })).toHaveProperty("disabled", true);
  });
});
