import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { refused, renderPage, type Answering } from "@/testing/render";

import { Rules } from "./Rules";

type Json = Record<string, unknown>;

const BASE = { id: "base", name: { en: "Purchases" }, then: { type: "points_per_money" } };
const SHIRTS = { id: "shirts", name: { en: "Shirts" }, when: { type: "category", slugs: ["shirts"] }, then: { type: "multiplier", factor: "2" } };
const CHANNEL = { slug: "default", name: "Shop", currency: "USD", places: 2, active: true, display_gross_prices: true, goods: "50.00", shipping: "5.00", orders: null, countries: ["TR", "US"] };

function seen(rules: Json[], change: Json = {}): Json {
  const document = { version: 1, name: "P", texts: { en: { program: "P", point: "p", points: "ps" } }, earning: { rules } };
  const draft = { document, version: "a".repeat(64), updated_at: "2027-01-01T00:00:00Z", updated_by: "user:1", by_you: true };
  return { may_change: true, timezone: "Europe/Istanbul", language: "en", channels: [CHANNEL], draft, in_force: null, document_example: document, ...change };
}

const CALM = { problems: [], publishable: true, digest: null, changes: [], examples: [] };
const ITEM = { kind: "category", reference: "mugs", name: "Mugs", detail: "Kitchen" };

function answers(rules: Json[], more: Record<string, Answering> = {}): Record<string, Answering> {
  return {
    "GET /api/dashboard/v1/program": seen(rules),
    "POST /api/dashboard/v1/program/check": CALM,
    "POST /api/dashboard/v1/rules/sentences": async (request: Request) => {
      const { rules: asked, names } = (await request.json()) as { rules: Json[]; names: Json };
      return { sentences: asked.map((one) => `${String(one.id)} says ${JSON.stringify(names.category ?? {})}`) };
    },
    "GET /api/dashboard/v1/rules/uses": { since: "2027-01-01T00:00:00Z", orders: 5, complete: true, rules: [{ rule: "base", times: 5, points: 1250, status_points: 0 }] },
    "GET /api/dashboard/v1/rules/kinds": { kinds: [] },
    "POST /api/dashboard/v1/rules/example": { text: "For example: an order of $50.00 earns 100 points." },
    "POST /api/dashboard/v1/catalog/names": { items: [{ kind: "category", reference: "shirts", name: "All shirts", detail: "" }], missing: [] },
    "GET /api/dashboard/v1/catalog": { items: [ITEM], more: false },
    "PUT /api/dashboard/v1/program/draft": async (request: Request) => {
      const { document } = (await request.json()) as { document: Json };
      return { document, version: "b".repeat(64), updated_at: "2027-01-01T00:00:00Z", updated_by: "user:1", by_you: true };
    },
    ...more,
  };
}

async function saved(requests: readonly Request[]): Promise<Json[]> {
  await waitFor(() => expect(requests.some((one) => one.method === "PUT")).toBe(true));
  const put = requests.find((one) => one.method === "PUT");
  const { document } = (await put?.clone().json()) as { document: { earning: { rules: Json[] } } };
  return document.earning.rules;
}

const save = () => screen.getByRole("button", { name: "Save the draft" });
const row = (id: string) => document.querySelector<HTMLElement>(`[data-rule="${id}"]`) as HTMLElement;

