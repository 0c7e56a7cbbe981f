import type { Choice } from "@/kit";

/** Zones by name, as people read them: "America/New_York" is "America/New York". */
export function zoneChoices(names: readonly string[]): Choice[] {
  return names.map((value) => ({ value, label: value.replaceAll("_", " ") }));
}

/** What the clocks of a zone show at a moment; "" where this browser does not know the zone. */
export function clockIn(zone: string, at: Date, locale: string): string {
  try {
    return new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: "medium", timeStyle: "short" }).format(at);
  } catch {
    return "";
  }
}

/** A language in the words of the screen, with its own name: "Turkish (Türkçe)". */
export function languageName(tag: string, locale: string): string {
  const here = nameOf(tag, locale);
  const own = nameOf(tag, tag);
  return here === own ? here : `${here} (${own})`;
}

function nameOf(tag: string, locale: string): string {
  return new Intl.DisplayNames([locale], { type: "language" }).of(tag) ?? tag;
}
