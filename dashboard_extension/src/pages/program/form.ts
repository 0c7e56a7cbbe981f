import { read, type Json } from "./shapes";

/** A whole number in a field: null while empty, the text while it is none. */
export type Whole = number | string | null;
/** A decimal in a field, as text. */
export type Decimal = string | null;

export interface TextsForm {
  locale: string;
  program: string;
  point: string;
  points: string;
  summary: string;
  join: string;
  terms_url: string;
  privacy_url: string;
}

export interface ChannelForm {
  channel: string;
  currency: string;
  earns: boolean;
  earn_points: Whole;
  earn_money: Decimal;
  spends: boolean;
  spend_points: Whole;
  spend_money: Decimal;
  minimum_order: Decimal;
}

export interface OfferAmount {
  channel: string;
  currency: string;
  offered: boolean;
  price: Decimal;
  threshold: Decimal;
}

export interface OfferForm {
  id: string;
  names: { locale: string; name: string }[];
  enabled: boolean;
  method: "cheapest" | "any" | "named";
  /** One name a line. */
  method_names: string;
  hide_original: boolean;
  conditional: boolean;
  amounts: OfferAmount[];
}

export interface RuleForm {
  id: string;
  name: string;
  enabled: boolean;
  conditional: boolean;
}

/** Countries where points live for another time than elsewhere; not `expires` = for ever. */
export interface ExceptionForm {
  countries: string[];
  expires: boolean;
  months: Whole;
}

export interface ProgramForm {
  name: string;
  icon: string;
  texts: TextsForm[];
  channels: ChannelForm[];
  rules: RuleForm[];
  price_basis: "displayed" | "gross" | "net";
  earn_on_shipping: boolean;
  available_after: "payment" | "fulfillment";
  available_days: Whole;
  expires: boolean;
  expiry_months: Whole;
  expiry_notice: boolean;
  expiry_exceptions: ExceptionForm[];
  refund_policy: "within_balance" | "only_pending" | "unlimited";
  enrollment: "automatic" | "opt_in";
  hold_out_percent: Whole;
  terms_version: string;
  privacy_version: string;
  unfulfilled_alert_days: Whole;
  minimum_points: Whole;
  step: Whole;
  maximum_share: Whole;
  hold_minutes: Whole;
  code_days: Whole;
  grace_days: Whole;
  offers: OfferForm[];
}

export interface Channel {
  readonly slug: string;
  readonly currency: string;
}

