import type { components } from "@/api";

export type Choices = components["schemas"]["CampaignChoices"];
export type CampaignOf = components["schemas"]["CampaignPage"];
export type Line = components["schemas"]["CampaignLine"];
export type Kind = Line["kind"];
export type Sharing = "shared" | "personal" | "after_order";

export const PATH = "/api/dashboard/v1/campaigns";
export const KINDS: readonly Kind[] = ["percent", "amount", "free_shipping", "points"];
export const SHARINGS: readonly Sharing[] = ["shared", "personal", "after_order"];

/** What the form calls the places of terms: the longest that a path begins with is meant. */
const PLACES: Readonly<Record<string, string>> = {
  name: "campaigns.own_name",
  starts_at: "campaigns.starts",
  ends_at: "campaigns.ends",
  times: "campaigns.times",
  per_member: "campaigns.limit",
  texts: "campaigns.texts",
  channels: "campaigns.where",
  codes: "campaigns.codes",
  "codes.code": "campaigns.code",
  "codes.uses": "campaigns.uses",
  audience: "campaigns.audience",
  budget: "campaigns.budget",
};

/** The message that names the place of a problem, and which of several it is, from 1. */
export function placeOf(path: string): { message: string; number: number | null } {
  const parts = path.replaceAll(/\[\d+\]/g, "").split(".");
  const at = /\[(\d+)\]/.exec(path)?.[1];
  return {
    message: PLACES[parts.slice(0, 2).join(".")] ?? PLACES[parts[0] ?? ""] ?? "campaigns.what",
    number: at === undefined ? null : Number(at) + 1,
  };
}

/** What a channel is worth in the form; decimals are text, null while empty. */
export interface ChannelForm {
  slug: string;
  name: string;
  currency: string;
  /** Whether people can buy in it. */
  active: boolean;
  on: boolean;
  value: string | null;
  minimum: string | null;
  reduced: string | null;
}

/** An amount of one currency. */
export interface AmountForm {
  currency: string;
  amount: string | null;
}

/** What people read in one language. */
export interface TextForm {
  locale: string;
  title: string;
  text: string;
}

export interface CampaignForm {
  kind: Kind;
  name: string;
  texts: TextForm[];
  /** On the clocks of the store: YYYY-MM-DDTHH:MM. */
  starts: string | null;
  ends: string | null;
  sharing: Sharing;
  code: string;
  once: boolean;
  uses: number | null;
  when: "paid" | "fulfilled";
  days: number | null;
  least: AmountForm[];
  channels: ChannelForm[];
  /** To choose all that are listed means all that the store has and will have: points name none then. */
  everywhere: boolean;
  times: string | null;
  fixed: boolean;
  /** What one member gets of it at most: orders, points; null = no limit. */
  limitOrders: number | null;
  limitPoints: number | null;
  budgeted: boolean;
  points: number | null;
  money: AmountForm[];
  warn: number | null;
  reached: "warn" | "reduce" | "stop";
  tiers: string[];
  segments: string[];
  languages: string[];
  tell: boolean;
}

/** Terms as the API has them, as far as the form reads them. */
interface Terms {
  kind: Kind;
  name: string;
  texts: Record<string, { title: string; text?: string | null }>;
  audience?: { tiers?: string[]; segments?: string[]; languages?: string[] };
  channels?: { channel: string; currency: string; value?: string | null; minimum?: string; reduced?: string | null }[];
  codes?: {
    sharing: Sharing;
    code?: string | null;
    once_per_customer?: boolean;
    uses?: number | null;
    after_order?: { when?: "paid" | "fulfilled"; minimum?: Record<string, string>; valid_days?: number } | null;
  } | null;
  times?: string | null;
  fixed_points?: boolean;
  per_member?: { times?: number; points?: number } | null;
  budget?: { points?: number | null; money?: Record<string, string>; warn_percent?: number; when_reached?: "warn" | "reduce" | "stop" } | null;
  tell?: boolean;
}

