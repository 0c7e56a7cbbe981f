import type { Finding } from "@/pages/program/places";

import type { Places } from "./conditions";

export interface Placed extends Finding {
  /** The field of the form; null where what it is about stands elsewhere in the program. */
  readonly field: string | null;
}

/** The field of the form that shows a place of its document. */
export function fieldAt(path: string, places: Places): string | null {
  for (let end = path.length; end > 0; end = cut(path, end)) {
    const field = places.get(path.slice(0, end));
    if (field !== undefined) return field + dotted(path.slice(end));
  }
  return null;
}

function cut(path: string, end: number): number {
  return Math.max(path.lastIndexOf(".", end - 1), path.lastIndexOf("[", end - 1), 0);
}

function dotted(rest: string): string {
  return rest.replace(/\[(\d+)\]/g, ".$1");
}

/** Findings with the fields that they are about; those of other parts of the program are left out. */
export function placed(findings: readonly Finding[], places: Places, part = "earning"): Placed[] {
  return findings.map((one) => ({ ...one, field: fieldAt(one.path, places) })).filter((one) => one.field !== null || one.path.startsWith(part));
}

/** The errors as React Hook Form takes them: nested as the fields are. */
export function errorsOf(findings: readonly Placed[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { field, severity, text } of findings) {
    if (field === null || severity !== "error") continue;
    const steps = field.split(".");
    const last = steps.pop() ?? field;
    let at = found;
    for (const step of steps) at = (at[step] ??= {}) as Record<string, unknown>;
    at[last] = { ...(at[last] as object | undefined), type: "server", message: text };
  }
  return found;
}

/** What is said of a field and all below it, but for what stands at one of `shown` below it. */
export function saidAt(findings: readonly Placed[], field: string, shown: readonly string[] = []): Placed[] {
  return findings.filter((one) => {
    if (one.field === null || (one.field !== field && !one.field.startsWith(`${field}.`))) return false;
    const rest = one.field.slice(field.length + 1);
    return !shown.some((name) => rest === name || rest.startsWith(`${name}.`));
  });
}
