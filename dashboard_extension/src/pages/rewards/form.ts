import { list, localesOf, newId, record, said, text, textsOf, whole, type Json, type Texted, type Whole } from "@/pages/program/json";

export const KINDS = ["amount", "percent", "free_product", "shipping", "invitation", "early_access", "custom"] as const;
export const PERIODS = ["day", "week", "month", "year", "ever"] as const;
/** Which amounts of a channel a kind asks for; what an amount off costs is that amount. */
export const AMOUNTS: Record<string, readonly Amount[]> = {
  amount: ["amount", "minimum"],
  percent: ["cap", "minimum", "worth"],
  free_product: ["minimum", "worth"],
  shipping: ["amount", "minimum", "worth"],
  invitation: ["worth"],
  early_access: ["worth"],
  custom: ["worth"],
};
type Amount = "amount" | "cap" | "minimum" | "worth";
/** What a reward says only where it is bounded. */
const BOUNDS = ["stock", "limit", "who", "active_from", "active_until", "picture"];
const ALL_AMOUNTS: readonly Amount[] = ["amount", "cap", "minimum", "worth"];

export interface Place {
  readonly slug: string;
  readonly currency: string;
  readonly name: string;
}

export interface ChannelForm {
  channel: string;
  currency: string;
  on: boolean;
  amount: string | null;
  cap: string | null;
  minimum: string | null;
  worth: string | null;
}

export interface ItemForm {
  id: string;
  enabled: boolean;
  names: Texted[];
  texts: Texted[];
  notes: Texted[];
  kind: string;
  percent: Whole;
  variant: string;
  points: Whole;
  channels: ChannelForm[];
  valid_days: Whole;
  stock: Whole;
  times: Whole;
  period: string;
  tiers: string[];
  segments: string[];
  member_days: Whole;
  active_from: string | null;
  active_until: string | null;
  picture: string;
}

export interface RewardsForm {
  items: ItemForm[];
}

/** The form of a document's catalog. */
export function formOf(document: unknown, places: readonly Place[]): RewardsForm {
  const locales = localesOf(document);
  const items = list(record(record(document).rewards).items).map(record);
  return { items: items.map((item) => itemOf(item, locales, places)) };
}

function itemOf(item: Json, locales: readonly string[], places: readonly Place[]): ItemForm {
  const gift = record(item.gift);
  const limit = record(item.limit);
  const who = record(item.who);
  return {
    id: text(item.id),
    enabled: item.enabled !== false,
    names: textsOf(item.names, locales),
    texts: textsOf(item.texts, locales),
    notes: textsOf(gift.notes, locales),
    kind: text(gift.type) || "amount",
    percent: whole(gift.percent, null),
    variant: text(gift.variant),
    points: whole(item.points, null),
    channels: channelsOf(list(item.channels).map(record), places),
    valid_days: whole(item.valid_days, 30),
    stock: whole(item.stock, null),
    times: whole(limit.times, null),
    period: text(limit.period) || "month",
    tiers: list(who.tiers).map(text),
    segments: list(who.segments).map(text),
    member_days: whole(who.member_days, null),
    active_from: text(item.active_from) || null,
    active_until: text(item.active_until) || null,
    picture: text(item.picture),
  };
}

/** A row for every channel of the store, and for those that a document names besides. */
function channelsOf(known: readonly Json[], places: readonly Place[]): ChannelForm[] {
  const strange = known.filter((one) => !places.some(({ slug }) => slug === one.channel)).map((one) => ({ slug: text(one.channel), currency: text(one.currency) }));
  return [...places, ...strange].map(({ slug, currency }) => {
    const one = known.find((each) => each.channel === slug);
    const amount = (name: Amount) => text(one?.[name]) || null;
    return {
      channel: slug,
      currency: text(one?.currency) || currency,
      on: one !== undefined,
      amount: amount("amount"),
      cap: amount("cap"),
      minimum: amount("minimum"),
      worth: amount("worth"),
    };
  });
}