/** A new campaign: a week from tomorrow on by the clocks of the store, in all channels. */
export function emptyForm(choices: Choices, today: Date): CampaignForm {
  const channels = channelsOf(choices, []).map((one) => ({ ...one, on: true }));
  const currencies = currenciesOf(channels);
  const here = today.getTime() + offsetAt(today.getTime(), choices.timezone);
  const day = (after: number) => `${new Date(here + after * 86_400_000).toISOString().slice(0, 10)}T00:00`;
  return {
    kind: "percent",
    name: "",
    texts: localesOf(choices).map((locale) => ({ locale, title: "", text: "" })),
    starts: day(1),
    ends: day(8),
    sharing: "shared",
    code: "",
    once: true,
    uses: null,
    when: "paid",
    days: 30,
    least: currencies.map((currency) => ({ currency, amount: null })),
    channels,
    everywhere: true,
    times: "2",
    fixed: false,
    limitOrders: null,
    limitPoints: null,
    budgeted: true,
    points: null,
    money: currencies.map((currency) => ({ currency, amount: null })),
    warn: 80,
    reached: "stop",
    tiers: [],
    segments: [],
    languages: [],
    tell: false,
  };
}

/** The form of a campaign that there is. */
export function formOf(one: CampaignOf, choices: Choices): CampaignForm {
  const terms = one.terms as unknown as Terms;
  const empty = emptyForm(choices, new Date());
  const { codes, budget, audience, channels: said = [] } = terms;
  const after = codes?.after_order;
  const everywhere = terms.kind === "points" && said.length === 0;
  const channels = channelsOf(choices, said).map((one) => ({ ...one, on: one.on || everywhere }));
  const currencies = currenciesOf(channels, [...Object.keys(after?.minimum ?? {}), ...Object.keys(budget?.money ?? {})]);
  const locales = [...new Set([...localesOf(choices), ...Object.keys(terms.texts)])];
  return {
    ...empty,
    kind: terms.kind,
    name: terms.name,
    texts: locales.map((locale) => ({ locale, title: terms.texts[locale]?.title ?? "", text: terms.texts[locale]?.text ?? "" })),
    starts: one.starts_at.slice(0, 16),
    ends: one.ends_at.slice(0, 16),
    sharing: codes?.sharing ?? "shared",
    code: codes?.code ?? "",
    once: codes?.once_per_customer ?? true,
    uses: codes?.uses ?? null,
    when: after?.when ?? "paid",
    days: after?.valid_days ?? 30,
    least: currencies.map((currency) => ({ currency, amount: shown(after?.minimum?.[currency]) })),
    channels,
    everywhere: everywhere || choices.channels.every(({ slug }) => channels.some((one) => one.slug === slug)),
    times: terms.times ?? "2",
    fixed: terms.fixed_points ?? false,
    limitOrders: terms.per_member?.times ?? null,
    limitPoints: terms.per_member?.points ?? null,
    budgeted: Boolean(budget),
    points: budget?.points ?? null,
    money: currencies.map((currency) => ({ currency, amount: budget?.money?.[currency] ?? null })),
    warn: budget?.warn_percent ?? 80,
    reached: budget?.when_reached ?? "stop",
    tiers: audience?.tiers ?? [],
    segments: audience?.segments ?? [],
    languages: audience?.languages ?? [],
    tell: terms.tell ?? false,
  };
}

