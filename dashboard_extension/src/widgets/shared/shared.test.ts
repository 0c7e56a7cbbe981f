import { beforeEach, describe, expect, it, vi } from "vitest";

import { fresh } from "./fresh";
import { inDashboard, param } from "./place";

beforeEach(() => sessionStorage.clear());

describe("parameters of a frame's address", () => {
  it("are found although some Dashboards give them twice or empty", () => {
    expect(param("customerId", "?id=QXBwOjI%3D&id=QXBwOjI%3D&customerId=&customerId=VXNlcjox")).toBe("VXNlcjox");
    expect(param("orderId", "?id=QXBwOjI%3D")).toBe("");
  });

  it("say where the Dashboard shows a page of the app", () => {
    expect(inDashboard("/members/5", "?id=QXBwOjI%3D")).toBe("/extensions/app/QXBwOjI%3D/members/5");
    expect(inDashboard("/", "?id=QXBwOjI%3D")).toBe("/extensions/app/QXBwOjI%3D");
  });
});

describe("a part whose file is gone", () => {
  const gone = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

  it("has the frame load itself anew, once", async () => {
    const reload = vi.fn();
    void fresh(gone, reload);
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    await expect(fresh(gone, reload)).rejects.toThrow("Failed to fetch");
    expect(reload).toHaveBeenCalledOnce();
  });

  it("is none while it can be had", async () => {
    expect(await fresh(() => Promise.resolve(5))).toBe(5);
    expect(sessionStorage.length).toBe(0);
  });
});
