import { z } from "zod";

/**
 * A program document as the form reads it: a draft may hold anything, so whatever is not as it
 * should be is read as if it were not there. What the form does not show is kept as it is.
 */
const text = z.string().catch("");
const decimal = z.string().nullable().catch(null);
const whole = (otherwise: number) => z.number().int().catch(otherwise);

/** An item of a list: what is no object is read as one that says nothing, so that places stay. */
const item = <Shape extends z.ZodType>(one: Shape) => z.preprocess((value) => (isRecord(value) ? value : {}), one);

const rate = z.object({ points: whole(1), money: decimal }).nullable().catch(null);
const rates = z.object({ channel: text, currency: text, earn_rate: rate, spend_rate: rate });
const texts = z.object({
  program: text,
  point: text,
  points: text,
  summary: text,
  join: text,
  terms_url: text,
  privacy_url: text,
});
const amount = z.object({ channel: text, currency: text, money: decimal });
const price = z.object({ channel: text, currency: text, price: decimal });
const names = z.record(z.string(), z.string()).catch({});

const offer = z.object({
  id: text,
  name: names,
  enabled: z.boolean().catch(true),
  method: z.enum(["cheapest", "any", "named"]).catch("cheapest"),
  method_names: z.array(z.string()).catch([]),
  prices: z.array(item(price)).catch([]),
  thresholds: z.array(item(amount)).catch([]),
  hide_original: z.boolean().catch(false),
  when: z.unknown(),
});
const rule = z.object({ id: text, name: names, enabled: z.boolean().catch(true), when: z.unknown() });

const availability = z
  .object({ after: z.enum(["payment", "fulfillment"]).catch("fulfillment"), days: whole(14) })
  .catch({ after: "fulfillment", days: 14 });
/** Months until points expire; null = never; "" = not filled in, which is no number. */
const months = z.union([z.number().int(), z.literal(""), z.null()]).catch(12);
const exception = z.object({ countries: z.array(z.string()).catch([]), months });
const expiry = z
  .object({
    months: months.default(12),
    notice: z.enum(["required", "none"]).catch("required"),
    exceptions: z.array(item(exception)).catch([]),
  })
  .catch({ months: 12, notice: "required", exceptions: [] });

const settings = z
  .object({
    price_basis: z.enum(["displayed", "gross", "net"]).catch("displayed"),
    earn_on_shipping: z.boolean().catch(false),
    availability,
    expiry,
    refund_policy: z.enum(["within_balance", "only_pending", "unlimited"]).catch("within_balance"),
    enrollment: z.enum(["automatic", "opt_in"]).catch("automatic"),
    hold_out_percent: whole(0),
    terms_version: text,
    privacy_version: text,
    unfulfilled_alert_days: whole(60),
  })
  .catch({
    price_basis: "displayed",
    earn_on_shipping: false,
    availability: { after: "fulfillment", days: 14 },
    expiry: { months: 12, notice: "required", exceptions: [] },
    refund_policy: "within_balance",
    enrollment: "automatic",
    hold_out_percent: 0,
    terms_version: "",
    privacy_version: "",
    unfulfilled_alert_days: 60,
  });

const spending = z
  .object({
    minimum_points: whole(1),
    step: whole(1),
    maximum_share: whole(100),
    minimum_orders: z.array(item(amount)).catch([]),
    hold_minutes: whole(60),
    code_days: whole(14),
    grace_days: whole(30),
  })
  .catch({ minimum_points: 1, step: 1, maximum_share: 100, minimum_orders: [], hold_minutes: 60, code_days: 14, grace_days: 30 });

const shape = z.object({
  name: text,
  texts: z.record(z.string(), item(texts)).catch({}),
  units: z.array(item(z.object({ icon: text }))).catch([]),
  currencies: z.array(item(rates)).catch([]),
  settings,
  spending,
  earning: z.object({ rules: z.array(item(rule)).catch([]) }).catch({ rules: [] }),
  shipping: z.object({ offers: z.array(item(offer)).catch([]) }).catch({ offers: [] }),
});

export type Json = Record<string, unknown>;
export type Read = z.infer<typeof shape>;

/** The parts of a document that the form shows. */
export function read(document: unknown): Read {
  return shape.parse(isRecord(document) ? document : {});
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
