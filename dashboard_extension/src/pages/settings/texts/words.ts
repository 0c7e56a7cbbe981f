import type { ApiFailure, components } from "@/api";

export type Words = components["schemas"]["Words"];
export type Field = keyof Words;

/** The app has words of its own in the first two; members who read another get an owner's, else English. */
export const LANGUAGES = ["tr", "en", "ar", "az", "de", "es", "fr", "it", "nl", "pl", "ru", "uk"] as const;
export const FIELDS: readonly Field[] = ["subject", "preheader", "heading", "body", "button", "sms"];
const PROBLEMS = ["syntax", "not_allowed", "unknown_field", "missing"] as const;

/** What is wrong with a text, as the server found it. */
export interface Fault {
  readonly field: Field;
  readonly problem: (typeof PROBLEMS)[number];
  readonly at: string;
}

/** The faults that a refusal names; none where it was refused for another reason. */
export function faultsOf(failure: ApiFailure | null): Fault[] {
  const named: unknown = failure?.detail.problems;
  if (failure?.code !== "message_text_invalid" || !Array.isArray(named)) return [];
  return (named as Partial<Fault>[]).filter(
    (one): one is Fault => FIELDS.includes(one.field as Field) && PROBLEMS.includes(one.problem as Fault["problem"]) && typeof one.at === "string",
  );
}

/** A mail made fit for the page's frame: what it loads, links and runs is gone, its looks are set apart. */
export interface Staged {
  readonly html: string;
  readonly sheets: readonly string[];
}

/** The attribute in which an element's own looks travel: the content policy takes no style attributes. */
export const LOOKS = "data-looks";

/**
 * Readies a rendered mail for a frame without scripts. Style elements and attributes are taken out,
 * since the page's content policy would drop them: the frame puts them in by the CSS object model.
 */
export function staged(html: string): Staged {
  const mail = new DOMParser().parseFromString(html, "text/html");
  const sheets = [...mail.querySelectorAll("style")].map((one) => one.textContent ?? "");
  for (const gone of mail.querySelectorAll("style, script, link, meta, base, iframe, object, embed, form")) gone.remove();
  for (const element of mail.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) if (name.startsWith("on")) element.removeAttribute(name);
    const looks = element.getAttribute("style");
    if (looks !== null) {
      element.setAttribute(LOOKS, looks);
      element.removeAttribute("style");
    }
    element.removeAttribute("href");
    element.removeAttribute("src");
  }
  return { html: mail.documentElement.outerHTML, sheets };
}
