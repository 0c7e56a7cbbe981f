import { FieldDecimal, FieldLongText, FieldMoney, FieldNumber, FieldSelect, FieldSwitch, FieldText, useLanguageName, useT } from "@/kit";
import { useId } from "react";
import { useController, type Control } from "react-hook-form";

import { saidAt } from "@/pages/rules/places";

import { asksForSeveral, isShown, type LevelForm, type TiersForm } from "./form";
import type { CardProps } from "./Levels";
import { Problems } from "./Problems";

/** One level: its names and color, what it takes, and what it gives. */
export function LevelEditor(props: CardProps & { at: number; level: LevelForm }) {
  const t = useT();
  const { control, disabled, at, level, findings } = props;
  const field = `levels.${at}` as const;
  const called = useLanguageName();
  const languages = Object.keys(level.names).map((locale) => ({ locale, language: called(locale) }));
  const unsaid = saidAt(findings, field).filter((one) => one.severity !== "error" || !isShown(one.field));
  return (
    <div className="kit-stack" data-level-editor={level.id}>
      <Problems found={unsaid} />
      <div className="kit-fields">
        {languages.map(({ locale, language }) => (
          <FieldText key={locale} control={control} name={`${field}.names.${locale}`} label={t("tiers.name", { language })} maxLength={80} disabled={disabled} />
        ))}
        <Color control={control} at={at} disabled={disabled} />
      </div>
      <fieldset className="tiers-group">
        <legend>{t("tiers.takes")}</legend>
        <p className="kit-hint">{t("tiers.takes_hint")}</p>
        <div className="kit-fields">
          {level.spend.map(({ currency }, place) => (
            <FieldMoney key={currency} control={control} name={`${field}.spend.${place}.min`} label={t("tiers.spend", { currency })} currency={currency} disabled={disabled} />
          ))}
          <FieldNumber control={control} name={`${field}.orders`} label={t("tiers.orders")} disabled={disabled} />
          <FieldNumber control={control} name={`${field}.status_points`} label={t("tiers.status_points")} hint={t("tiers.status_points_hint")} disabled={disabled} />
          <FieldNumber control={control} name={`${field}.tenure_days`} label={t("tiers.tenure_days")} affix={t("tiers.days")} disabled={disabled} />
          {asksForSeveral(level) && (
            <FieldSelect
              control={control}
              name={`${field}.match`}
              label={t("tiers.match")}
              choices={["all", "any"].map((value) => ({ value, label: t(`tiers.match.${value}`) }))}
              disabled={disabled}
            />
          )}
        </div>
        {level.spend.length > 1 && <p className="kit-hint">{t("tiers.spend_hint")}</p>}
      </fieldset>
      <fieldset className="tiers-group">
        <legend>{t("tiers.gives")}</legend>
        <div className="kit-fields">
          <FieldDecimal control={control} name={`${field}.multiplier`} label={t("tiers.multiplier")} hint={t("tiers.multiplier_hint")} affix="×" disabled={disabled} />
          <FieldNumber control={control} name={`${field}.entry_points`} label={t("tiers.entry_points")} hint={t("tiers.entry_points_hint")} disabled={disabled} />
        </div>
        <FieldSwitch control={control} name={`${field}.keep`} label={t("tiers.keep")} hint={t("tiers.keep_hint")} disabled={disabled} />
        <div className="kit-fields">
          {languages.map(({ locale, language }) => (
            <FieldLongText
              key={locale}
              control={control}
              name={`${field}.benefits.${locale}`}
              label={t("tiers.benefits", { language })}
              hint={t("tiers.benefits_hint")}
              rows={3}
              maxLength={2000}
              disabled={disabled}
            />
          ))}
        </div>
      </fieldset>
    </div>
  );
}

/** The color that the shop shows a level in. */
function Color(props: { control: Control<TiersForm>; at: number; disabled: boolean }) {
  const t = useT();
  const id = useId();
  const { field, fieldState } = useController({ control: props.control, name: `levels.${props.at}.color` });
  return (
    <div className="kit-field">
      <label htmlFor={id}>{t("tiers.color")}</label>
      <input {...field} id={id} className="tiers-color" type="color" value={field.value || "#808080"} disabled={props.disabled} aria-invalid={Boolean(fieldState.error)} />
      {fieldState.error?.message && <span className="kit-wrong">{fieldState.error.message}</span>}
    </div>
  );
}
