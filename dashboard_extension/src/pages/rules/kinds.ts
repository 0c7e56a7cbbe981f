import type { Condition } from "./conditions";

/** A kind of conditions or effects that a plugin of this installation brings. */
export interface Kind {
  readonly kind: string;
  readonly part: "condition" | "effect";
  readonly label: string;
  readonly levels: readonly string[];
  readonly unit: "points" | "status" | null;
  readonly example: Readonly<Record<string, unknown>>;
}

/** What can be chosen where conditions are added: "plugin acme.season", "plugin_line acme.fresh". */
export interface Offer {
  readonly value: string;
  readonly label: string;
}

/** The conditions of plugins that may stand somewhere. */
export function kindsOffered(kinds: readonly Kind[], where: { trigger: string; onLine: boolean; withinAnyLine: boolean }): Offer[] {
  const whole = where.trigger === "order" ? "order" : "deed";
  const lines = where.trigger === "order" && (where.onLine || where.withinAnyLine);
  return kinds
    .filter((one) => one.part === "condition")
    .flatMap((one) => [
      ...(lines && one.levels.includes("line") ? [{ value: `plugin_line ${one.kind}`, label: one.label }] : []),
      ...(one.levels.includes(whole) ? [{ value: `plugin ${one.kind}`, label: one.label }] : []),
    ])
    .filter((one, at, all) => all.findIndex((other) => other.label === one.label) === at);
}

/** A new condition of what was chosen; null where it is no condition of a plugin. */
export function freshOfPlugin(value: string, kinds: readonly Kind[]): Condition | null {
  const [type, name] = value.split(" ");
  const kind = kinds.find((one) => one.part === "condition" && one.kind === name);
  if (kind === undefined || (type !== "plugin" && type !== "plugin_line")) return null;
  return { type, kind: kind.kind, settings: structuredClone(kind.example) };
}

/** The effects of plugins that a rule can have. */
export function effectsOffered(kinds: readonly Kind[], trigger: string): Kind[] {
  if (trigger === "milestone") return [];
  return kinds.filter((one) => one.part === "effect" && (trigger === "order" ? one.levels.includes("line") || one.levels.includes("order") : one.levels.includes("deed")));
}

/** What settings are as text: what could not be read stays as it was typed. */
export function settingsText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? {}, null, 2);
}

/** The settings that a text says; the text itself where it is no JSON object. */
export function settingsRead(text: string): unknown {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? read : text;
  } catch {
    return text;
  }
}
