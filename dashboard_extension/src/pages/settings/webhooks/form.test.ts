import { expect, it } from "vitest";

import { formOf, webhookOf } from "./form";

const EVENTS = ["member.joined", "points.earned", "points.spent"];
const HOOK = { id: "h", url: "https://a.example.com", description: "", events: ["points.spent"], active: false, off_because: "gone", failing_since: null, created_at: "2026-11-01T00:00:00Z" };

it("a webhook is told all events unless some are named", () => {
  expect(webhookOf({ ...formOf(null, EVENTS), url: " https://a.example.com " }, EVENTS)).toEqual({ url: "https://a.example.com", description: "", events: [], active: true });
});

it("a webhook's events and state go through the form as they are", () => {
  expect(webhookOf(formOf(HOOK, EVENTS), EVENTS)).toEqual({ url: HOOK.url, description: "", events: ["points.spent"], active: false });
});