/** The document of a form, upon the one that it was read from: what no field shows is kept. */
export function documentOf(original: unknown, form: RewardsForm): Json {
  const before = record(original);
  const section = record(before.rewards);
  const old = list(section.items).map(record);
  const items = form.items.map((item) => documentOfItem(item, old.find((was) => was.id === item.id) ?? {}));
  const untouched = before.rewards === undefined || before.rewards === null;
  if (untouched && items.length === 0) return before;
  return { ...before, rewards: { ...section, items } };
}

function documentOfItem(item: ItemForm, was: Json): Json {
  const kept = Object.fromEntries(Object.entries(was).filter(([name]) => !BOUNDS.includes(name)));
  const who: Json = { ...record(was.who), tiers: item.tiers };
  delete who.member_days;
  delete who.segments;
  if (item.segments.length > 0) who.segments = item.segments;
  if (item.member_days !== null) who.member_days = item.member_days;
  const asks = item.tiers.length > 0 || Object.keys(who).some((name) => name !== "tiers");
  return {
    ...kept,
    id: item.id,
    enabled: item.enabled,
    names: said(item.names),
    texts: said(item.texts),
    gift: giftOf(item),
    points: item.points,
    channels: item.channels.filter((one) => one.on).map((one) => channelOf(one, item.kind, record(was.gift).type === item.kind)),
    valid_days: item.valid_days,
    ...(item.stock === null ? {} : { stock: item.stock }),
    ...(item.times === null ? {} : { limit: { times: item.times, period: item.period } }),
    ...(asks ? { who } : {}),
    ...(item.active_from === null ? {} : { active_from: item.active_from }),
    ...(item.active_until === null ? {} : { active_until: item.active_until }),
    ...(item.picture.trim() === "" ? {} : { picture: item.picture.trim() }),
  };
}

function giftOf(item: ItemForm): Json {
  if (item.kind === "percent") return { type: "percent", percent: item.percent };
  if (item.kind === "free_product") return { type: "free_product", variant: item.variant };
  if (item.kind === "invitation") return { type: "invitation", notes: said(item.notes) };
  return { type: item.kind };
}

/** What a kind may cost is kept where no field shows it, as long as it stays of its kind. */
function channelOf(one: ChannelForm, kind: string, asItWas: boolean): Json {
  const fits = [...(AMOUNTS[kind] ?? []), ...(asItWas ? ["worth"] : [])];
  const amounts = ALL_AMOUNTS.filter((name) => fits.includes(name) && one[name] !== null).map((name) => [name, one[name]]);
  return { channel: one.channel, currency: one.currency, ...Object.fromEntries(amounts) };
}

/** A reward that somebody begins to write, offered in every channel. */
export function newItem(document: unknown, form: RewardsForm, places: readonly Place[]): ItemForm {
  const id = newId("reward", form.items.map((one) => one.id));
  const made = itemOf({ id, gift: { type: "amount" }, points: 500 }, localesOf(document), places);
  return { ...made, channels: made.channels.map((one) => ({ ...one, on: true })) };
}

/** What a reward is called in a language; "" where it has no name yet. */
export function nameOf(item: Pick<ItemForm, "names">, language: string): string {
  const written = item.names.filter((one) => one.text.trim() !== "");
  return (written.find((one) => one.locale === language) ?? written[0])?.text ?? "";
}

/** The segments that a reward may be kept for: id and name. */
export function segmentsOf(document: unknown, language: string): { value: string; label: string }[] {
  return list(record(document).segments)
    .map(record)
    .map((one) => ({ value: text(one.id), label: text(record(one.names)[language]) || text(record(one.names).en) || text(one.id) }));
}

/** The levels that a reward may be kept for: id and name. */
export function levelsOf(document: unknown, language: string): { value: string; label: string }[] {
  return list(record(record(document).tiers).levels)
    .map(record)
    .map((level) => ({ value: text(level.id), label: text(record(level.names)[language]) || text(record(level.names).en) || text(level.id) }));
}
