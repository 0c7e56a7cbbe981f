import { Button, FieldDate, FieldLongText, FieldMoney, FieldNumber, FieldSelect, FieldSwitch, FieldText, Notice, useLanguageName, useT } from "@/kit";
import { useMemo, useState } from "react";
import { useController, useWatch } from "react-hook-form";
import { useIntl } from "react-intl";

import { useNames } from "@/pages/rules/names";
import { NamesNotice, Search } from "@/pages/rules/pickers";

import { AMOUNTS, KINDS, levelsOf, PERIODS, segmentsOf } from "./form";
import type { ItemsProps } from "./Items";
import "@/pages/rules/rules.css";

interface ItemProps extends ItemsProps {
  readonly at: number;
  readonly kind: string;
  readonly remove: () => void;
}

/** All that is said of one reward. */
export function Item(props: ItemProps) {
  const t = useT();
  const called = useLanguageName();
  const { control, disabled, at, kind } = props;
  const names = useWatch({ control, name: `items.${at}.names` });
  const id = useWatch({ control, name: `items.${at}.id` });
  const isDated = !["invitation", "custom"].includes(kind);
  return (
    <div className="kit-stack">
      <div className="kit-fields">
        {names.map((one, place) => (
          <FieldText key={one.locale} control={control} name={`items.${at}.names.${place}.text`} label={t("rewards.name_in", { language: called(one.locale) })} maxLength={120} disabled={disabled} />
        ))}
      </div>
      <div className="kit-fields">
        {names.map((one, place) => (
          <FieldLongText
            key={one.locale}
            control={control}
            name={`items.${at}.texts.${place}.text`}
            label={t("rewards.text_in", { language: called(one.locale) })}
            rows={2}
            maxLength={2000}
            disabled={disabled}
          />
        ))}
      </div>
      <div className="kit-fields">
        <FieldSelect
          control={control}
          name={`items.${at}.kind`}
          label={t("rewards.kind")}
          hint={t(`rewards.kind_hint.${kind}`)}
          choices={KINDS.map((value) => ({ value, label: t(`rewards.kind.${value}`) }))}
          disabled={disabled}
        />
        <FieldNumber control={control} name={`items.${at}.points`} label={t("rewards.points")} disabled={disabled} />
        {kind === "percent" && <FieldNumber control={control} name={`items.${at}.percent`} label={t("rewards.percent")} affix="%" disabled={disabled} />}
        {isDated && (
          <FieldNumber control={control} name={`items.${at}.valid_days`} label={t("rewards.valid_days")} hint={t(kind === "early_access" ? "rewards.access_days_hint" : "rewards.valid_days_hint")} affix={t("rewards.days")} disabled={disabled} />
        )}
      </div>
      {kind === "free_product" && <Variant {...props} />}
      {kind === "early_access" && <Notice tone="info">{t("rewards.access_key", { id })}</Notice>}
      {kind === "invitation" && (
        <div className="kit-fields">
          {names.map((one, place) => (
            <FieldLongText key={one.locale} control={control} name={`items.${at}.notes.${place}.text`} label={t("rewards.note_in", { language: called(one.locale) })} rows={3} maxLength={2000} disabled={disabled} />
          ))}
        </div>
      )}
      <Channels {...props} />
      <Bounds {...props} />
      <FieldText control={control} name={`items.${at}.picture`} type="url" label={t("rewards.picture")} hint={t("rewards.picture_hint")} maxLength={500} disabled={disabled} />
      <FieldSwitch control={control} name={`items.${at}.enabled`} label={t("rewards.enabled")} disabled={disabled} />
      {!disabled && (
        <div className="kit-actions">
          <Button type="button" variant="tertiary" onClick={props.remove}>
            {t("rewards.remove")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The product that is free, found by its name. */
function Variant({ control, disabled, at }: ItemProps) {
  const t = useT();
  const { field, fieldState } = useController({ control, name: `items.${at}.variant` });
  const [open, setOpen] = useState(false);
  const reference: string = field.value;
  // What is picked later tells its name itself: the store is asked for the one that was there.
  const [first] = useState(reference);
  const names = useNames(useMemo(() => ({ variant: first === "" ? [] : [first] }), [first]));
  return (
    <div className="kit-field" data-variant="">
      <span className="rewards-label">{t("rewards.variant")}</span>
      <p>{reference === "" ? t("rewards.no_variant") : (names.known.variant?.[reference] ?? reference)}</p>
      {fieldState.error && <span className="kit-wrong">{fieldState.error.message}</span>}
      <NamesNotice failure={names.failure} retry={names.retry} missing={[]} />
      {names.missing.some((one) => one.reference === reference) && <Notice tone="warning">{t("rewards.variant_gone")}</Notice>}
      {!disabled && (
        <div className="kit-actions">
          <Button type="button" size="small" variant="secondary" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? "rules.search_close" : "rules.pick.variant")}
          </Button>
        </div>
      )}
      {open && !disabled && (
        <Search
          kind="variant"
          chosen={reference === "" ? [] : [reference]}
          pick={(chosen, name) => {
            names.learn("variant", chosen, name);
            field.onChange(chosen);
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}

/** Where it is offered, and its amounts there. */
function Channels({ control, disabled, at, kind, channels }: ItemProps) {
  const t = useT();
  const rows = useWatch({ control, name: `items.${at}.channels` });
  return (
    <fieldset className="rewards-channels">
      <legend>{t("rewards.channels")}</legend>
      {rows.every((one) => !one.on) && <Notice tone="warning">{t("rewards.no_channel")}</Notice>}
      {rows.map((row, place) => (
        <div key={row.channel} className="rewards-channel" data-channel={row.channel}>
          <FieldSwitch
            control={control}
            name={`items.${at}.channels.${place}.on`}
            label={t("rewards.in_channel", { channel: channels.find((one) => one.slug === row.channel)?.name ?? row.channel, currency: row.currency })}
            disabled={disabled}
          />
          {row.on && (
            <div className="kit-fields">
              {(AMOUNTS[kind] ?? []).map((name) => (
                <FieldMoney
                  key={name}
                  control={control}
                  name={`items.${at}.channels.${place}.${name}`}
                  label={t(`rewards.${name}`)}
                  hint={t(`rewards.${name}_hint.${hasOwnHint(kind, name) ? kind : "any"}`)}
                  currency={row.currency}
                  disabled={disabled}
                />
              ))}
            </div>
          )}
        </div>
      ))}
    </fieldset>
  );
}

/** Whether what is said beside an amount is not the same for every kind. */
function hasOwnHint(kind: string, name: string): boolean {
  return (kind === "shipping" && name === "amount") || (kind === "percent" && name === "worth");
}

/** How many, for whom and when. */
function Bounds({ control, disabled, at, document }: ItemProps) {
  const t = useT();
  const { locale } = useIntl();
  return (
    <>
      <div className="kit-fields">
        <FieldNumber control={control} name={`items.${at}.stock`} label={t("rewards.stock")} hint={t("rewards.stock_hint")} disabled={disabled} />
        <FieldNumber control={control} name={`items.${at}.times`} label={t("rewards.times")} hint={t("rewards.times_hint")} disabled={disabled} />
        <FieldSelect control={control} name={`items.${at}.period`} label={t("rewards.period")} choices={PERIODS.map((value) => ({ value, label: t(`rewards.period.${value}`) }))} disabled={disabled} />
      </div>
      <div className="kit-fields">
        <FieldNumber control={control} name={`items.${at}.member_days`} label={t("rewards.member_days")} hint={t("rewards.member_days_hint")} affix={t("rewards.days")} disabled={disabled} />
        <FieldDate control={control} name={`items.${at}.active_from`} label={t("rewards.active_from")} disabled={disabled} />
        <FieldDate control={control} name={`items.${at}.active_until`} label={t("rewards.active_until")} disabled={disabled} />
      </div>
      <Some control={control} name={`items.${at}.tiers`} legend={t("rewards.tiers")} known={levelsOf(document, locale)} disabled={disabled} />
      <Some control={control} name={`items.${at}.segments`} legend={t("rewards.segments")} known={segmentsOf(document, locale)} disabled={disabled} />
    </>
  );
}

/** Some of a few, each with a box to tick; what is chosen and gone stays to be seen. */
function Some(props: {
  control: ItemProps["control"];
  name: `items.${number}.tiers` | `items.${number}.segments`;
  legend: string;
  known: readonly { value: string; label: string }[];
  disabled: boolean;
}) {
  const t = useT();
  const { known, disabled } = props;
  const { field } = useController({ control: props.control, name: props.name });
  const chosen: string[] = field.value;
  const strange = chosen.filter((one) => !known.some(({ value }) => value === one)).map((value) => ({ value, label: value }));
  const offered = [...known, ...strange];
  if (offered.length === 0) return null;
  return (
    <fieldset className="rewards-choices">
      <legend>{props.legend}</legend>
      {offered.map(({ value, label }) => (
        <label key={value}>
          <input
            type="checkbox"
            value={value}
            checked={chosen.includes(value)}
            disabled={disabled}
            onChange={() => field.onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value])}
          />
          {label}
        </label>
      ))}
      <span className="kit-hint">{t("rewards.some_hint")}</span>
    </fieldset>
  );
}
