import { Button, Empty, FieldLongText, FieldMoney, FieldSelect, FieldSwitch, FieldText, Section, useT } from "@/kit";
import { useFieldArray, useWatch } from "react-hook-form";

import { Doubt, Example, useEditing } from "./context";
import { newOffer, type ProgramForm } from "./form";

/** Delivery that costs less, from a threshold on or for some. */
export function ShippingSection() {
  const t = useT();
  const { control, disabled } = useEditing();
  const { fields, append, remove } = useFieldArray({ control, name: "offers", keyName: "key" });
  const form = useWatch({ control }) as ProgramForm;
  const add = () => append(newOffer(form));
  return (
    <Section
      title={t("program.shipping")}
      hint={t("program.shipping_hint")}
      actions={
        !disabled && fields.length > 0 && fields.length < 20 ? (
          <Button type="button" variant="secondary" onClick={add}>
            {t("program.add_offer")}
          </Button>
        ) : undefined
      }
    >
      {fields.length === 0 && (
        <Empty
          title={t("program.no_offers")}
          action={
            disabled ? undefined : (
              <Button type="button" variant="secondary" onClick={add}>
                {t("program.add_offer")}
              </Button>
            )
          }
        >
          {t("program.no_offers_text")}
        </Empty>
      )}
      {fields.map((field, at) => (
        <Offer key={field.key} at={at} remove={() => remove(at)} />
      ))}
    </Section>
  );
}

function Offer(props: { at: number; remove: () => void }) {
  const t = useT();
  const { at } = props;
  const { control, disabled, seen } = useEditing();
  const offer = useWatch({ control, name: `offers.${at}` });
  const channelName = (slug: string) => seen.channels.find((one) => one.slug === slug)?.name ?? slug;
  const title = offer.names.find((one) => one.name.trim() !== "")?.name ?? t("program.offer", { number: at + 1 });
  return (
    <fieldset className="program-group" data-offer={offer.id}>
      <legend>{title}</legend>
      <FieldSwitch
        control={control}
        name={`offers.${at}.enabled`}
        label={t("program.offer_on")}
        hint={offer.conditional ? t("program.conditional") : undefined}
        disabled={disabled}
      />
      <Doubt field={`offers.${at}.enabled`} />
      <div className="kit-fields">
        {offer.names.map((one, row) => (
          <FieldText
            key={one.locale}
            control={control}
            name={`offers.${at}.names.${row}.name`}
            label={t("program.offer_name", { language: one.locale })}
            maxLength={60}
            disabled={disabled}
          />
        ))}
        <FieldSelect
          control={control}
          name={`offers.${at}.method`}
          label={t("program.offer_method")}
          choices={["cheapest", "any", "named"].map((value) => ({ value, label: t(`program.choice.method.${value}`) }))}
          disabled={disabled}
        />
      </div>
      {offer.method === "named" && (
        <FieldLongText control={control} name={`offers.${at}.method_names`} label={t("program.offer_method_names")} hint={t("program.one_a_line")} rows={3} disabled={disabled} />
      )}
      {offer.amounts.map((one, row) => (
        <div key={one.channel} className="program-amounts">
          <FieldSwitch control={control} name={`offers.${at}.amounts.${row}.offered`} label={channelName(one.channel)} disabled={disabled} />
          {one.offered && (
            <div className="program-rate">
              <FieldMoney control={control} name={`offers.${at}.amounts.${row}.price`} label={t("program.offer_price")} currency={one.currency} disabled={disabled} />
              <FieldMoney control={control} name={`offers.${at}.amounts.${row}.threshold`} label={t("program.offer_threshold")} currency={one.currency} disabled={disabled} />
            </div>
          )}
        </div>
      ))}
      <FieldSwitch control={control} name={`offers.${at}.hide_original`} label={t("program.hide_original")} hint={t("program.hide_original_hint")} disabled={disabled} />
      <Example path={`shipping.offers[${at}]`} />
      {!disabled && (
        <div className="kit-actions">
          <Button type="button" size="small" variant="secondary" onClick={props.remove}>
            {t("program.remove_offer", { name: title })}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
