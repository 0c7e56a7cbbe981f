import { FieldNumber, FieldSelect, FieldSwitch, FieldText, Section, useT } from "@/kit";

import type { Part } from "./ServerSection";

/** Which kinds are sent. */
export function KindsSection({ control, kinds }: Part) {
  const t = useT();
  return (
    <Section title={t("messages.kinds")} hint={t("messages.kinds_hint")}>
      <div>
        {kinds.map((one) => (
          <FieldSwitch
            key={one.kind}
            control={control}
            name={`sent.${one.kind}`}
            label={one.name}
            disabled={!one.optional}
            hint={!one.optional ? t("messages.always") : one.message_class === "marketing" ? t("messages.marketing") : undefined}
          />
        ))}
      </div>
    </Section>
  );
}

/** What offers keep to, and where the balance is mirrored. */
export function OffersSection({ control, now }: Part) {
  const t = useT();
  return (
    <>
      <Section title={t("messages.offers")} hint={t("messages.offers_hint")}>
        <div className="kit-fields">
          <FieldText control={control} name="quiet_hours.begin" type="time" label={t("messages.quiet_begin")} />
          <FieldText control={control} name="quiet_hours.end" type="time" label={t("messages.quiet_end")} hint={t("messages.quiet_hint")} />
          <FieldNumber control={control} name="weekly_cap" label={t("messages.weekly_cap")} hint={t("messages.weekly_cap_hint")} />
        </div>
        <FieldSwitch control={control} name="consent_register.used" label={t("messages.register")} hint={t("messages.register_hint")} />
        {now.consent_register.used && (
          <div className="settings-narrow">
            <FieldText control={control} name="consent_register.brand_code" label={t("messages.brand_code")} maxLength={12} />
          </div>
        )}
      </Section>
      <Section title={t("messages.mirror")} hint={t("messages.mirror_hint")}>
        <div className="settings-narrow">
          <FieldSelect
            control={control}
            name="mirror"
            label={t("messages.mirror_label")}
            choices={(["private", "public", "off"] as const).map((value) => ({ value, label: t(`messages.mirror.${value}`) }))}
          />
        </div>
      </Section>
    </>
  );
}
