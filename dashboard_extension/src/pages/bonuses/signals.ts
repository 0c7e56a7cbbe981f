import { list, localesOf, record, said, text, textsOf, whole, type Json, type Texted, type Whole } from "@/pages/program/json";

export const SIGNALS = ["late_delivery", "cancelled_line", "complaint"] as const;
export type SignalKind = (typeof SIGNALS)[number];
export const SUGGESTIONS = ["points", "amount", "shipping"] as const;

/** What is suggested when something went wrong, and whether it is given without a person. */
export interface SignalForm {
  on: boolean;
  type: string;
  points: Whole;
  /** A row for each currency of the program; those without an amount suggest nothing. */
  amounts: { currency: string; amount: string | null }[];
  as_code: boolean;
  automatic: boolean;
}

export interface GoodwillForm {
  late_delivery: SignalForm;
  cancelled_line: SignalForm;
  complaint: SignalForm;
  days: Whole;
  /** A row for each channel of the program; without days the general ones count. */
  channels: { channel: string; days: Whole }[];
  times: Whole;
  limit_days: Whole;
  automatic_points: Whole;
  apology: Texted[];
}

/** The section of a document as its fields show it. */
export function goodwillOf(document: unknown): GoodwillForm {
  const section = record(record(document).goodwill);
  const rates = list(record(document).currencies).map(record);
  const currencies = [...new Set(rates.map((one) => text(one.currency)))];
  const late = record(section.late_delivery);
  const known = list(late.channels).map(record);
  const channels = [...new Set([...rates.map((one) => text(one.channel)), ...known.map((one) => text(one.channel))])];
  const limit = record(section.limit);
  return {
    late_delivery: signalOf(section.late_delivery, currencies),
    cancelled_line: signalOf(section.cancelled_line, currencies),
    complaint: signalOf(section.complaint, currencies),
    days: whole(late.days, 5),
    channels: channels.map((channel) => ({ channel, days: whole(known.find((one) => one.channel === channel)?.days, null) })),
    times: whole(limit.times, 2),
    limit_days: whole(limit.days, 90),
    automatic_points: whole(section.automatic_points, null),
    apology: textsOf(section.apology, localesOf(document)),
  };
}

function signalOf(value: unknown, currencies: readonly string[]): SignalForm {
  const signal = record(value);
  const suggest = record(signal.suggest);
  const amounts = list(suggest.amounts).map(record);
  const rows = [...new Set([...currencies, ...amounts.map((one) => text(one.currency))])];
  const type = SUGGESTIONS.find((one) => one === suggest.type) ?? "points";
  return {
    on: value !== undefined && value !== null,
    type,
    points: whole(suggest.points, type === "points" && suggest.type === undefined ? 100 : null),
    amounts: rows.map((currency) => ({ currency, amount: text(amounts.find((one) => one.currency === currency)?.amount) || null })),
    as_code: typeof suggest.as_code === "boolean" ? suggest.as_code : type !== "shipping",
    automatic: signal.automatic === true,
  };
}

/** The section as the document keeps it; undefined where there was none and nothing is watched. */
export function goodwillIn(original: unknown, form: GoodwillForm): Json | undefined {
  const before = record(original).goodwill;
  const section: Json = {
    limit: { times: form.times, days: form.limit_days },
    apology: said(form.apology),
    ...(form.automatic_points === null ? {} : { automatic_points: form.automatic_points }),
  };
  for (const kind of SIGNALS) {
    if (form[kind].on) section[kind] = signalIn(form[kind]);
  }
  if (form.late_delivery.on) {
    const channels = form.channels.filter((one) => one.days !== null);
    section.late_delivery = { ...record(section.late_delivery), days: form.days, channels };
  }
  const watched = SIGNALS.some((kind) => form[kind].on);
  return watched || (before !== undefined && before !== null) ? section : undefined;
}

function signalIn(form: SignalForm): Json {
  const { type, points, as_code, automatic } = form;
  const amounts = form.amounts.filter((one) => one.amount !== null);
  const suggest = type === "points" ? { type, points } : type === "amount" ? { type, amounts, as_code } : { type, as_code };
  return { suggest, automatic };
}
