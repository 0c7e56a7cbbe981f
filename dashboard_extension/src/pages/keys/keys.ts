import { z } from "zod";

import type { components } from "@/api";
import { list, record, text } from "@/pages/program/json";

export type Key = components["schemas"]["PartnerKeyLine"];
export type Made = components["schemas"]["PartnerKeyMade"];
export type Scope = components["schemas"]["Scope"];

export const PATH = "/api/dashboard/v1/partner-keys";
export const SCOPES: readonly Scope[] = ["members:read", "members:identify", "members:write", "points:write", "complaints:write"];
/** Who members are; of use only to who may read what they have. */
export const IDENTIFY: Scope = "members:identify";
export const READ: Scope = "members:read";
/** More points at once are a slip of the finger; the server says so too. */
const MOST_POINTS = 10_000_000;
/** A key that ends so soon is told of, in days. */
const SOON = 14;
/** A secret this old is better rotated, in days. */
const OLD = 365;

/** What a form about a key holds while it is typed. */
export interface KeyForm {
  name: string;
  scopes: Scope[];
  event_types: string[];
  day_limit: number | string | null;
  expires_on: string | null;
  must_sign: boolean;
}

/** What is wrong with a form, in the words of whoever shows it. */
export interface Words {
  readonly name: string;
  readonly scopes: string;
  readonly limit: string;
}

/** The form as it is sent: without the right to move points, there is nothing to limit. */
export function schemaOf(words: Words) {
  return z
    .object({
      name: z.string().trim().min(1, words.name).max(80, words.name),
      scopes: z.array(z.enum(SCOPES as [Scope, ...Scope[]])),
      event_types: z.array(z.string()),
      day_limit: z.union([z.number(), z.string(), z.null()]),
      expires_on: z.string().nullable(),
      must_sign: z.boolean(),
    })
    .transform((form, context) => {
      if (form.scopes.length + form.event_types.length === 0) {
        context.addIssue({ code: "custom", path: ["scopes"], message: words.scopes });
        return z.NEVER;
      }
      const moves = form.scopes.includes("points:write");
      const limit = moves ? form.day_limit : 0;
      if (typeof limit !== "number" || (moves && (limit < 1 || limit > MOST_POINTS))) {
        context.addIssue({ code: "custom", path: ["day_limit"], message: words.limit });
        return z.NEVER;
      }
      return { ...form, day_limit: limit };
    });
}

/** What a key may do once a right was given or taken: nobody is named to who may not read. */
export function withScope(scopes: readonly Scope[], scope: Scope, may: boolean): Scope[] {
  const wanted = SCOPES.filter((one) => (one === scope ? may : scopes.includes(one)));
  return wanted.filter((one) => one !== IDENTIFY || wanted.includes(READ));
}

/** The form of a key that is there, or of a new one: reading alone harms nobody. */
export function formOf(key: Key | null): KeyForm {
  if (key === null) return { name: "", scopes: ["members:read"], event_types: [], day_limit: null, expires_on: null, must_sign: false };
  return {
    name: key.name,
    scopes: key.scopes as Scope[],
    event_types: key.event_types,
    day_limit: key.day_limit || null,
    expires_on: key.expires_on,
    must_sign: key.must_sign,
  };
}

/** Whether whoever has a key could make points; then its requests are signed unless the owner says otherwise. */
export function mayGive(form: Pick<KeyForm, "scopes" | "event_types">): boolean {
  return form.scopes.includes("points:write") || form.event_types.length > 0;
}

/** The types of events that a program has, by id, and what they are called in a language. */
export function eventTypesOf(document: unknown, language: string): { id: string; name: string }[] {
  return list(record(record(document).events).types)
    .map(record)
    .map((one) => {
      const names = record(one.name);
      return { id: text(one.id), name: text(names[language]) || text(names.en) || text(one.id) };
    });
}

/** Whole days from one moment to another. */
export function daysBetween(from: string, to: Date): number {
  return Math.floor((to.getTime() - new Date(from).getTime()) / 86_400_000);
}

/** Whether a key that works asks for its owner: it ends soon, or its secret is old. */
export function concernOf(key: Key, now: Date): "ends_soon" | "old" | null {
  if (key.state !== "active") return null;
  if (key.expires_on !== null && daysBetween(now.toISOString(), new Date(`${key.expires_on}T23:59:59Z`)) < SOON) return "ends_soon";
  return daysBetween(key.secret_at, now) >= OLD ? "old" : null;
}

/** The first call that a developer makes: it says what the key may do. */
export function firstCall(apiUrl: string, token: string): string {
  return `curl ${apiUrl}/key \\\n  -H "Authorization: Bearer ${token}"`;
}

/** SHA-256 of nothing: the body of a call that has none. */
const OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The first call of a key that signs: the key itself is not sent. */
export function signedCall(apiUrl: string, token: string): string {
  return [
    `KEY='${token}'; NOW=$(date +%s)`,
    `PROOF=$(printf '%s\\nGET\\n/api/partner/v1/key\\n\\n${OF_NOTHING}' "$NOW" |`,
    `  openssl dgst -sha256 -hmac "$KEY" -binary | base64)`,
    `curl ${apiUrl}/key \\`,
    `  -H "Authorization: Loyalty-Key \${KEY%_*}" \\`,
    `  -H "Loyalty-Timestamp: $NOW" -H "Loyalty-Signature: v1,$PROOF"`,
  ].join("\n");
}

/** Points for a purchase at the counter: safe to repeat by its Idempotency-Key. */
export function pointsCall(apiUrl: string): string {
  return [
    `curl ${apiUrl}/members/lookup \\`,
    `  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\`,
    `  --data '{"email": "ayse@example.com"}'`,
    "",
    `curl ${apiUrl}/members/1042/points \\`,
    `  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\`,
    `  -H "Idempotency-Key: receipt-4711" \\`,
    `  --data '{"points": 75, "reason": "shop_purchase", "note": "Receipt 4711"}'`,
  ].join("\n");
}
