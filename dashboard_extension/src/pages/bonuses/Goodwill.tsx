import { FailureOf, FieldLongText, FieldMoney, FieldNumber, FieldSelect, FieldSwitch, Section, useLanguageName, useT } from "@/kit";
import { useWatch } from "react-hook-form";
import { Link } from "react-router";

import { useApiQuery } from "@/api";

import type { CardProps } from "./Cards";
import { SIGNALS, SUGGESTIONS, type SignalKind } from "./signals";

/** What is watched of orders that go wrong, and what is suggested for it. */
export function Goodwill(props: CardProps) {
  const t = useT();
  const called = useLanguageName();
  const { control, disabled } = props;
  const goodwill = useWatch({ control, name: "goodwill" });
  const numbers = useApiQuery("/api/dashboard/v1/goodwill/numbers");
  const watched = SIGNALS.some((kind) => goodwill[kind].on);
  return (
    <Section title={t("bonuses.goodwill")} hint={t("bonuses.goodwill_hint")}>
      <div className="bonuses-signals">
        {SIGNALS.map((kind) => (
          <Signal key={kind} {...props} kind={kind} />
        ))}
      </div>
      {watched && (
        <>
          <div className="kit-fields">
            <FieldNumber control={control} name="goodwill.times" label={t("bonuses.limit_times")} hint={t("bonuses.limit_hint")} disabled={disabled} />
            <FieldNumber control={control} name="goodwill.limit_days" label={t("bonuses.limit_days")} affix={t("bonuses.days")} disabled={disabled} />
            {SIGNALS.some((kind) => goodwill[kind].on && goodwill[kind].automatic) && (
              <FieldNumber control={control} name="goodwill.automatic_points" label={t("bonuses.automatic_points")} hint={t("bonuses.automatic_points_hint")} disabled={disabled} />
            )}
          </div>
          {goodwill.apology.map((one, at) => (
            <FieldLongText
              key={one.locale}
              control={control}
              name={`goodwill.apology.${at}.text`}
              label={t("bonuses.apology_in", { language: called(one.locale) })}
              hint={at === 0 ? t("bonuses.apology_hint") : undefined}
              rows={3}
              maxLength={2000}
              disabled={disabled}
            />
          ))}
        </>
      )}
      <FailureOf query={numbers} />
      <p className="kit-hint">
        {numbers.data !== undefined && t("bonuses.goodwill_open", { open: numbers.data.open })}{" "}
        <Link className="kit-link" to="/activity/cases">
          {t("bonuses.to_cases")}
        </Link>
      </p>
    </Section>
  );
}

function Signal(props: CardProps & { kind: SignalKind }) {
  const t = useT();
  const { control, disabled, kind } = props;
  const field = `goodwill.${kind}` as const;
  const signal = useWatch({ control, name: field });
  return (
    <fieldset className="bonuses-options" data-signal={kind}>
      <legend>{t(`bonuses.signal.${kind}`)}</legend>
      <FieldSwitch control={control} name={`${field}.on`} label={t("bonuses.watched")} hint={t(`bonuses.signal_hint.${kind}`)} disabled={disabled} />
      {signal.on && (
        <>
          {kind === "late_delivery" && <Days {...props} />}
          <FieldSelect
            control={control}
            name={`${field}.type`}
            label={t("bonuses.suggests")}
            choices={SUGGESTIONS.map((value) => ({ value, label: t(`bonuses.suggests.${value}`) }))}
            disabled={disabled}
          />
          {signal.type === "points" && <FieldNumber control={control} name={`${field}.points`} label={t("bonuses.points")} disabled={disabled} />}
          {signal.type === "amount" && (
            <div className="kit-fields">
              {signal.amounts.map((one, at) => (
                <FieldMoney key={one.currency} control={control} name={`${field}.amounts.${at}.amount`} label={t("bonuses.amount_in", { currency: one.currency })} currency={one.currency} disabled={disabled} />
              ))}
            </div>
          )}
          {signal.type !== "points" && <FieldSwitch control={control} name={`${field}.as_code`} label={t("bonuses.as_code")} hint={t("bonuses.as_code_hint")} disabled={disabled} />}
          <FieldSwitch control={control} name={`${field}.automatic`} label={t("bonuses.automatic")} hint={t("bonuses.automatic_hint")} disabled={disabled} />
        </>
      )}
    </fieldset>
  );
}

function Days({ control, disabled, channels: known }: CardProps) {
  const t = useT();
  const channels = useWatch({ control, name: "goodwill.channels" });
  return (
    <div className="kit-fields">
      <FieldNumber control={control} name="goodwill.days" label={t("bonuses.late_days")} affix={t("bonuses.days")} disabled={disabled} />
      {channels.length > 1 &&
        channels.map((one, at) => (
          <FieldNumber key={one.channel} control={control} name={`goodwill.channels.${at}.days`} label={t("bonuses.late_days_in", { channel: known.find(({ slug }) => slug === one.channel)?.name ?? one.channel })} affix={t("bonuses.days")} disabled={disabled} />
        ))}
    </div>
  );
}
