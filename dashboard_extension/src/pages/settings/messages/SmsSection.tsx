import { FieldLongText, FieldSelect, FieldSwitch, FieldText, Notice, Section, useT, When } from "@/kit";

import { gatewaySecretMissing, keptSince } from "./form";
import type { Part } from "./ServerSection";

/** A gateway for text messages: any that takes an HTTP request. */
export function SmsSection({ control, now, seen, kinds }: Part) {
  const t = useT();
  const since = keptSince(seen, "sms_secret");
  return (
    <Section title={t("messages.sms")} hint={t("messages.sms_hint")}>
      <FieldSwitch control={control} name="texting" label={t("messages.texting")} hint={t("messages.texting_hint")} />
      {now.texting && (
        <>
          <p className="kit-hint">{t("messages.marks")}</p>
          <FieldText control={control} name="sms.url" type="url" label={t("messages.gateway")} placeholder="https://api.example.com/sms" maxLength={1000} />
          <div className="kit-fields">
            <FieldSelect control={control} name="sms.method" label={t("messages.method")} choices={["POST", "GET"].map((value) => ({ value, label: value }))} />
            {now.sms.method === "POST" && (
              <FieldSelect
                control={control}
                name="sms.body_type"
                label={t("messages.body_type")}
                choices={(["json", "form"] as const).map((value) => ({ value, label: t(`messages.body_type.${value}`) }))}
              />
            )}
          </div>
          {now.sms.method === "POST" && <FieldLongText control={control} name="sms.body" label={t("messages.body")} rows={4} maxLength={4000} />}
          <div className="kit-fields">
            <FieldText control={control} name="sms.authorization" label={t("messages.authorization")} placeholder={t("messages.authorization_example")} maxLength={200} />
            <FieldText
              control={control}
              name="sms_secret"
              type="password"
              autoComplete="new-password"
              label={t("messages.sms_secret")}
              placeholder={since === null ? undefined : "••••••••"}
              maxLength={500}
              hint={since === null ? t("messages.sms_secret_hint") : <>{t("messages.password_kept")} <When at={since} form="day" /></>}
            />
          </div>
          {gatewaySecretMissing(now, seen) && <Notice tone="warning">{t("messages.sms_secret_again")}</Notice>}
          <fieldset className="kit-stack">
            <legend className="settings-legend">{t("messages.sms_kinds")}</legend>
            <div>
              {kinds.map((one) => (
                <FieldSwitch key={one.kind} control={control} name={`sms_kinds.${one.kind}`} label={one.name} />
              ))}
            </div>
          </fieldset>
        </>
      )}
    </Section>
  );
}
