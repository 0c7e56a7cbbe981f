import { FieldNumber, FieldSelect, FieldSwitch, FieldText, Section, useT } from "@/kit";
import { useFieldArray, useWatch } from "react-hook-form";

import { Example, useEditing } from "./context";
import { ExpiryExceptions } from "./ExpiryExceptions";

/** What counts, when points can be spent, when they expire, and what happens when goods come back. */
export function TermsSection() {
  const t = useT();
  const { control, disabled } = useEditing();
  const after = useWatch({ control, name: "available_after" });
  const expires = useWatch({ control, name: "expires" });
  const exceptions = useWatch({ control, name: "expiry_exceptions" });
  const choices = (setting: string, ...values: string[]) => values.map((value) => ({ value, label: t(`program.choice.${setting}.${value}`) }));
  return (
    <>
      <Section title={t("program.basis")} hint={t("program.basis_hint")}>
        <FieldSelect
          control={control}
          name="price_basis"
          label={t("program.price_basis")}
          choices={choices("price_basis", "displayed", "gross", "net")}
          disabled={disabled}
        />
        <Example path="settings.price_basis" />
        <FieldSwitch control={control} name="earn_on_shipping" label={t("program.earn_on_shipping")} disabled={disabled} />
        <Example path="settings.earn_on_shipping" />
        <Rules />
      </Section>
      <Section title={t("program.availability")} hint={t("program.availability_hint")}>
        <div className="kit-fields">
          <FieldSelect
            control={control}
            name="available_after"
            label={t("program.available_after")}
            choices={choices("available_after", "payment", "fulfillment")}
            disabled={disabled}
          />
          <FieldNumber control={control} name="available_days" label={t("program.available_days")} affix={t("program.days")} disabled={disabled} />
          {after === "fulfillment" && (
            <FieldNumber
              control={control}
              name="unfulfilled_alert_days"
              label={t("program.unfulfilled_alert_days")}
              affix={t("program.days")}
              disabled={disabled}
            />
          )}
        </div>
        <Example path="settings.availability" />
      </Section>
      <Section title={t("program.expiry")}>
        <FieldSwitch control={control} name="expires" label={t("program.expires")} hint={t("program.expires_hint")} disabled={disabled} />
        {expires && (
          <FieldNumber control={control} name="expiry_months" label={t("program.expiry_months")} affix={t("program.months")} disabled={disabled} />
        )}
        {(expires || exceptions.some((one) => one.expires)) && (
          <FieldSwitch control={control} name="expiry_notice" label={t("program.expiry_notice")} hint={t("program.expiry_notice_hint")} disabled={disabled} />
        )}
        <ExpiryExceptions />
        <Example path="settings.expiry" />
      </Section>
      <Section title={t("program.refunds")} hint={t("program.refunds_hint")}>
        <FieldSelect
          control={control}
          name="refund_policy"
          label={t("program.refund_policy")}
          choices={choices("refund_policy", "within_balance", "only_pending", "unlimited")}
          disabled={disabled}
        />
        <Example path="settings.refund_policy" />
      </Section>
    </>
  );
}

/** Who takes part, and by which versions of the terms. */
export function JoiningSection() {
  const t = useT();
  const { control, disabled } = useEditing();
  return (
    <Section title={t("program.joining")} hint={t("program.joining_hint")}>
      <FieldSelect
        control={control}
        name="enrollment"
        label={t("program.enrollment")}
        choices={["automatic", "opt_in"].map((value) => ({ value, label: t(`program.choice.enrollment.${value}`) }))}
        disabled={disabled}
      />
      <Example path="settings.enrollment" />
      <div className="kit-fields">
        <FieldText control={control} name="terms_version" label={t("program.terms_version")} hint={t("program.version_hint")} maxLength={60} disabled={disabled} />
        <FieldText control={control} name="privacy_version" label={t("program.privacy_version")} maxLength={60} disabled={disabled} />
        <FieldNumber control={control} name="hold_out_percent" label={t("program.hold_out")} hint={t("program.hold_out_hint")} affix="%" disabled={disabled} />
      </div>
      <Example path="settings.hold_out_percent" />
    </Section>
  );
}

/** The earning rules, each on or off; what they ask for is edited as YAML. */
function Rules() {
  const t = useT();
  const { control, disabled } = useEditing();
  const { fields } = useFieldArray({ control, name: "rules", keyName: "key" });
  if (fields.length === 0) return null;
  return (
    <fieldset className="program-group">
      <legend>{t("program.rules")}</legend>
      {fields.map((one, at) => (
        <FieldSwitch
          key={one.key}
          control={control}
          name={`rules.${at}.enabled`}
          label={one.name}
          hint={one.conditional ? t("program.rule_conditional") : undefined}
          disabled={disabled}
        />
      ))}
    </fieldset>
  );
}