/** The form of a document: a row for each channel of the store, and for others that it names. */
export function formOf(document: unknown, channels: readonly Channel[], language: string): ProgramForm {
  const seen = read(document);
  const known = new Set(channels.map((one) => one.slug));
  const strange = seen.currencies.filter((one) => !known.has(one.channel));
  const all: Channel[] = [...channels, ...strange.map((one) => ({ slug: one.channel, currency: one.currency }))];
  const { settings, spending } = seen;
  const first = seen.units[0];
  const locales = Object.keys(seen.texts);
  return {
    name: seen.name,
    icon: first?.icon ?? "",
    texts: Object.entries(seen.texts).map(([locale, told]) => ({ locale, ...told })),
    channels: all.map(({ slug, currency }) => {
      const rates = seen.currencies.find((one) => one.channel === slug);
      const minimum = spending.minimum_orders.find((one) => one.channel === slug);
      return {
        channel: slug,
        currency: rates?.currency || currency,
        earns: Boolean(rates?.earn_rate),
        earn_points: rates?.earn_rate?.points ?? 1,
        earn_money: rates?.earn_rate?.money ?? null,
        spends: Boolean(rates?.spend_rate),
        spend_points: rates?.spend_rate?.points ?? 1,
        spend_money: rates?.spend_rate?.money ?? null,
        minimum_order: minimum?.money ?? null,
      };
    }),
    rules: seen.earning.rules.map((one) => ({
      id: one.id,
      name: one.name[language] ?? one.name.en ?? Object.values(one.name)[0] ?? one.id,
      enabled: one.enabled,
      conditional: one.when !== undefined && one.when !== null,
    })),
    price_basis: settings.price_basis,
    earn_on_shipping: settings.earn_on_shipping,
    available_after: settings.availability.after,
    available_days: settings.availability.days,
    expires: settings.expiry.months !== null,
    expiry_months: monthsShown(settings.expiry.months),
    expiry_notice: settings.expiry.notice === "required",
    expiry_exceptions: settings.expiry.exceptions.map(({ countries, months }) => ({ countries, expires: months !== null, months: monthsShown(months) })),
    refund_policy: settings.refund_policy,
    enrollment: settings.enrollment,
    hold_out_percent: settings.hold_out_percent,
    terms_version: settings.terms_version,
    privacy_version: settings.privacy_version,
    unfulfilled_alert_days: settings.unfulfilled_alert_days,
    minimum_points: spending.minimum_points,
    step: spending.step,
    maximum_share: spending.maximum_share,
    hold_minutes: spending.hold_minutes,
    code_days: spending.code_days,
    grace_days: spending.grace_days,
    offers: seen.shipping.offers.map((one) => ({
      id: one.id,
      names: [...new Set([...locales, ...Object.keys(one.name)])].map((locale) => ({ locale, name: one.name[locale] ?? "" })),
      enabled: one.enabled,
      method: one.method,
      method_names: one.method_names.join("\n"),
      hide_original: one.hide_original,
      conditional: one.when !== undefined && one.when !== null,
      amounts: all.map(({ slug, currency }) => {
        const price = one.prices.find((at) => at.channel === slug);
        return {
          channel: slug,
          currency: price?.currency ?? currency,
          offered: price !== undefined,
          price: price?.price ?? "0",
          threshold: one.thresholds.find((at) => at.channel === slug)?.money ?? null,
        };
      }),
    })),
  };
}

/** An offer that somebody begins to write; free from nothing yet. */
export function newOffer(form: ProgramForm): OfferForm {
  const taken = new Set(form.offers.map((one) => one.id));
  let number = form.offers.length + 1;
  while (taken.has(`shipping-${number}`)) number += 1;
  return {
    id: `shipping-${number}`,
    names: form.texts.map(({ locale }) => ({ locale, name: "" })),
    enabled: true,
    method: "cheapest",
    method_names: "",
    hide_original: false,
    conditional: false,
    amounts: form.channels.map(({ channel, currency }) => ({ channel, currency, offered: true, price: "0", threshold: null })),
  };
}

/** An exception for countries that are still to be named: points never expire there. */
export function newException(): ExceptionForm {
  return { countries: [], expires: false, months: 12 };
}

/** Texts of one more language, empty. */
export function newTexts(locale: string): TextsForm {
  return { locale, program: "", point: "", points: "", summary: "", join: "", terms_url: "", privacy_url: "" };
}

/** The document of a form, upon the one that it was read from: what no field shows is kept. */
export function documentOf(original: unknown, form: ProgramForm): Json {
  const before = record(original);
  return without({
    ...before,
    version: before.version ?? 1,
    name: form.name,
    texts: textsOf(record(before.texts), form),
    units: [without({ ...record(list(before.units)[0]), code: "points", icon: form.icon.trim() || undefined })],
    currencies: currenciesOf(list(before.currencies), form),
    settings: settingsOf(record(before.settings), form),
    earning: earningOf(record(before.earning), form),
    spending: spendingOf(before.spending, form),
    shipping: shippingOf(before.shipping, form),
  });
}

function textsOf(before: Json, form: ProgramForm): Json {
  return Object.fromEntries(
    form.texts.map(({ locale, summary, join, terms_url, privacy_url, ...names }) => [
      locale,
      without({
        ...record(before[locale]),
        ...names,
        summary: summary.trim() || undefined,
        join: join.trim() || undefined,
        terms_url: terms_url.trim() || undefined,
        privacy_url: privacy_url.trim() || undefined,
      }),
    ]),
  );
}

