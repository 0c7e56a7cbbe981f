import { afterEach, describe, expect, it, vi } from "vitest";

import { asking, dataOf, newApi, PATIENCE, type Asker } from "./client";
import { ApiFailure } from "./failure";

const EXPIRED = { error: { code: "invalid_token", message: "Over.", detail: { reason: "expired" } } };

function asker(tokens: string[], comes = true): Asker {
  return { token: () => tokens[0] ?? null, language: () => "tr", otherToken: () => Promise.resolve(comes && tokens.shift() !== undefined) };
}

const request = () => new Request("https://app.example.com/x", { method: "POST", body: '{"points":5}' });

describe("asking", () => {
  it("sends the token and language of the moment, and no cookies", async () => {
    const sent: Request[] = [];
    const tokens = ["one", "two"];
    const fetch = asking(asker(tokens), (one) => {
      sent.push(one);
      return Promise.resolve(new Response());
    });
    await fetch(request());
    tokens.shift();
    await fetch(request());
    expect(sent.map((one) => one.headers.get("Authorization"))).toEqual(["Bearer one", "Bearer two"]);
    expect(sent[0]?.headers.get("Accept-Language")).toBe("tr");
    expect(sent[0]?.credentials).toBe("omit");
  });

  it("sends a request once more, whole, when its token ran out and another came", async () => {
    const bodies: string[] = [];
    const fetch = asking(asker(["old", "new"]), async (one) => {
      bodies.push(await one.text());
      return bodies.length === 1 ? Response.json(EXPIRED, { status: 401 }) : Response.json({ done: true });
    });
    expect(await (await fetch(request())).json()).toEqual({ done: true });
    expect(bodies).toEqual(['{"points":5}', '{"points":5}']);
  });

  it("gives the refusal back when no other token comes, and after a second one", async () => {
    const send = vi.fn(() => Promise.resolve(Response.json(EXPIRED, { status: 401 })));
    expect((await asking(asker(["old"], false), send)(request())).status).toBe(401);
    expect(send).toHaveBeenCalledTimes(1);
    expect((await asking(asker(["old", "new"]), send)(request())).status).toBe(401);
    expect(send).toHaveBeenCalledTimes(3);
  });

  it("does not repeat what was refused for another reason", async () => {
    const send = vi.fn(() => Promise.resolve(Response.json({ error: { code: "token_missing", message: "", detail: {} } }, { status: 401 })));
    await asking(asker(["old", "new"]), send)(request());
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("tells that nothing answered", async () => {
    const fetch = asking(asker(["one"]), () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(fetch(request())).rejects.toMatchObject({ status: 0, code: "unreachable", mayPass: true });
  });
});

describe("what never answers, or only half", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  /** Answers nothing until it is given up. */
  const silent = (one: Request) => new Promise<Response>((_, fail) => one.signal.addEventListener("abort", () => fail(new DOMException("", "AbortError"))));

  it("is waited for so long, and longer where something is changed", async () => {
    vi.useFakeTimers();
    const ended: string[] = [];
    const sent = (method: string) =>
      asking(asker(["one"]), silent)(new Request("https://app.example.com/x", { method })).catch((failure: { code: string }) => ended.push(`${method} ${failure.code}`));
    void sent("GET");
    void sent("PUT");
    await vi.advanceTimersByTimeAsync(PATIENCE.question);
    expect(ended).toEqual(["GET too_slow"]);
    await vi.advanceTimersByTimeAsync(PATIENCE.change);
    expect(ended).toEqual(["GET too_slow", "PUT too_slow"]);
  });

  it("is no failure where whoever asked went away", async () => {
    const left = new AbortController();
    const sent = asking(asker(["one"]), silent)(new Request("https://app.example.com/x", { signal: left.signal }));
    left.abort();
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  });

  it("is told where the connection broke off amid an answer", async () => {
    const torn = () => {
      const body = new ReadableStream({ pull: (stream) => stream.error(new TypeError("network error")) });
      return Promise.resolve(new Response(body, { headers: { "Content-Type": "application/json" } }));
    };
    await expect(asking(asker(["one"]), torn)(request())).rejects.toMatchObject({ status: 0, code: "unreachable" });
  });
});

describe("the data of an answer", () => {
  const api = (response: () => Response) => newApi(() => Promise.resolve(response()));

  it("is what the server said", async () => {
    expect(await dataOf(api(() => Response.json({ may_change: true })).GET("/api/dashboard/v1/start"))).toEqual({ may_change: true });
  });

  it("is a failure with code, words and detail where it refused", async () => {
    const refusing = () => Response.json({ error: { code: "program_draft_changed", message: "Changed.", detail: { by: "x" } } }, { status: 409 });
    const failure = await dataOf(api(refusing).GET("/api/dashboard/v1/start")).catch((one: unknown) => one);
    expect(failure).toBeInstanceOf(ApiFailure);
    expect(failure).toMatchObject({ status: 409, code: "program_draft_changed", message: "Changed.", detail: { by: "x" }, mayPass: false });
  });

  it("is a failure also where what answered is not the app", async () => {
    const proxy = () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Content-Type": "text/html" } });
    await expect(dataOf(api(proxy).GET("/api/dashboard/v1/start"))).rejects.toMatchObject({ status: 502, code: "unreadable_answer", mayPass: true });
  });

  it.each(['{"may_change": tr', "<h1>Welcome to the hotel</h1>"])("is a failure that may pass where %s is no JSON", async (text) => {
    const torn = () => new Response(text, { headers: { "Content-Type": text.startsWith("<") ? "text/html" : "application/json" } });
    await expect(dataOf(api(torn).GET("/api/dashboard/v1/start"))).rejects.toMatchObject({ code: "unreadable_answer", mayPass: true });
  });
});