describe("the earning rules", () => {
  it("are sentences with the store's names, and what they gave", async () => {
    renderPage(<Rules />, { answers: answers([BASE, SHIRTS]) });
    expect(await screen.findByText('shirts says {"shirts":"All shirts"}', undefined, { timeout: 10_000 })).toBeTruthy();
    expect(within(row("base")).getByText(/5 times in 30 days/).textContent).toMatch(/1,250/);
    expect(within(row("shirts")).getByText("Gave nothing in the last 30 days")).toBeTruthy();
  }, 60_000);

  it("are built by picking from the store, and saved with all that no field shows", async () => {
    const user = userEvent.setup({ delay: null });
    const page = renderPage(<Rules />, { answers: answers([{ ...BASE, note: "kept" }]) });
    await user.click(await screen.findByRole("button", { name: "Add a rule" }));
    await user.type(screen.getByLabelText("Name (English)"), "Mugs");
    await user.selectOptions(screen.getByLabelText("Add a condition…"), "category");
    await user.click(screen.getByRole("button", { name: "Search categories" }));
    await user.click(await screen.findByRole("button", { name: /Mugs.*Kitchen/ }));
    expect(screen.getByRole("button", { name: "Remove Mugs" })).toBeTruthy();
    await user.selectOptions(screen.getByLabelText("What it does"), "points_per_unit");
    await user.type(screen.getByRole("textbox", { name: "Points" }), "10");
    await user.click(save());
    const [base, mugs] = await saved(page.requests);
    expect(base).toMatchObject({ id: "base", note: "kept" });
    expect(mugs).toMatchObject({ name: { en: "Mugs" }, scope: "line", when: { type: "category", slugs: ["mugs"] }, then: { type: "points_per_unit", points: 10 } });
  }, 60_000);

  it("give a reward of the catalog, or a tier for some days, to an order as a whole", async () => {
    const user = userEvent.setup({ delay: null });
    const draft = seen([BASE]);
    const { document: given } = draft.draft as { document: Json };
    given.rewards = { items: [{ id: "mug", names: { en: "A mug" } }] };
    given.tiers = { levels: [{ id: "gold", names: { en: "Gold" } }] };
    const page = renderPage(<Rules />, { answers: answers([BASE], { "GET /api/dashboard/v1/program": draft }) });
    await user.click(await screen.findByRole("button", { name: "Add a rule" }));
    await user.selectOptions(screen.getByLabelText("What it does"), "issue_reward");
    expect(screen.queryByRole("textbox", { name: "Points" })).toBeNull();
    await user.selectOptions(screen.getByLabelText("Reward"), "A mug");
    await user.click(screen.getByRole("button", { name: "Add a rule" }));
    await user.selectOptions(screen.getByLabelText("What it does"), "set_tier");
    await user.selectOptions(screen.getByRole("combobox", { name: "Tier" }), "Gold");
    const days = screen.getByRole("textbox", { name: "Days, today included" });
    await user.clear(days);
    await user.type(days, "14");
    await user.click(save());
    const [, mug, gold] = await saved(page.requests);
    expect(mug).toMatchObject({ scope: "order", then: { type: "issue_reward", reward: "mug" } });
    expect(gold).toMatchObject({ scope: "order", then: { type: "set_tier", tier: "gold", days: 14 } });
  }, 60_000);

  it("give a reward to who reaches chosen tiers, and to who reaches any", async () => {
    const user = userEvent.setup({ delay: null });
    const draft = seen([BASE]);
    const { document: given } = draft.draft as { document: Json };
    given.rewards = { items: [{ id: "mug", names: { en: "A mug" } }] };
    given.tiers = { levels: [{ id: "silver", names: { en: "Silver" } }, { id: "gold", names: { en: "Gold" } }] };
    const page = renderPage(<Rules />, { answers: answers([BASE], { "GET /api/dashboard/v1/program": draft }) });
    const add = await screen.findByRole("button", { name: "Add a rule for a tier" });
    await user.click(add);
    expect(screen.getByText(/Nothing chosen: any tier/)).toBeTruthy();
    await user.click(add);
    await user.click(screen.getByRole("checkbox", { name: "Gold" }));
    expect(screen.getByLabelText<HTMLSelectElement>("Reward").value).toBe("mug");
    expect(within(screen.getByLabelText("What it does")).queryByText(/tag/i)).toBeNull();
    await user.click(save());
    const [, any, gold] = await saved(page.requests);
    expect(any).toMatchObject({ trigger: "tier_reached", then: { type: "issue_reward", reward: "mug" } });
    expect(any).not.toHaveProperty("on");
    expect(gold).toMatchObject({ trigger: "tier_reached", on: ["gold"], then: { type: "issue_reward", reward: "mug" } });
  }, 60_000);

  it("for tiers are not offered where there are none, and the tiers of one that is there can be taken away", async () => {
    const user = userEvent.setup({ delay: null });
    const first = { id: "first", name: { en: "First" }, trigger: "tier_reached", on: ["silver", "gone"], then: { type: "points", points: 5 } };
    const page = renderPage(<Rules />, { answers: answers([first]) });
    await user.click(await screen.findByRole("button", { name: "Edit “First”" }));
    expect(screen.queryByRole("button", { name: "Add a rule for a tier" })).toBeNull();
    expect(screen.getByText(/There are no tiers yet/)).toBeTruthy();
    await user.click(screen.getByRole("checkbox", { name: "gone" }));
    await user.click(save());
    expect((await saved(page.requests))[0]).toMatchObject({ on: ["silver"], then: { type: "points", points: 5 } });
  }, 60_000);

  it("on a milestone tell which reward those past it would get, and how many are left", async () => {
    const user = userEvent.setup({ delay: null });
    const tenth = { id: "tenth", name: { en: "Tenth" }, trigger: "milestone", milestone: { line: { type: "orders", min: 10 } }, then: { type: "issue_reward", reward: "mug" } };
    const past = { members: 12, had: 0, total: 90, looked_at: 90, points: 0, worth: [], reward: "A mug", left: 3 };
    renderPage(<Rules />, {
      answers: answers([tenth], { "GET /api/dashboard/v1/milestones": { rules: [], sweep: null }, "POST /api/dashboard/v1/milestones/preview": past }),
    });
    await user.click(await screen.findByRole("button", { name: "Edit “Tenth”" }));
    await user.click(screen.getByRole("button", { name: "Count who is past it now" }));
    const told = await waitFor(() => document.querySelector("[data-past='12']") as HTMLElement);
    expect(told.textContent).toContain("If they should, it would be 12 rewards “A mug”.");
    expect(told.textContent).toContain("3 are left in its stock.");
    expect(told.textContent).not.toContain("points");
  }, 60_000);

  it("put a tag on the member, and ask for tags", async () => {
    const user = userEvent.setup({ delay: null });
    const page = renderPage(<Rules />, { answers: answers([BASE]) });
    await user.click(await screen.findByRole("button", { name: "Add a rule" }));
    await user.selectOptions(screen.getByLabelText("What it does"), "tag");
    expect(screen.queryByRole("textbox", { name: "Points" })).toBeNull();
    await user.type(screen.getByRole("textbox", { name: "Tag" }), "vip");
    await user.selectOptions(screen.getByLabelText("Add a condition…"), "tag");
    await user.type(screen.getByRole("textbox", { name: "One of these tags" }), "friend{Enter}press{Enter}");
    await user.click(save());
    const [, tagged] = await saved(page.requests);
    expect(tagged).toMatchObject({ scope: "order", then: { type: "tag", tag: "vip" }, when: { type: "tag", tags: ["friend", "press"] } });
  }, 60_000);

  it("send a message in the languages of the program", async () => {
    const user = userEvent.setup({ delay: null });
    const page = renderPage(<Rules />, { answers: answers([BASE]) });
    await user.click(await screen.findByRole("button", { name: "Add a rule" }));
    await user.selectOptions(screen.getByLabelText("What it does"), "message");
    await user.type(screen.getByRole("textbox", { name: "Title (English)" }), "Thank you");
    await user.type(screen.getByRole("textbox", { name: "Text (English)" }), "Come again.");
    await user.click(save());
    const [, told] = await saved(page.requests);
    expect(told).toMatchObject({ scope: "order", then: { type: "message", texts: { en: { title: "Thank you", body: "Come again." } } } });
  }, 60_000);

  it("are moved, switched off, copied and removed by keyboard, and the focus stays", async () => {
    const user = userEvent.setup({ delay: null });
    const page = renderPage(<Rules />, { answers: answers([BASE, SHIRTS]) });
    const up = await screen.findByRole("button", { name: "Move “Shirts” up" });
    up.focus();
    await user.keyboard("{Enter}");
    expect(screen.getByText("“Shirts” is now number 1 of 2.")).toBeTruthy();
    expect(row("shirts").contains(document.activeElement)).toBe(true);
    await user.click(within(row("base")).getByRole("switch"));
    await user.click(screen.getByRole("button", { name: "Duplicate “Shirts”" }));
    await user.click(screen.getByRole("button", { name: "Delete “Shirts”" }));
    await user.click(save());
    const rules = await saved(page.requests);
    expect(rules.map(({ id, enabled }) => [id, enabled])).toEqual([[expect.stringMatching(/^shirts-[2-9a-z]{6}$/), false], ["base", false]]);
    expect(rules[0]?.when).toEqual(SHIRTS.when);
  }, 60_000);

  it("can be edited while the store does not answer, which is told", async () => {
    const user = userEvent.setup({ delay: null });
    const down = refused(503, "saleor_unavailable", "Your store does not answer.");
    const page = renderPage(<Rules />, {
      answers: answers([SHIRTS], { "POST /api/dashboard/v1/catalog/names": () => down, "GET /api/dashboard/v1/catalog": () => down }),
    });
    await user.click(await screen.findByRole("button", { name: "Edit “Shirts”" }));
    expect(await screen.findByText(/Your store does not answer now/, undefined, { timeout: 15_000 })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Search categories" }));
    expect(await screen.findByText("Your store does not answer.", undefined, { timeout: 15_000 })).toBeTruthy();
    const times = screen.getByRole("textbox", { name: "Times" });
    await user.clear(times);
    await user.type(times, "3");
    await user.click(save());
    expect((await saved(page.requests))[0]).toMatchObject({ when: SHIRTS.when, then: { factor: "3" } });
  }, 60_000);

  it("ask for what events tell, by the properties of their type", async () => {
    const user = userEvent.setup({ delay: null });
    const visits = { id: "visits", name: { en: "Visits" }, trigger: "custom_event", on: ["visit"], then: { type: "points", points: 20 } };
    const tells = [
      { name: "minutes", kind: "int" },
      { name: "shop", kind: "string", allowed: ["izmir", "kadikoy"] },
      { name: "photo", kind: "bool" },
      { name: "words", kind: "string" },
    ];
    const types = [{ id: "visit", name: { en: "Visit to a shop" }, properties: tells }, { id: "post", name: { en: "Post" }, properties: [{ name: "likes", kind: "int" }] }];
    const draft = seen([visits]);
    (draft.draft as { document: Json }).document.events = { types };
    const page = renderPage(<Rules />, { answers: answers([visits], { "GET /api/dashboard/v1/program": draft }) });
    await user.click(await screen.findByRole("button", { name: "Edit “Visits”" }));
    expect(screen.getByText(/It waits until another system reports “Visit to a shop”/)).toBeTruthy();
    const ask = async (at: number, name: string) => {
      await user.selectOptions(screen.getByLabelText("Add a condition…"), "event_property");
      await user.selectOptions(screen.getAllByLabelText("Property")[at] as HTMLElement, name);
    };
    await ask(0, "minutes");
    expect(within(screen.getByLabelText("Property")).queryByText("likes")).toBeNull();
    await user.type(screen.getByLabelText("At least"), "10");
    await ask(1, "shop");
    await user.click(screen.getByRole("checkbox", { name: "izmir" }));
    await ask(2, "photo");
    await user.click(screen.getByRole("radio", { name: "No" }));
    await ask(3, "words");
    const words = screen.getByRole("textbox", { name: "Is one of" });
    await user.type(words, "some, more{Enter}");
    await user.type(words, "gone{Enter}");
    await user.click(screen.getByRole("button", { name: "Remove gone" }));
    await user.click(save());
    const [rule] = await saved(page.requests);
    expect(rule?.when).toEqual({
      type: "all",
      of: [
        { type: "event_property", name: "minutes", min: 10, max: null },
        { type: "event_property", name: "shop", values: ["izmir"] },
        { type: "event_property", name: "photo", values: [false] },
        { type: "event_property", name: "words", values: ["some, more"] },
      ],
    });
    const asked = () => page.requests.find((one) => one.url.endsWith("/rules/sentences"));
    await waitFor(() => expect(asked()).toBeTruthy(), { timeout: 5000 });
    expect(((await asked()?.clone().json()) as { names: { event: Json } }).names.event).toEqual({ visit: "Visit to a shop", post: "Post" });
  }, 60_000);

  it("ask for metadata by its key, with values or without", async () => {
    const user = userEvent.setup({ delay: null });
    const page = renderPage(<Rules />, { answers: answers([{ ...SHIRTS, when: null }]) });
    await user.click(await screen.findByRole("button", { name: "Edit “Shirts”" }));
    await user.selectOptions(screen.getByLabelText("Add a condition…"), "product_metadata");
    await user.type(screen.getByLabelText("Key"), "loyalty");
    expect(screen.getByText(/the key has to be there/)).toBeTruthy();
    await user.selectOptions(screen.getByLabelText("Add a condition…"), "order_metadata");
    await user.type(screen.getAllByLabelText("Key")[1] as HTMLElement, "till");
    await user.type(screen.getAllByRole("textbox", { name: "Is one of" })[1] as HTMLElement, "izmir, 2{Enter}");
    await user.click(save());
    expect((await saved(page.requests))[0]?.when).toEqual({
      type: "all",
      of: [
        { type: "product_metadata", key: "loyalty", values: [] },
        { type: "order_metadata", key: "till", values: ["izmir, 2"] },
      ],
    });
  }, 60_000);

  it("show what is wrong at its field", async () => {
    const user = userEvent.setup({ delay: null });
    const wrong = [
      { code: "not_a_decimal", path: "earning.rules[0].then.factor", severity: "error", text: "A number is needed." },
      { code: "too_few", path: "earning.rules[0].when.slugs", severity: "error", text: "At least one is needed." },
      { code: "past_orders_not_counted", path: "earning.rules[0].when", severity: "warning", text: "Orders from before do not count." },
    ];
    renderPage(<Rules />, { answers: answers([SHIRTS], { "POST /api/dashboard/v1/program/check": { ...CALM, problems: wrong } }) });
    await user.click(await screen.findByRole("button", { name: "Edit “Shirts”" }));
    expect(await screen.findByText(/For example/, undefined, { timeout: 10_000 })).toBeTruthy();
    await waitFor(() => expect(screen.getByRole("textbox", { name: "Times" }).getAttribute("aria-invalid")).toBe("true"), { timeout: 5000 });
    const condition = document.querySelector<HTMLElement>('[data-condition="category"]') as HTMLElement;
    expect(within(condition).getByText("At least one is needed.")).toBeTruthy();
    expect(within(condition).getByText("Orders from before do not count.").className).toBe("rules-doubt");
  }, 60_000);

  it("can be looked at and not changed without the permission", async () => {
    renderPage(<Rules />, { answers: answers([SHIRTS], { "GET /api/dashboard/v1/program": seen([SHIRTS], { may_change: false }) }) });
    expect(await screen.findByText(/You can look, but not change/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Add a rule" })).toBeNull();
    expect(screen.queryByRole("button", { name: /Delete/ })).toBeNull();
    expect(screen.queryByRole("button", { name: "Save the draft" })).toBeNull();
  }, 60_000);

  it("show what a missing plugin brought, and keep it unharmed", async () => {
    const user = userEvent.setup({ delay: null });
    const settings = { a: [1, { b: "x" }], c: null };
    const odd = {
      id: "odd",
      name: { en: "Odd" },
      scope: "order",
      when: { type: "not", of: { type: "any", of: [{ type: "plugin", kind: "gone.away", settings }, { type: "any_line", of: { type: "plugin_line", kind: "gone.far", settings } }] } },
      then: { type: "plugin", kind: "gone.away", settings, most: 70, unit: "status" },
    };
    const page = renderPage(<Rules />, { answers: answers([odd]) });
    await user.click(await screen.findByRole("button", { name: "Edit “Odd”" }));
    expect((await screen.findAllByText(/No plugin of this installation brings “gone.away” now/)).length).toBe(2);
    expect(screen.getAllByLabelText(/^Settings/).every((one) => (one as HTMLTextAreaElement).readOnly)).toBe(true);
    await user.clear(screen.getByLabelText("Name (English)"));
    await user.type(screen.getByLabelText("Name (English)"), "Odder");
    await user.click(save());
    const [rule] = await saved(page.requests);
    expect(rule).toMatchObject({ name: { en: "Odder" }, when: odd.when, then: odd.then });
  }, 60_000);

  it("are written with what plugins bring: chosen by name, set up as JSON", async () => {
    const user = userEvent.setup({ delay: null });
    const kinds = [
      { kind: "green.season", part: "condition", label: "Season", levels: ["deed", "order"], unit: null, example: { start: "01-10" }, settings: {} },
      { kind: "green.fresh", part: "condition", label: "Fresh", levels: ["line"], unit: null, example: {}, settings: {} },
      { kind: "green.deposit", part: "effect", label: "Deposit", levels: ["line"], unit: "points", example: { points: 3 }, settings: {} },
    ];
    const whole = { ...SHIRTS, scope: "order", when: null };
    const page = renderPage(<Rules />, { answers: answers([whole], { "GET /api/dashboard/v1/rules/kinds": { kinds } }) });
    await user.click(await screen.findByRole("button", { name: "Edit “Shirts”" }));
    const adding = screen.getByLabelText("Add a condition…");
    await waitFor(() => expect(within(adding).getByText("Season")).toBeTruthy());
    expect(within(adding).queryByText("Fresh")).toBeNull();
    await user.selectOptions(adding, "Season");
    const box = screen.getByLabelText(/^Settings/);
    expect((box as HTMLTextAreaElement).value).toContain('"01-10"');
    await user.clear(box);
    await user.type(box, '{{"start": ');
    expect(screen.getByText(/This is no JSON object yet/)).toBeTruthy();
    await user.type(box, '"06-01"}');
    expect(screen.queryByText(/This is no JSON object yet/)).toBeNull();
    await user.selectOptions(screen.getByLabelText("What it does"), "plugin");
    await user.selectOptions(screen.getByLabelText("Worked out by"), "Deposit");
    await user.click(save());
    const [rule] = await saved(page.requests);
    expect(rule).toMatchObject({
      scope: "line",
      when: { type: "plugin", kind: "green.season", settings: { start: "06-01" } },
      then: { type: "plugin", kind: "green.deposit", settings: { points: 3 }, most: 100, unit: "points" },
    });
  }, 60_000);
});
