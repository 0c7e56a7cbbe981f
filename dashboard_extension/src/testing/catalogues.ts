import type { Language, Messages } from "@/shell/catalogue";

/** All texts of both languages, by the folder that they stand in. */
export const CATALOGUES = import.meta.glob<Messages>("/src/**/messages.*.json", { import: "default", eager: true });

/** All texts of a language together, for rendering any component in a test. */
export function allMessages(language: Language): Record<string, string> {
  const files = Object.entries(CATALOGUES).filter(([name]) => name.endsWith(`.${language}.json`));
  return Object.assign({}, ...files.map(([, messages]) => messages)) as Record<string, string>;
}
