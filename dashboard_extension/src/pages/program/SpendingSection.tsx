import { FieldMoney, FieldNumber, Section, useT } from "@/kit";
import { useWatch } from "react-hook-form";

import { Doubt, Example, useEditing } from "./context";

/** How many points can be spent at once, and from which order on. */
export function SpendingSection() {
  const t = useT();
  const { control, disabled, seen } = useEditing();
  const channels = useWatch({ control, name: "channels" });
  const spending = channels.map((one, at) => ({ ...one, at })).filter((one) => one.spends);
  return (
    <Section title={t("program.spending")} hint={t("program.spending_hint")}>
      <div className="kit-fields">
        <FieldNumber control={control} name="minimum_points" label={t("program.minimum_points")} disabled={disabled} />
        <FieldNumber control={control} name="step" label={t("program.step")} hint={t("program.step_hint")} disabled={disabled} />
        <FieldNumber control={control} name="maximum_share" label={t("program.maximum_share")} affix="%" disabled={disabled} />
      </div>
      <Doubt field="minimum_points" />
      {spending.length > 0 && (
        <fieldset className="program-group">
          <legend>{t("program.minimum_orders")}</legend>
          <p className="kit-hint">{t("program.minimum_orders_hint")}</p>
          <div className="kit-fields">
            {spending.map((one) => (
              <FieldMoney
                key={one.channel}
                control={control}
                name={`channels.${one.at}.minimum_order`}
                label={seen.channels.find((known) => known.slug === one.channel)?.name ?? one.channel}
                currency={one.currency}
                disabled={disabled}
              />
            ))}
          </div>
        </fieldset>
      )}
      <Example path="spending" />
      <details>
        <summary>{t("program.spending_more")}</summary>
        <div className="kit-fields">
          <FieldNumber control={control} name="hold_minutes" label={t("program.hold_minutes")} hint={t("program.hold_minutes_hint")} affix={t("program.minutes")} disabled={disabled} />
          <FieldNumber control={control} name="code_days" label={t("program.code_days")} hint={t("program.code_days_hint")} affix={t("program.days")} disabled={disabled} />
          <FieldNumber control={control} name="grace_days" label={t("program.grace_days")} hint={t("program.grace_days_hint")} affix={t("program.days")} disabled={disabled} />
        </div>
      </details>
    </Section>
  );
}
