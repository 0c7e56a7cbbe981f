import type { Control, UseFormSetValue } from "react-hook-form";

import { FieldLongText, FieldNumber, FieldSelect, FieldSwitch, FieldText, Notice, Section, useT, When } from "@/kit";

import { keptSince, passwordMissing, USUAL_PORTS, type KindLine, type MailForm, type Seen } from "./form";

export interface Part {
  readonly control: Control<MailForm, unknown, Record<string, unknown>>;
  /** What the form says now. */
  readonly now: MailForm;
  readonly seen: Seen;
  readonly kinds: readonly KindLine[];
}

/** The store's own mail server. */
export function ServerSection({ control, now, seen, setValue }: Part & { setValue: UseFormSetValue<MailForm> }) {
  const t = useT();
  const since = keptSince(seen, "smtp_password");
  const usual = USUAL_PORTS[now.smtp.security];
  return (
    <Section title={t("messages.server")} hint={t("messages.server_hint")}>
      <FieldSwitch control={control} name="own_server" label={t("messages.own_server")} hint={t(seen.sent_by === "operator" ? "messages.own_server_instead" : "messages.own_server_hint")} />
      {now.own_server && (
        <>
          <div className="kit-fields">
            <FieldText control={control} name="smtp.host" label={t("messages.host")} placeholder="smtp.example.com" maxLength={253} />
            <FieldSelect
              control={control}
              name="smtp.security"
              label={t("messages.security")}
              choices={(["starttls", "tls", "none"] as const).map((value) => ({ value, label: t(`messages.security.${value}`) }))}
            />
            <FieldNumber control={control} name="smtp.port" label={t("messages.port")} hint={t("messages.port_hint", { port: usual })} />
          </div>
          {typeof now.smtp.port === "number" && now.smtp.port !== usual && Object.values<number>(USUAL_PORTS).includes(now.smtp.port) && (
            <p className="kit-hint">
              {t("messages.other_port")}{" "}
              <button type="button" className="kit-link settings-inline" onClick={() => setValue("smtp.port", usual, { shouldDirty: true })}>
                {t("messages.take_port", { port: usual })}
              </button>
            </p>
          )}
          {now.smtp.security === "none" && <Notice tone="warning">{t("messages.no_encryption")}</Notice>}
          <div className="kit-fields">
            <FieldText control={control} name="smtp.username" label={t("messages.username")} maxLength={200} />
            <FieldText
              control={control}
              name="smtp_password"
              type="password"
              autoComplete="new-password"
              label={t("messages.password")}
              placeholder={since === null ? undefined : "••••••••"}
              maxLength={500}
              hint={since === null ? t("messages.password_hint") : <>{t("messages.password_kept")} <When at={since} form="day" /></>}
            />
          </div>
          {passwordMissing(now, seen) && <Notice tone="warning">{t("messages.password_again")}</Notice>}
        </>
      )}
    </Section>
  );
}

/** Whom members see as the sender. */
export function SenderSection({ control }: Part) {
  const t = useT();
  return (
    <Section title={t("messages.sender")} hint={t("messages.sender_hint")}>
      <div className="kit-fields">
        <FieldText control={control} name="sender.address" type="email" label={t("messages.sender_address")} placeholder="points@example.com" maxLength={254} />
        <FieldText control={control} name="sender.name" label={t("messages.sender_name")} maxLength={200} />
        <FieldText control={control} name="sender.reply_to" type="email" label={t("messages.reply_to")} hint={t("messages.reply_to_hint")} maxLength={254} />
      </div>
    </Section>
  );
}

/** Who writes, and what mails look like. */
export function FooterSection({ control }: Part) {
  const t = useT();
  return (
    <Section title={t("messages.footer")} hint={t("messages.footer_hint")}>
      <div className="kit-fields">
        <FieldText control={control} name="footer.company" label={t("messages.company")} maxLength={200} />
        <FieldText control={control} name="footer.mersis" label={t("messages.mersis")} hint={t("messages.mersis_hint")} maxLength={16} />
      </div>
      <FieldLongText control={control} name="footer.postal_address" label={t("messages.postal_address")} rows={3} maxLength={400} />
      <div className="kit-fields">
        <FieldText control={control} name="look.color" label={t("messages.color")} hint={t("messages.as_rewards_page")} placeholder="#1f6f54" maxLength={7} />
        <FieldText control={control} name="look.logo_url" type="url" label={t("messages.logo")} hint={t("messages.as_rewards_page")} maxLength={500} />
        <FieldText control={control} name="look.points_url" type="url" label={t("messages.points_url")} hint={t("messages.points_url_hint")} maxLength={500} />
      </div>
    </Section>
  );
}
