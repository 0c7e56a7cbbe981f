import { Button, Failure, FieldMoney, FieldNumber, FieldSelect, FieldText, Money, Notice, Section, Terms, useT, When } from "@/kit";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";

import { useApiMutation, type Answer } from "@/api";

import type { Seen } from "./context";
import type { Json } from "./shapes";

type Tried = Answer<"/api/dashboard/v1/program/try", "post">;

interface TryForm {
  what: "order" | "cart";
  order: number | string | null;
  channel: string;
  amount: string | null;
  quantity: number | string | null;
  shipping: string | null;
  category: string;
  product: string;
}

/** What the form would give a past order or a made-up cart, and why. Nothing is written. */
export function TrySection(props: { document: Json; channels: Seen["channels"] }) {
  const t = useT();
  const { channels } = props;
  const first = channels[0];
  const { control, getValues } = useForm<TryForm>({
    defaultValues: {
      what: "cart",
      order: null,
      channel: first?.slug ?? "",
      amount: first?.goods ?? null,
      quantity: 1,
      shipping: first?.shipping ?? null,
      category: "",
      product: "",
    },
  });
  const what = useWatch({ control, name: "what" });
  const slug = useWatch({ control, name: "channel" });
  const currency = channels.find((one) => one.slug === slug)?.currency ?? "";
  const [missing, setMissing] = useState(false);
  const attempt = useApiMutation("post", "/api/dashboard/v1/program/try", { invalidates: [] });
  const run = () => {
    const values = getValues();
    const body = bodyOf(values);
    setMissing(body === null);
    if (body !== null) attempt.mutate({ body: { document: props.document as never, ...body } as never });
  };
  return (
    <Section title={t("program.try")} hint={t("program.try_hint")}>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          name="what"
          label={t("program.try_what")}
          choices={["cart", "order"].map((value) => ({ value, label: t(`program.choice.try.${value}`) }))}
        />
        {what === "order" ? (
          <FieldNumber control={control} name="order" label={t("program.try_order")} />
        ) : (
          <>
            <FieldSelect control={control} name="channel" label={t("program.try_channel")} choices={channels.map((one) => ({ value: one.slug, label: one.name }))} />
            <FieldMoney control={control} name="amount" label={t("program.try_amount")} currency={currency} />
            <FieldMoney control={control} name="shipping" label={t("program.try_shipping")} currency={currency} />
            <FieldNumber control={control} name="quantity" label={t("program.try_quantity")} />
            <FieldText control={control} name="category" label={t("program.try_category")} hint={t("program.try_optional")} maxLength={255} />
            <FieldText control={control} name="product" label={t("program.try_product")} hint={t("program.try_optional")} maxLength={255} />
          </>
        )}
      </div>
      <div className="kit-actions">
        <Button type="button" variant="secondary" disabled={attempt.isPending} onClick={run} data-try="run">
          {t(attempt.isPending ? "program.try_running" : "program.try_run")}
        </Button>
      </div>
      {missing && (
        <Notice tone="warning" live>
          {t("program.try_missing")}
        </Notice>
      )}
      {attempt.error && <Failure error={attempt.error} />}
      {attempt.data && !missing && <Result tried={attempt.data} />}
    </Section>
  );
}

function Result(props: { tried: Tried }) {
  const t = useT();
  const { tried } = props;
  const items = [
    ...(tried.worth ? [{ name: t("program.try_worth"), value: <Money {...tried.worth} /> }] : []),
    ...(tried.available_from ? [{ name: t("program.try_available"), value: <When at={tried.available_from} form="day" /> }] : []),
    ...(tried.booked ? [{ name: t("program.try_booked"), value: t("program.try_booked_points", { points: tried.booked.points, status: tried.booked.status_points, revision: tried.booked.revision ?? 0 }) }] : []),
  ];
  return (
    <div className="kit-stack" role="status" data-tried={tried.points} data-tried-status={tried.status_points}>
      <p className="program-points">
        {tried.number === ""
          ? t("program.try_cart_earns", { points: tried.points, status: tried.status_points })
          : t("program.try_order_earns", { number: tried.number, points: tried.points, status: tried.status_points })}
      </p>
      {!tried.paid && <Notice tone="info">{t("program.try_unpaid")}</Notice>}
      {tried.withheld !== null && <Notice tone="warning">{t("program.try_withheld", { why: tried.withheld })}</Notice>}
      {items.length > 0 && <Terms items={items} />}
      {tried.because.length > 0 && (
        <>
          <h3>{t("program.try_because")}</h3>
          <ul className="program-list">
            {tried.because.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      {tried.misses.length > 0 && (
        <>
          <h3>{t("program.try_misses")}</h3>
          <ul className="program-list">
            {tried.misses.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

const AMOUNT = /^\d{1,10}(\.\d{1,6})?$/;

/** The request of what was typed; null where something is missing or no number. */
export function bodyOf(values: TryForm): object | null {
  if (values.what === "order") return typeof values.order === "number" && values.order > 0 ? { order: values.order } : null;
  const { amount, shipping, quantity } = values;
  if (amount === null || !AMOUNT.test(amount) || (shipping !== null && !AMOUNT.test(shipping))) return null;
  if (typeof quantity !== "number" || quantity < 1) return null;
  const line = {
    amount,
    quantity,
    categories: values.category.trim() === "" ? [] : [values.category.trim()],
    product: values.product.trim() || null,
  };
  return { cart: { channel: values.channel, lines: [line], shipping: shipping ?? "0" } };
}
