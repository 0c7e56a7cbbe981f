import { decimalInput, decimalTyped, FieldMoney, FieldNumber, FieldSwitch, Section, useT } from "@/kit";
import { useId } from "react";
import { useWatch } from "react-hook-form";
import { useIntl } from "react-intl";

import { Doubt, Example, useEditing } from "./context";
import { read } from "./shapes";

/** What is earned and what points are worth, in each channel's own currency. */
export function RatesSection() {
  const t = useT();
  const { control, seen } = useEditing();
  const channels = useWatch({ control, name: "channels" });
  return (
    <Section title={t("program.rates")} hint={t("program.rates_hint")}>
      {channels.map((one, at) => (
        <ChannelRates key={one.channel} at={at} name={seen.channels.find((known) => known.slug === one.channel)?.name ?? one.channel} />
      ))}
    </Section>
  );
}

function ChannelRates(props: { at: number; name: string }) {
  const t = useT();
  const { at } = props;
  const { control, disabled, document, seen } = useEditing();
  const rates = useWatch({ control, name: `channels.${at}` });
  const known = seen.channels.find((one) => one.slug === rates.channel);
  const place = read(document).currencies.findIndex((one) => one.channel === rates.channel);
  const { currency } = rates;
  return (
    <fieldset className="program-group" data-channel={rates.channel}>
      <legend>
        {props.name} <span className="kit-soft">{currency}</span>
        {known === undefined && <span className="kit-soft"> · {t("program.channel_gone")}</span>}
        {known?.active === false && <span className="kit-soft"> · {t("program.channel_inactive")}</span>}
      </legend>
      <FieldSwitch control={control} name={`channels.${at}.earns`} label={t("program.earns")} disabled={disabled} />
      {rates.earns && (
        <div className="program-rate">
          <FieldNumber control={control} name={`channels.${at}.earn_points`} label={t("program.earn_points")} disabled={disabled} />
          <FieldMoney control={control} name={`channels.${at}.earn_money`} label={t("program.earn_money")} currency={currency} disabled={disabled} />
        </div>
      )}
      <FieldSwitch control={control} name={`channels.${at}.spends`} label={t("program.spends")} disabled={disabled} />
      {rates.spends && (
        <div className="program-rate">
          <FieldNumber control={control} name={`channels.${at}.spend_points`} label={t("program.spend_points")} disabled={disabled} />
          <FieldMoney control={control} name={`channels.${at}.spend_money`} label={t("program.spend_money")} currency={currency} disabled={disabled} />
        </div>
      )}
      <Doubt field={`channels.${at}.earns`} />
      {place >= 0 && known !== undefined && <ExampleAmounts channel={rates.channel} currency={currency} />}
      {place >= 0 && <Example path={`currencies[${place}]`} channel={rates.channel} />}
    </fieldset>
  );
}

/** The order that the examples of a channel are told of; it is no part of the program. */
function ExampleAmounts(props: { channel: string; currency: string }) {
  const t = useT();
  const intl = useIntl();
  const id = useId();
  const { orders, setOrder, seen } = useEditing();
  const order = orders.find((one) => one.channel === props.channel);
  const based = seen.channels.find((one) => one.slug === props.channel)?.orders ?? null;
  if (order === undefined) return null;
  const input = (name: "goods" | "shipping") => (
    <div className="kit-field">
      <label htmlFor={`${id}-${name}`}>{t(`program.example_${name}`)}</label>
      <span className="kit-input">
        <input
          id={`${id}-${name}`}
          inputMode="decimal"
          autoComplete="off"
          defaultValue={decimalInput(order[name], intl.locale)}
          onChange={(event) => setOrder({ ...order, [name]: decimalTyped(event.target.value, intl.locale) ?? "" })}
        />
        <span className="kit-affix">{props.currency}</span>
      </span>
    </div>
  );
  return (
    <details className="program-example-order">
      <summary>{based === null ? t("program.example_usual") : t("program.example_median", { count: based })}</summary>
      <div className="program-rate">
        {input("goods")}
        {input("shipping")}
      </div>
    </details>
  );
}
