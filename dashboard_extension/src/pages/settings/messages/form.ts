import { z } from "zod";

import type { components } from "@/api";

type Setup = components["schemas"]["MailSetup"];
type Smtp = components["schemas"]["SmtpServer"];
type Gateway = components["schemas"]["SmsGateway"];
export type Seen = components["schemas"]["MessageSettings"];
export type SettingsInput = components["schemas"]["MessageSettingsInput"];
export type KindLine = components["schemas"]["MessageKind"];
type Kind = KindLine["kind"];

/** Which kinds are switched on, by kind. */
export type Switches = Record<string, boolean>;

/** The form: what is optional in the settings is there with a switch, so that nothing typed is lost. */
export interface MailForm {
  own_server: boolean;
  smtp: { host: string; port: number | string | null; security: Smtp["security"]; username: string };
  smtp_password: string;
  sender: Setup["sender"];
  footer: Setup["footer"];
  look: Setup["look"];
  quiet_hours: Setup["quiet_hours"];
  weekly_cap: number | string | null;
  sent: Switches;
  texting: boolean;
  sms: Omit<Gateway, "kinds">;
  sms_kinds: Switches;
  sms_secret: string;
  consent_register: Setup["consent_register"];
  mirror: Setup["mirror"];
}

const NO_SERVER: MailForm["smtp"] = { host: "", port: 587, security: "starttls", username: "" };
const NO_GATEWAY: MailForm["sms"] = { url: "", method: "POST", body_type: "json", body: '{"to": "{phone}", "message": "{text}"}', authorization: "" };
/** The port that goes with a way of encryption, where the other's stands. */
export const USUAL_PORTS = { starttls: 587, tls: 465, none: 25 } as const;

/** The settings as the form shows them; secrets are never among them. */
export function formOf({ settings }: Seen, kinds: readonly KindLine[]): MailForm {
  const { smtp, sms } = settings;
  const off = new Set<Kind>(settings.switched_off);
  const told = new Set<Kind>(sms?.kinds ?? []);
  return {
    own_server: smtp !== null && smtp !== undefined,
    smtp: smtp ? { host: smtp.host, port: smtp.port, security: smtp.security, username: smtp.username } : NO_SERVER,
    smtp_password: "",
    sender: settings.sender,
    footer: settings.footer,
    look: settings.look,
    quiet_hours: settings.quiet_hours,
    weekly_cap: settings.weekly_cap,
    sent: Object.fromEntries(kinds.map(({ kind }) => [kind, !off.has(kind)])),
    texting: sms !== null && sms !== undefined,
    sms: sms ? { url: sms.url, method: sms.method, body_type: sms.body_type, body: sms.body, authorization: sms.authorization } : NO_GATEWAY,
    sms_kinds: Object.fromEntries(kinds.map(({ kind }) => [kind, told.has(kind)])),
    sms_secret: "",
    consent_register: settings.consent_register,
    mirror: settings.mirror,
  };
}

/** What is sent of a form that its schema let through. */
export function settingsOf(form: MailForm, seen: Seen, kinds: readonly KindLine[]): SettingsInput {
  const chosen = (switches: Switches, on: boolean) => kinds.filter(({ kind }) => (switches[kind] ?? false) === on).map(({ kind }) => kind);
  const optional = new Set(kinds.filter((one) => one.optional).map(({ kind }) => kind));
  return {
    version: seen.version,
    settings: {
      smtp: form.own_server ? { ...form.smtp, port: Number(form.smtp.port) } : null,
      sender: form.sender,
      footer: form.footer,
      look: form.look,
      quiet_hours: form.quiet_hours,
      weekly_cap: Number(form.weekly_cap),
      switched_off: chosen(form.sent, false).filter((kind) => optional.has(kind)),
      sms: form.texting ? { ...form.sms, kinds: chosen(form.sms_kinds, true) } : null,
      consent_register: form.consent_register,
      mirror: form.mirror,
    },
    smtp_password: form.own_server && form.smtp.username.trim() === "" ? "" : secretOf(form.smtp_password),
    sms_secret: secretOf(form.sms_secret),
  };
}

