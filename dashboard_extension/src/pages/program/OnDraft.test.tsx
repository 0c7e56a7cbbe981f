import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";

import { Rewards } from "@/pages/rewards/Rewards";
import { refused, renderPage } from "@/testing/render";

import { OnDraft } from "./OnDraft";

/** A busy machine takes its time. */
const SLOW = { timeout: 15_000 };
const MUG = { id: "mug", enabled: true, names: { en: "A mug" }, texts: {}, gift: { type: "custom" }, points: 800, channels: [{ channel: "web", currency: "USD" }], valid_days: 30 };
const DOCUMENT = { version: 1, name: "Points", texts: { en: {} }, earning: { rules: [{ id: "base", points: 1 }] }, rewards: { items: [MUG] } };

function page(document: object, version: string) {
  return {
    may_change: true,
    draft: { document, version, updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" },
    in_force: null,
    channels: [{ slug: "web", currency: "USD", name: "Web" }],
    timezone: "UTC",
    document_example: document,
  };
}

/** What waits until it is let go. */
function held() {
  let letGo = () => {};
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  return { gone, letGo: () => letGo() };
}

function Turned() {
  const [shown, setShown] = useState(true);
  return (
    <>
      <button onClick={() => setShown(!shown)}>turn</button>
      {shown && <OnDraft title="Page" lead="">{(seen) => <p>{(seen.draft?.document as { name: string }).name}</p>}</OnDraft>}
    </>
  );
}

describe("an editor of the draft", () => {
  it("does not stand on what was read for another page before somebody saved", async () => {
    const later = held();
    const names = ["Old", "New"];
    const read = async () => {
      const name = names.shift() ?? "";
      if (name === "New") await later.gone;
      return page({ ...DOCUMENT, name }, name);
    };
    renderPage(<Turned />, { answers: { "GET /api/dashboard/v1/program": read } });
    expect(await screen.findByText("Old", {}, SLOW)).toBeTruthy();
    await userEvent.click(screen.getByText("turn"));
    await userEvent.click(screen.getByText("turn"));
    await waitFor(() => expect(names).toEqual([]), SLOW);
    expect(screen.queryByText("Old")).toBeNull();
    later.letGo();
    expect(await screen.findByText("New", {}, SLOW)).toBeTruthy();
  }, 60_000);

  it("rests while it is saved, so that nothing is typed into what is about to be replaced", async () => {
    const later = held();
    const put = async (request: Request) => {
      const { document } = (await request.json()) as { document: object };
      await later.gone;
      return page(document, "2").draft;
    };
    renderPage(<Rewards />, { answers: { ...ANSWERS, "PUT /api/dashboard/v1/program/draft": put } });
    const points = await opened();
    await userEvent.type(points, "5");
    await userEvent.click(screen.getByRole("button", { name: "Save the draft" }));
    await userEvent.type(points, "7");
    expect(points.value).toBe("8005");
    later.letGo();
    await waitFor(() => expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save the draft" }).disabled).toBe(true), SLOW);
    expect(screen.getByLabelText<HTMLInputElement>(/^Points/).value).toBe("8005");
    await userEvent.type(screen.getByLabelText(/^Points/), "7");
    expect(screen.getByLabelText<HTMLInputElement>(/^Points/).value).toBe("80057");
  }, 60_000);

  it("says that what is written cannot be looked at, looks again when it is asked to, and keeps what was typed", async () => {
    let asked = 0;
    const check = () => {
      if (++asked < 3) throw new TypeError("Failed to fetch");
      return ANSWERS["POST /api/dashboard/v1/program/check"];
    };
    renderPage(<Rewards />, { answers: { ...ANSWERS, "POST /api/dashboard/v1/program/check": check } });
    expect(await screen.findByText("The app does not answer", {}, SLOW)).toBeTruthy();
    const points = await opened();
    await userEvent.type(points, "5");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByText("The app does not answer")).toBeNull(), SLOW);
    expect(points.value).toBe("8005");
  }, 60_000);

  it("puts what was changed on it upon what somebody saved first, and leaves the rest as they saved it", async () => {
    const theirs = { ...DOCUMENT, earning: { rules: [{ id: "base", points: 3 }] }, rewards: { items: [MUG, { ...MUG, id: "cap" }] } };
    const sent: { document: typeof DOCUMENT; version: string }[] = [];
    const put = async (request: Request) => {
      const body = (await request.json()) as { document: typeof DOCUMENT; version: string };
      sent.push(body);
      if (body.version === "2") return page(body.document, "3").draft;
      return refused(409, "program_draft_overwritten", "", { by: "user:9", at: "2027-01-02T00:00:00Z", version: "2", theirs, changes: [`said of ${sent.length}`] });
    };
    renderPage(<Rewards />, { answers: { ...ANSWERS, "PUT /api/dashboard/v1/program/draft": put } });
    await userEvent.type(await opened(), "5");
    await userEvent.click(screen.getByRole("button", { name: "Save the draft" }));
    // The words are of what would be saved, not of all in which two old documents differ.
    expect(await screen.findByText("said of 2", {}, SLOW)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Save mine on top", hidden: true }));
    await waitFor(() => expect(sent).toHaveLength(3), SLOW);
    expect(sent[2]).toEqual({ version: "2", document: { ...theirs, rewards: { items: [{ ...MUG, points: 8005 }, { ...MUG, id: "cap" }] } } });
    await waitFor(() => expect(screen.queryByText("said of 2")).toBeNull(), SLOW);
  }, 60_000);
});

const ANSWERS = {
  "GET /api/dashboard/v1/program": page(DOCUMENT, "1"),
  "GET /api/dashboard/v1/rewards": { rewards: [] },
  "GET /api/dashboard/v1/rewards/claims": { items: [], next: null },
  "POST /api/dashboard/v1/program/check": { problems: [], examples: [], changes: [] },
};

/** The field of the points of the mug, which has been opened. */
async function opened(): Promise<HTMLInputElement> {
  await userEvent.click(await screen.findByRole("button", { name: "Change A mug" }, SLOW));
  return screen.getByLabelText<HTMLInputElement>(/^Points/);
}
