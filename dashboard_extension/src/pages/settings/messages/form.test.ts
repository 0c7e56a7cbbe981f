import { describe, expect, it } from "vitest";

import { formOf, gatewaySecretMissing, passwordMissing, schemaOf, settingsOf, type KindLine, type MailForm, type Seen, type Wrong } from "./form";

const kind = (name: string, optional: boolean) => ({ kind: name, name, optional, message_class: "transactional", fields: [], choices: [], event: "" }) as unknown as KindLine;
const KINDS = [kind("welcome", true), kind("reward_code", false), kind("monthly_statement", true)];
const SEEN: Seen = {
  version: 3,
  settings: {
    smtp: { host: "mail.example.com", port: 587, security: "starttls", username: "shop" },
    sender: { address: "shop@example.com", name: "Shop", reply_to: "" },
    footer: { company: "", postal_address: "", mersis: "" },
    look: { color: "", logo_url: "", points_url: "" },
    quiet_hours: { begin: "21:00", end: "09:00" },
    weekly_cap: 2,
    switched_off: ["monthly_statement"],
    sms: null,
    consent_register: { used: false, brand_code: "" },
    mirror: "private",
  },
  sent_by: "store",
  secrets: [{ name: "smtp_password", since: "2026-11-01T09:00:00Z" }],
  waiting: 0,
  unreported_consents: 0,
  report_until: null,
};
const WRONG = Object.fromEntries(
  ["needed", "address", "host", "port", "mersis", "brand", "time", "cap", "color", "page", "gateway", "marks", "json"].map((name) => [name, name]),
) as unknown as Wrong;

const changed = (changes: Partial<MailForm>): MailForm => ({ ...formOf(SEEN, KINDS), ...changes });
const problems = (changes: Partial<MailForm>) =>
  (schemaOf(WRONG).safeParse(changed(changes)).error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`);

describe("the form of the messages", () => {
  it("gives back what it was made of, and leaves secrets as they are", () => {
    expect(settingsOf(formOf(SEEN, KINDS), SEEN, KINDS)).toEqual({ version: 3, settings: SEEN.settings, smtp_password: null, sms_secret: null });
    expect(problems({})).toEqual([]);
  });

  it("keeps what must be sent switched on, whatever the switches say", () => {
    const { settings } = settingsOf(changed({ sent: { welcome: false, reward_code: false, monthly_statement: true } }), SEEN, KINDS);
    expect(settings.switched_off).toEqual(["welcome"]);
  });

  it("drops server and gateway with their switch, and a password with its user", () => {
    const without = settingsOf(changed({ own_server: false, texting: false }), SEEN, KINDS);
    expect([without.settings.smtp, without.settings.sms, without.smtp_password]).toEqual([null, null, null]);
    const nobody = settingsOf(changed({ smtp: { host: "mail.example.com", port: 25, security: "none", username: " " } }), SEEN, KINDS);
    expect(nobody.smtp_password).toBe("");
  });

  it("says when a password has to be given again: it belongs to its server and user", () => {
    expect(passwordMissing(changed({}), SEEN)).toBe(false);
    const smtp = { host: "other.example.com", port: 587, security: "starttls", username: "shop" } as const;
    expect(passwordMissing(changed({ smtp }), SEEN)).toBe(true);
    expect(passwordMissing(changed({ smtp, smtp_password: "new" }), SEEN)).toBe(false);
    expect(passwordMissing(changed({}), { ...SEEN, secrets: [] })).toBe(true);
    const sms = { url: "https://sms.example.com/send", method: "POST", body_type: "json", body: '{"key": "{secret}"}', authorization: "" } as const;
    expect(gatewaySecretMissing(changed({ texting: true, sms }), SEEN)).toBe(true);
    expect(gatewaySecretMissing(changed({ texting: true, sms: { ...sms, body: "{}" } }), SEEN)).toBe(false);
  });

  it.each<[string, Partial<MailForm>, string[]]>([
    ["a server without name", { smtp: { host: "", port: 587, security: "tls", username: "" } }, ["smtp.host: host"]],
    ["a port that is none", { smtp: { host: "mail.example.com", port: "x", security: "tls", username: "" } }, ["smtp.port: port"]],
    ["a server without sender", { sender: { address: "", name: "", reply_to: "" } }, ["sender.address: needed"]],
    ["a sender that is no address", { sender: { address: "shop", name: "", reply_to: "x@y" } }, ["sender.address: address", "sender.reply_to: address"]],
    ["a MERSİS number that is too short", { footer: { company: "", postal_address: "", mersis: "123" } }, ["footer.mersis: mersis"]],
    ["no cap", { weekly_cap: null }, ["weekly_cap: cap"]],
    [
      "a gateway that gets no text",
      { texting: true, sms: { url: "https://sms.example.com/{phone}", method: "GET", body_type: "json", body: "{text}", authorization: "" } },
      ["sms.url: marks"],
    ],
    [
      "a body that is no JSON",
      { texting: true, sms: { url: "https://sms.example.com", method: "POST", body_type: "json", body: "to={phone}&m={text}", authorization: "" } },
      ["sms.body: json"],
    ],
  ])("refuses %s", (_what, changes, expected) => {
    expect(problems(changes)).toEqual(expected);
  });

  it("does not look at a server that is switched off", () => {
    expect(problems({ own_server: false, smtp: { host: "", port: null, security: "tls", username: "" } })).toEqual([]);
  });
});
