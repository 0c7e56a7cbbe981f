import { onlineManager } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";

import { ApiFailure } from "@/api";

import { newQueries } from "./surroundings";

const away = () => Promise.reject(new ApiFailure(0, "unreachable", ""));

afterEach(() => {
  onlineManager.setOnline(true);
  vi.useRealTimers();
});

it("a question without a network fails and says so, and does not wait without a word", async () => {
  vi.useFakeTimers();
  onlineManager.setOnline(false);
  const told = vi.fn();
  newQueries().fetchQuery({ queryKey: ["x"], queryFn: away }).catch(told);
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toHaveBeenCalledWith(expect.objectContaining({ code: "unreachable" }));
});

it("a change without a network fails at once, and is not sent later when nobody thinks of it", async () => {
  onlineManager.setOnline(false);
  const send = vi.fn(away);
  const queries = newQueries();
  const change = queries.getMutationCache().build(queries, { mutationFn: send, ...queries.getDefaultOptions().mutations });
  await expect(change.execute(undefined)).rejects.toMatchObject({ code: "unreachable" });
  onlineManager.setOnline(true);
  await queries.resumePausedMutations();
  expect(send).toHaveBeenCalledOnce();
});
