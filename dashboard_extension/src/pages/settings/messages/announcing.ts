import { z } from "zod";

import type { components } from "@/api";

export type Announced = components["schemas"]["AnnouncementInput"];
export interface Form {
  en: { title: string; body: string };
  tr: { title: string; body: string };
  link: string;
}
export const LANGUAGES = ["tr", "en"] as const;
export const EMPTY: Form = { en: { title: "", body: "" }, tr: { title: "", body: "" }, link: "" };

/** The languages that were written in, as they are sent; a language without words is left out. */
export function announcementOf(form: Form): Announced {
  const written = LANGUAGES.filter((one) => form[one].title.trim() !== "");
  return { texts: Object.fromEntries(written.map((one) => [one, form[one]])), link: form.link };
}

/** Both words or none of a language, and at least one language. */
export function announcementSchema(words: { both: string; one: string; page: string }) {
  const text = z
    .object({ title: z.string(), body: z.string() })
    .refine((form) => form.title.trim() !== "" || form.body.trim() === "", { path: ["title"], error: words.both })
    .refine((form) => form.body.trim() !== "" || form.title.trim() === "", { path: ["body"], error: words.both });
  return z
    .object({ en: text, tr: text, link: z.string().refine((link) => link.trim() === "" || /^https?:\/\/\S+$/.test(link.trim()), words.page) })
    .refine((form) => LANGUAGES.some((one) => form[one].title.trim() !== ""), { path: ["tr", "title"], error: words.one });
}
