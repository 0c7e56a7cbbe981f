import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { renderPage } from "@/testing/render";

import { Bonuses } from "./Bonuses";

const DOCUMENT = {
  version: 1,
  name: "Points",
  texts: { en: { program: "Points", point: "point", points: "points" } },
  currencies: [{ channel: "web", currency: "USD", earn_rate: null, spend_rate: { points: 1, money: "0.02" } }],
  earning: { stacking: "sum", rules: [{ id: "welcome", trigger: "account_confirmed", then: { type: "points", points: 100 } }] },
  bonuses: { questions: [{ id: "size", text: { en: "Which size?" }, kind: "choice", options: [{ id: "s", label: { en: "S" } }, { id: "m", label: { en: "M" } }, { id: "l", label: { en: "L" } }] }] },
};
const ANSWERS = {
  "GET /api/dashboard/v1/program": {
    may_change: true,
    draft: { document: DOCUMENT, version: "1", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" },
    in_force: null,
    channels: [],
    timezone: "UTC",
    document_example: DOCUMENT,
  },
  "GET /api/dashboard/v1/goodwill/numbers": { days: 90, open: 0, signals: [], automatic_left: null },
  "GET /api/dashboard/v1/bonuses": {
    days: 30,
    given: [{ kind: "account_confirmed", times: 3, points: 300 }],
    birthdays: 12,
    answers: [{ question: "size", count: 7, options: [{ option: "m", count: 7 }] }],
    greetings: [{ kind: "birthday", on: false }],
  },
  "POST /api/dashboard/v1/program/check": { problems: [], examples: [], changes: [] },
};

describe("the page of the bonuses", () => {
  it("says what a bonus brings, what it is worth and what was given", async () => {
    renderPage(<Bonuses />, { answers: ANSWERS });
    expect(await screen.findByText(/has 100 points at once\. That is worth \$2\.00\./)).toBeTruthy();
    expect(await screen.findByText("Last 30 days: given 3 times, 300 points in all.")).toBeTruthy();
    expect(screen.getByText("12 members have told their birthday.")).toBeTruthy();
    expect(screen.getByText("One of several options · 7 answers")).toBeTruthy();
  });

  it("saves a birthday bonus as a rule of the draft", async () => {
    const sent: { document: typeof DOCUMENT }[] = [];
    const put = async (request: Request) => {
      const body = (await request.json()) as { document: typeof DOCUMENT };
      sent.push(body);
      return { document: body.document, version: "2", updated_by: "user:1", updated_at: "2027-01-01T00:00:00Z" };
    };
    renderPage(<Bonuses />, { answers: { ...ANSWERS, "PUT /api/dashboard/v1/program/draft": put } });
    await userEvent.click(await screen.findByRole("switch", { name: /Ask members for their birthday/ }));
    const gives = await screen.findAllByRole("switch", { name: "Gives points" });
    await userEvent.click(gives[1] as HTMLElement);
    const points = await screen.findAllByLabelText("Points");
    await userEvent.type(points[1] as HTMLElement, "50");
    await userEvent.click(await screen.findByRole("button", { name: "Save the draft" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.document.earning.rules[1]).toMatchObject({ id: "birthday-bonus", trigger: "birthday", then: { type: "points", points: 50 } });
    expect(sent[0]?.document.bonuses).toMatchObject({ birthdays: { asked: true } });
  }, 20_000);

  it("asks before an option goes that members chose, and removes others at once", async () => {
    renderPage(<Bonuses />, { answers: ANSWERS });
    await userEvent.click(await screen.findByRole("button", { name: "Edit" }));
    await userEvent.click(screen.getByRole("button", { name: "Remove option 2" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Remove “M”?" }));
    expect(dialog.getByText(/^7 members chose it\. Their answers stay, and are shown as “m”/)).toBeTruthy();
    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
    const written = () => screen.getAllByLabelText<HTMLInputElement>(/^Option \d/).map((one) => one.value);
    expect(written()).toEqual(["S", "M", "L"]);
    await userEvent.click(screen.getByRole("button", { name: "Remove option 1" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(written()).toEqual(["M", "L"]);
    await userEvent.click(screen.getByRole("button", { name: "Add an option" }));
    await userEvent.click(screen.getByRole("button", { name: "Remove option 1" }));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));
    expect(written()).toEqual(["L", ""]);
    expect(screen.queryByText(/^7 members have chosen/)).toBeNull();
    await userEvent.selectOptions(screen.getByLabelText("Kind of answer"), "text");
    expect(screen.getByText(/^7 members have chosen an option of this question/)).toBeTruthy();
  }, 20_000);

  it("marks a question that is closed, and says at the field what is wrong with it", async () => {
    const wrong = { path: "bonuses.questions[0].options[0].label", code: "too_short", severity: "error", text: "needs at least one text" };
    renderPage(<Bonuses />, { answers: { ...ANSWERS, "POST /api/dashboard/v1/program/check": { problems: [wrong], examples: [], changes: [] } } });
    expect(await screen.findByText("Something is missing here or cannot be so.", {}, { timeout: 5_000 })).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Edit" }));
    expect(await screen.findByText("needs at least one text")).toBeTruthy();
  }, 20_000);
});
