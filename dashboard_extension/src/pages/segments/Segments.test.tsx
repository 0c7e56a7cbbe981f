import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Segments } from "./Segments";

const DOCUMENT = {
  version: 1,
  name: "Points",
  texts: { en: { program: "Points", point: "point", points: "points" } },
  segments: [{ id: "quiet", names: { en: "Quiet" }, rule: { type: "consent", channel: "sms", value: false } }],
};
const DRAFT = { document: DOCUMENT, version: "1", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z", by_you: true };
const ANSWERS = {
  "GET /api/dashboard/v1/program": { may_change: true, draft: DRAFT, in_force: null, channels: [], timezone: "UTC", document_example: DOCUMENT },
  "GET /api/dashboard/v1/segments": { segments: [], sweep: null },
  "GET /api/dashboard/v1/kept-goods": { items: [], next: null, holding: "on" },
  "POST /api/dashboard/v1/program/check": { problems: [], examples: [], changes: [] },
  "POST /api/dashboard/v1/segments/preview": { told: "", expected: 3, total: 9, sample: false, looked_at: 9, fit: 3, shown: [] },
};

it("says whether those who agreed to offers are meant, or those who did not", async () => {
  const saved: (typeof DOCUMENT)[] = [];
  const put = async (request: Request) => {
    const { document } = (await request.json()) as { document: typeof DOCUMENT };
    saved.push(document);
    return { ...DRAFT, document, version: "2" };
  };
  renderPage(<Segments />, { answers: { ...ANSWERS, "PUT /api/dashboard/v1/program/draft": put } });
  await userEvent.click(await screen.findByRole("button", { name: "Edit “Quiet”" }, { timeout: 15_000 }));
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Did not agree" }).checked).toBe(true);
  await userEvent.click(screen.getByRole("radio", { name: "Agreed" }));
  await userEvent.click(screen.getByRole("button", { name: "Save the draft" }));
  await waitFor(() => expect(saved[0]?.segments[0]?.rule).toEqual({ type: "consent", channel: "sms", value: true }));
}, 60_000);
