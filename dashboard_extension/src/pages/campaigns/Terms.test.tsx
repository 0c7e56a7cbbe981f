import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it } from "vitest";

import { refused, renderPage } from "@/testing/render";

import { emptyForm, termsOf, type CampaignOf, type Choices } from "./form";
import { Terms } from "./Terms";

/** A busy machine takes its time. */
const SLOW = { timeout: 15_000 };
const CHOICES: Choices = {
  channels: [
    { slug: "web", name: "Web", currency: "USD", active: true, places: 2 },
    { slug: "shop", name: "Shop", currency: "USD", active: false, places: 2 },
  ],
  tiers: [],
  segments: [],
  locales: ["en"],
  timezone: "UTC",
  tells: true,
};
const FORM = { ...emptyForm(CHOICES, new Date("2027-03-01T10:00:00Z")), name: "Flyer", code: "MUSTERI10" };
/** As it is stored: to the second, with a channel that is off, and amounts as they were written. */
const STORED = {
  ...termsOf(FORM, "UTC"),
  texts: { en: { title: "10% off", text: null } },
  starts_at: "2027-03-02T00:00:07Z",
  channels: ["web", "shop"].map((channel) => ({ channel, currency: "USD", value: "10", minimum: "0.00", reduced: null })),
  budget: { points: null, money: { USD: "40.00" }, warn_percent: 80, when_reached: "stop" },
};

function campaign(version: number, terms: object = {}, state = "draft"): CampaignOf {
  const ends = { starts_at: "2027-03-02T00:00:07+00:00", ends_at: "2027-03-09T00:00:00+00:00" };
  return { id: "cp_0123456789ab", state, version, ...ends, terms: { ...STORED, ...terms } } as unknown as CampaignOf;
}

/** The form, upon a campaign that is read anew by a button or where saving asks for it. */
function Page({ first, then }: { first: CampaignOf; then: CampaignOf }) {
  const [of, setOf] = useState(first);
  const renew = () => {
    setOf(then);
    return Promise.resolve(then);
  };
  return (
    <>
      <button onClick={() => void renew()}>read anew</button>
      <Terms of={of} choices={CHOICES} renew={renew} />
    </>
  );
}

/** A server that saves upon one version alone. */
function saving(newest: CampaignOf) {
  const sent: { terms: Record<string, unknown>; version: number }[] = [];
  const put = async (request: Request) => {
    const body = (await request.json()) as { terms: Record<string, unknown>; version: number };
    sent.push(body);
    return body.version === newest.version ? { ...newest, version: newest.version + 1, terms: body.terms } : refused(409, "campaign_changed", "", { version: newest.version });
  };
  return { sent, answers: { [`PUT /api/dashboard/v1/campaigns/${newest.id}`]: put } };
}

const name = () => screen.getByLabelText<HTMLInputElement>("Name");

describe("the terms of a campaign", () => {
  it("keep what is being typed when somebody else saves, and put it upon theirs where the person says so", async () => {
    const theirs = campaign(2, { texts: { en: { title: "Theirs", text: null } } });
    const { sent, answers } = saving(theirs);
    renderPage(<Page first={campaign(1)} then={theirs} />, { answers });
    await userEvent.type(name(), " mine");
    await userEvent.click(screen.getByText("read anew"));
    expect(name().value).toBe("Flyer mine");
    await userEvent.click(screen.getByRole("button", { name: "Decide whose stays" }));
    await userEvent.click(screen.getByRole("button", { name: "Save mine on top", hidden: true }));
    await waitFor(() => expect(sent).toHaveLength(1), SLOW);
    expect(sent[0]).toMatchObject({ version: 2, terms: { name: "Flyer mine", texts: { en: { title: "Theirs" } } } });
    await waitFor(() => expect(screen.queryByText("Decide whose stays")).toBeNull(), SLOW);
    expect(screen.getByLabelText<HTMLInputElement>("Title (English)").value).toBe("Theirs");
  }, 60_000);

  it("ask whose work stays where saving finds a newer version, and load theirs where the person says so", async () => {
    const theirs = campaign(2, { name: "Theirs" });
    const { sent, answers } = saving(theirs);
    renderPage(<Page first={campaign(1)} then={theirs} />, { answers });
    await userEvent.type(name(), " mine");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await userEvent.click(await screen.findByRole("button", { name: "Load theirs, drop mine", hidden: true }, SLOW));
    expect(name().value).toBe("Theirs");
    expect(sent.map(({ version }) => version)).toEqual([1]);
  }, 60_000);

  it("follow what others save where nothing was typed", async () => {
    renderPage(<Page first={campaign(1)} then={campaign(2, { name: "Theirs" })} />);
    await userEvent.click(screen.getByText("read anew"));
    expect(name().value).toBe("Theirs");
  }, 60_000);

  it("give back what was promised as it is stored when a running campaign changes", async () => {
    const running = campaign(1, { channels: STORED.channels.map((one) => ({ ...one, reduced: "5" })), budget: { ...STORED.budget, when_reached: "reduce" } }, "running");
    const { sent, answers } = saving(running);
    renderPage(<Page first={running} then={running} />, { answers });
    await userEvent.selectOptions(screen.getByLabelText("When it is used up"), "warn");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toHaveLength(1), SLOW);
    expect(sent[0]?.terms).toEqual({ ...running.terms, budget: { ...STORED.budget, when_reached: "warn" } });
  }, 60_000);
});
