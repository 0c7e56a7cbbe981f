import { list, record, text, whole } from "@/pages/program/json";

import type { Condition } from "./conditions";

export type Value = string | number | boolean;

/** Something that events tell, as their type says it: what a condition can ask for. */
export interface Told {
  readonly name: string;
  readonly kind: "string" | "int" | "bool";
  /** The only values; empty where any will do. */
  readonly allowed: readonly Value[];
}

/** A type of events of the program. */
export interface EventKind {
  readonly value: string;
  readonly label: string;
  readonly tells: readonly Told[];
}

/** The types of events of a program, with their names in a language. */
export function eventsIn(document: unknown, language: string): EventKind[] {
  return list(record(record(document).events).types).map(record).map((one) => {
    const names = record(one.name);
    const label = [names[language], names.en, ...Object.values(names)].map(text).find((name) => name !== "");
    return { value: text(one.id), label: label ?? text(one.id), tells: list(one.properties).map((part) => toldOf(record(part))) };
  });
}

function toldOf(one: Record<string, unknown>): Told {
  const kind = one.kind === "int" || one.kind === "bool" ? one.kind : "string";
  return { name: text(one.name), kind, allowed: list(one.allowed).filter(isValue) };
}

export function isValue(value: unknown): value is Value {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** The types that a rule waits for: all, where it names none. */
export function waitedFor(on: unknown, events: readonly EventKind[]): readonly EventKind[] {
  const named = list(on);
  return named.length === 0 ? events : events.filter((one) => named.includes(one.value));
}

/** What these events tell, each property once; what one of them allows, a condition may ask for. */
export function tellsOf(events: readonly EventKind[]): Told[] {
  const found = new Map<string, Told>();
  for (const one of events.flatMap((event) => event.tells)) {
    const known = found.get(one.name);
    if (known === undefined) found.set(one.name, one);
    else if (known.kind === one.kind) found.set(one.name, { ...known, allowed: together(known.allowed, one.allowed) });
  }
  return [...found.values()].filter((one) => one.name !== "");
}

function together(some: readonly Value[], others: readonly Value[]): Value[] {
  return some.length === 0 || others.length === 0 ? [] : [...new Set([...some, ...others])];
}

/** A condition that begins to ask for a property: of a number limits, else values. */
export function asking(told: Told | undefined): Condition {
  const by = told?.kind === "int" && told.allowed.length === 0 ? "span" : "values";
  return { type: "event_property", name: told?.name ?? "", by, values: told?.kind === "bool" ? [true] : [], min: null, max: null };
}

/** A condition of the document with the fields of its inputs; `by` says which of the two ways it compares. */
export function compared(condition: Condition): Condition {
  const values = list(condition.values).filter(isValue);
  const [min, max] = [whole(condition.min, null), whole(condition.max, null)];
  return { ...condition, by: values.length > 0 || (min === null && max === null) ? "values" : "span", values, min, max };
}

/** The condition as the document keeps it: in the one way that was chosen. */
export function comparison(condition: Condition): Condition {
  const { by, values, min, max, ...kept } = condition;
  return by === "span" ? { ...kept, min, max } : { ...kept, values };
}