function currenciesOf(before: readonly unknown[], form: ProgramForm): Json[] {
  const old = before.map(record);
  const wanted = form.channels.filter((one) => one.earns || one.spends);
  const order = [...old.map((one) => one.channel), ...wanted.map((one) => one.channel)];
  return [...wanted]
    .sort((one, other) => order.indexOf(one.channel) - order.indexOf(other.channel))
    .map((one) => ({
      ...old.find((was) => was.channel === one.channel),
      channel: one.channel,
      currency: one.currency,
      earn_rate: one.earns ? { points: one.earn_points, money: one.earn_money } : null,
      spend_rate: one.spends ? { points: one.spend_points, money: one.spend_money } : null,
    }));
}

function settingsOf(before: Json, form: ProgramForm): Json {
  return {
    ...before,
    price_basis: form.price_basis,
    earn_on_shipping: form.earn_on_shipping,
    availability: { ...record(before.availability), after: form.available_after, days: form.available_days },
    expiry: without({
      ...record(before.expiry),
      months: monthsOf(form.expires, form.expiry_months),
      notice: form.expiry_notice ? "required" : "none",
      exceptions: form.expiry_exceptions.length > 0 ? form.expiry_exceptions.map(exceptionOf) : undefined,
    }),
    refund_policy: form.refund_policy,
    enrollment: form.enrollment,
    hold_out_percent: form.hold_out_percent,
    terms_version: form.terms_version,
    privacy_version: form.privacy_version,
    unfulfilled_alert_days: form.unfulfilled_alert_days,
  };
}

function exceptionOf(form: ExceptionForm): Json {
  return { countries: form.countries, months: monthsOf(form.expires, form.months) };
}

/** Months that are not filled in are no number: none would mean that points never expire. */
function monthsOf(expires: boolean, months: Whole): Whole {
  return expires ? (months ?? "") : null;
}

/** What the field shows: a year is offered to whoever lets points expire. */
function monthsShown(months: number | "" | null): Whole {
  return months === "" ? null : (months ?? 12);
}

function earningOf(before: Json, form: ProgramForm): Json {
  const rules = list(before.rules).map((one, at) => {
    const shown = form.rules[at];
    return shown === undefined ? one : { ...record(one), enabled: shown.enabled };
  });
  return { ...before, rules };
}

const SPENDING_DEFAULTS = { minimum_points: 1, step: 1, maximum_share: 100, hold_minutes: 60, code_days: 14, grace_days: 30 };

function spendingOf(before: unknown, form: ProgramForm): Json | undefined {
  const minimums = form.channels
    .filter((one) => one.minimum_order !== null)
    .map(({ channel, currency, minimum_order }) => ({ channel, currency, money: minimum_order }));
  const limits = Object.fromEntries(
    Object.keys(SPENDING_DEFAULTS).map((name) => [name, form[name as keyof typeof SPENDING_DEFAULTS]]),
  );
  const usual = Object.entries(SPENDING_DEFAULTS).every(([name, value]) => limits[name] === value);
  if ((before === undefined || before === null) && usual && minimums.length === 0) return undefined;
  return { ...record(before), ...limits, minimum_orders: minimums };
}

function shippingOf(before: unknown, form: ProgramForm): Json | undefined {
  if ((before === undefined || before === null) && form.offers.length === 0) return undefined;
  const old = list(record(before).offers).map(record);
  const offers = form.offers.map((one) => ({
    ...old.find((was) => was.id === one.id),
    id: one.id,
    name: Object.fromEntries(one.names.filter(({ name }) => name.trim() !== "").map(({ locale, name }) => [locale, name])),
    enabled: one.enabled,
    method: one.method,
    method_names: one.method === "named" ? lines(one.method_names) : [],
    hide_original: one.hide_original,
    prices: one.amounts.filter((at) => at.offered).map(({ channel, currency, price }) => ({ channel, currency, price })),
    thresholds: one.amounts
      .filter((at) => at.offered && at.threshold !== null)
      .map(({ channel, currency, threshold }) => ({ channel, currency, money: threshold })),
  }));
  return { ...record(before), offers };
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function without(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