/** The terms that a form says; what the kind does not need is left out. */
export function termsOf(form: CampaignForm, zone: string): Record<string, unknown> {
  const points = form.kind === "points";
  const on = form.channels.filter((channel) => channel.on);
  // The reduced value stays also while the budget does not use it: it may again.
  const channels = on.map(({ slug, currency, value, minimum, reduced }) =>
    points ? { channel: slug, currency } : { channel: slug, currency, minimum: minimum ?? "0", ...(form.kind === "free_shipping" ? {} : { value, reduced }) },
  );
  const everywhere = points && form.everywhere && on.length === form.channels.length;
  return {
    kind: form.kind,
    name: form.name,
    texts: Object.fromEntries(
      form.texts.filter(({ title }) => title.trim()).map(({ locale, title, text }) => [locale, { title, text: text.trim() || null }]),
    ),
    starts_at: form.starts && instantOf(form.starts, zone),
    ends_at: form.ends && instantOf(form.ends, zone),
    audience: { tiers: form.tiers, segments: form.segments, languages: form.languages },
    channels: everywhere ? [] : channels,
    ...(points ? { times: form.times, fixed_points: form.fixed, ...limitOf(form) } : { codes: codesOf(form) }),
    budget: form.budgeted ? budgetOf(form, points) : null,
    tell: form.tell,
  };
}

/** The limit per member; nothing where there is none. */
function limitOf({ limitOrders, limitPoints }: CampaignForm): Record<string, unknown> {
  if (limitOrders === null && limitPoints === null) return {};
  return { per_member: { ...(limitOrders === null ? {} : { times: limitOrders }), ...(limitPoints === null ? {} : { points: limitPoints }) } };
}

function codesOf(form: CampaignForm): Record<string, unknown> {
  const shared = form.sharing === "shared";
  return {
    sharing: form.sharing,
    code: shared ? form.code.trim() : null,
    once_per_customer: form.once,
    uses: shared ? form.uses : null,
    after_order: form.sharing === "after_order" ? { when: form.when, valid_days: form.days, minimum: amounts(form.least) } : null,
  };
}

function budgetOf(form: CampaignForm, points: boolean): Record<string, unknown> {
  const wanted = new Set(form.channels.filter(({ on }) => on).map(({ currency }) => currency));
  return {
    points: points ? form.points : null,
    money: points ? {} : amounts(form.money.filter(({ currency }) => wanted.has(currency))),
    warn_percent: form.warn,
    when_reached: form.reached,
  };
}

function amounts(listed: readonly AmountForm[]): Record<string, string> {
  return Object.fromEntries(listed.flatMap(({ currency, amount }) => (amount === null || amount === "" ? [] : [[currency, amount]])));
}

function shown(amount: string | undefined): string | null {
  return amount === undefined || Number(amount) === 0 ? null : amount;
}

function localesOf({ locales }: Choices): string[] {
  return locales.length ? locales : ["en", "tr"];
}

/** The channels where people can buy, and those that terms name: also where they are off, or gone. */
function channelsOf({ channels }: Choices, named: NonNullable<Terms["channels"]>): ChannelForm[] {
  const gone = named.filter(({ channel }) => !channels.some(({ slug }) => slug === channel));
  const known = [...channels, ...gone.map(({ channel, currency }) => ({ slug: channel, name: channel, currency, active: false }))];
  return known.flatMap(({ slug, name, currency, active }) => {
    const said = named.find(({ channel }) => channel === slug);
    if (!active && said === undefined) return [];
    const { value = null, minimum, reduced = null } = said ?? {};
    return [{ slug, name, currency, active, on: said !== undefined, value, minimum: shown(minimum), reduced }];
  });
}

function currenciesOf(channels: readonly ChannelForm[], more: readonly string[] = []): string[] {
  return [...new Set([...channels.map(({ currency }) => currency), ...more])];
}

/** Whether a campaign is newer than what was read before: saved again, or scheduled. */
export function isNewer(one: CampaignOf, than: CampaignOf): boolean {
  return one.version > than.version || (one.version === than.version && than.state === "draft" && one.state !== "draft");
}

/** The instant at which the clocks of a zone show a time; twice looked at, for the days they are set. */
export function instantOf(local: string, zone: string): string {
  const guess = new Date(`${local}:00Z`).getTime();
  const near = guess - offsetAt(guess, zone);
  return new Date(guess - offsetAt(near, zone)).toISOString();
}

function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const there = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return there - Math.floor(at / 1000) * 1000;
}