/** An empty field leaves a secret as it was. */
function secretOf(typed: string): string | null {
  return typed === "" ? null : typed;
}

/** Since when a secret is kept; null where there is none. */
export function keptSince(seen: Seen, name: string): string | null {
  return seen.secrets.find((one) => one.name === name)?.since ?? null;
}

/** Whether a kept password would be dropped, as it belongs to another server or user. */
export function passwordMissing(form: MailForm, seen: Seen): boolean {
  const { smtp } = seen.settings;
  if (!form.own_server || form.smtp_password !== "" || form.smtp.username.trim() === "") return false;
  if (keptSince(seen, "smtp_password") === null) return true;
  return !smtp || smtp.host !== form.smtp.host.trim().toLowerCase() || smtp.port !== Number(form.smtp.port) || smtp.username !== form.smtp.username.trim();
}

/** Whether a kept secret of the gateway would be dropped, as it belongs to another host. */
export function gatewaySecretMissing(form: MailForm, seen: Seen): boolean {
  const wanted = `${form.sms.url}${form.sms.body}${form.sms.authorization}`.includes("{secret}");
  if (!form.texting || !wanted || form.sms_secret !== "") return false;
  if (keptSince(seen, "sms_secret") === null) return true;
  return hostOf(seen.settings.sms?.url ?? "") !== hostOf(form.sms.url.trim());
}

function hostOf(address: string): string {
  return address.split("/").slice(0, 3).join("/");
}

/** The words of what can be wrong. */
export interface Wrong {
  readonly needed: string;
  readonly address: string;
  readonly host: string;
  readonly port: string;
  readonly mersis: string;
  readonly brand: string;
  readonly time: string;
  readonly cap: string;
  readonly color: string;
  readonly page: string;
  readonly gateway: string;
  readonly marks: string;
  readonly json: string;
}

const MAIL = /^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]]+\.[^\s@<>"(),:;\\[\]]+$/;
const HOST = /^[a-z0-9._-]+$|^[0-9a-f:]+$/i;

/** What the server checks again, said beside the field before it is asked. */
export function schemaOf(wrong: Wrong) {
  const mail = z.string().refine((text) => text.trim() === "" || MAIL.test(text.trim()), wrong.address);
  const page = z.string().refine((text) => text.trim() === "" || /^https?:\/\/\S+$/.test(text.trim()), wrong.page);
  const clock = z.string({ error: wrong.time }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, wrong.time);
  return z
    .looseObject({
      sender: z.object({ address: mail, name: z.string(), reply_to: mail }),
      footer: z.object({ company: z.string(), postal_address: z.string(), mersis: z.string().regex(/^\s*(\d{16})?\s*$/, wrong.mersis) }),
      look: z.object({ color: z.string().regex(/^(#[0-9a-fA-F]{6})?$/, wrong.color), logo_url: page, points_url: page }),
      quiet_hours: z.object({ begin: clock, end: clock }),
      weekly_cap: z.number({ error: wrong.cap }).int(wrong.cap).min(1, wrong.cap).max(20, wrong.cap),
      consent_register: z.object({ used: z.boolean(), brand_code: z.string().regex(/^\d{0,12}$/, wrong.brand) }),
    })
    .superRefine((value, context) => {
      const form = value as unknown as MailForm;
      const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
      if (form.own_server) {
        const port = form.smtp.port;
        if (!HOST.test(form.smtp.host.trim())) refuse(["smtp", "host"], wrong.host);
        if (typeof port !== "number" || port < 1 || port > 65535) refuse(["smtp", "port"], wrong.port);
        if (form.sender.address.trim() === "") refuse(["sender", "address"], wrong.needed);
      }
      if (!form.texting) return;
      const { url, body, method, body_type } = form.sms;
      if (!/^https?:\/\/\S+$/.test(url.trim())) refuse(["sms", "url"], wrong.gateway);
      const sent = method === "GET" ? url : url + body;
      const place = method === "GET" ? "url" : "body";
      if (!sent.includes("{phone}") || !sent.includes("{text}")) refuse(["sms", place], wrong.marks);
      else if (method === "POST" && body_type === "json" && !isJson(body)) refuse(["sms", "body"], wrong.json);
    });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
