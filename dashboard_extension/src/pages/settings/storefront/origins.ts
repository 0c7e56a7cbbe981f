import { z } from "zod";

import type { components } from "@/api";

type Named = components["schemas"]["StorefrontOrigins"];

/** The form: `named` false lets pages of any address in. */
export interface OriginsForm {
  named: boolean;
  lines: { address: string }[];
}

export const MOST_ORIGINS = 50;

/** What was named, as the form shows it: with an empty line to type into, where there is none. */
export function formOf(stored: Named): OriginsForm {
  const lines = (stored.origins ?? []).map((address) => ({ address }));
  return { named: stored.origins !== null, lines: lines.length === 0 ? [{ address: "" }] : lines };
}

/** What the form says: lines that are empty name nothing. */
export function namedBy(form: OriginsForm): Named {
  if (!form.named) return { origins: null };
  return { origins: form.lines.map((line) => originIn(line.address)).filter((address) => address !== "") };
}

/** The origin of an address that somebody copied from a browser; anything else as it was typed. */
export function originIn(typed: string): string {
  const text = typed.trim();
  if (text.includes("*") || text === "") return text;
  const full = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  try {
    const { origin, hostname } = new URL(full);
    return hostname === "localhost" || hostname.includes(".") || hostname.startsWith("[") ? origin : text;
  } catch {
    return text;
  }
}

const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9.[\]:_-]+$/i;

/** The schema of the form; `wrong` says what an address has to be like. */
export function schemaOf(wrong: string) {
  const line = z.object({ address: z.string().refine((text) => text.trim() === "" || ORIGIN.test(originIn(text)), wrong) });
  return z.object({ named: z.boolean(), lines: z.array(line).max(MOST_ORIGINS) });
}
