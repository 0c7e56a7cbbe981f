import { z } from "zod";

import type { components } from "@/api";

type Setup = components["schemas"]["Setup"];
type Text = components["schemas"]["PageTexts"];

/** The form: with words in both languages, whether there are any or not. */
export interface PageForm extends Omit<Setup, "texts" | "slug"> {
  slug: string;
  texts: Record<"en" | "tr", Text>;
}

const NONE: Text = { heading: "", welcome: "" };
/** What normal text needs on its ground (WCAG 2.2, 1.4.3). */
export const READABLE = 4.5;
const COLOR = /^#[0-9a-fA-F]{6}$/;

/** The settings as the form shows them. */
export function formOf(setup: Setup): PageForm {
  return { ...setup, slug: setup.slug ?? "", texts: { en: setup.texts.en ?? NONE, tr: setup.texts.tr ?? NONE } };
}

/** What is sent of a form: languages without words are left out, as the app's words stand there then. */
export function setupOf(form: PageForm): Setup {
  const written = Object.entries(form.texts).filter(([, text]) => text.heading.trim() !== "" || text.welcome.trim() !== "");
  return { ...form, slug: form.slug.trim() === "" ? null : form.slug.trim(), texts: Object.fromEntries(written) };
}

/** The contrast of two colors (#rrggbb), 1 to 21; null where one is no color yet. */
export function contrast(one: string, other: string): number | null {
  if (!COLOR.test(one) || !COLOR.test(other)) return null;
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => linear(parseInt(color.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(part: number): number {
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

/** What the server checks again, said beside the field before it is asked. */
export function schemaOf(wrong: { color: string; page: string; slug: string; contrast: string }) {
  const color = z.string().regex(COLOR, wrong.color);
  const page = z.string().refine((text) => text.trim() === "" || /^https?:\/\/[^\s"'<>\\;,]+$/.test(text.trim()), wrong.page);
  return z.looseObject({
    slug: z.string().regex(/^\s*([a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?)?\s*$/, wrong.slug),
    shop_url: page,
    account_url: page,
    looks: z
      .object({ brand_color: color, ground_color: color, text_color: color, logo_url: page })
      .refine((looks) => (contrast(looks.text_color, looks.ground_color) ?? READABLE) >= READABLE, { path: ["text_color"], error: wrong.contrast }),
  });
}
