import { list, record, text, type Json } from "@/pages/program/json";
import type { Places } from "@/pages/rules/conditions";

import { nameOf, TRIGGER, type EventsForm, type TypeForm } from "./form";

/** The fields of the form that show places of its document. */
export function placesOf(document: Json, form: EventsForm): Places {
  const places: Places = new Map();
  form.types.forEach((one, at) => {
    const [path, field] = [`events.types[${at}]`, `types.${at}`];
    places.set(path, field).set(`${path}.identity`, `${field}.by_user`).set(`${path}.name`, `${field}.texts.0.text`);
    one.texts.forEach(({ locale }, place) => places.set(`${path}.name.${locale}`, `${field}.texts.${place}.text`));
    one.properties.forEach((property, place) => {
      const [here, there] = [`${path}.properties[${place}]`, `${field}.properties.${place}`];
      places.set(here, there);
      property.allowed.forEach((_, value) => places.set(`${here}.allowed[${value}]`, `${there}.allowed`));
    });
  });
  rulesIn(document).forEach((rule, place) => {
    const at = form.types.findIndex((one) => !one.own && paysFor(rule, one));
    const [path, field] = [`earning.rules[${place}]`, `types.${at}`];
    if (at < 0) return;
    for (const part of ["", ".then", ".then.points"]) places.set(`${path}${part}`, `${field}.points`);
    for (const part of [".caps", ".caps.per_member", ".caps.per_member.times"]) places.set(`${path}${part}`, `${field}.times`);
    places.set(`${path}.caps.per_member.period`, `${field}.period`);
  });
  return places;
}

/** Whether a problem is of events, or of a rule that pays for one. */
export function concerns(path: string, document: Json): boolean {
  return path.startsWith("events") || ruleAt(path, document)?.trigger === TRIGGER;
}

/** What the type of events is called at which a problem stands; null where there is none. */
export function calledAt(path: string, document: Json, form: EventsForm, language: string): string | null {
  const at = /^events\.types\[(\d+)\]/.exec(path);
  const rule = ruleAt(path, document);
  const type = at !== null ? form.types[Number(at[1])] : rule && form.types.find((one) => paysFor(rule, one));
  return type === undefined ? null : nameOf(type, language);
}

function rulesIn(document: Json): Json[] {
  return list(record(document.earning).rules).map(record);
}

function ruleAt(path: string, document: Json): Json | undefined {
  const at = /^earning\.rules\[(\d+)\]/.exec(path);
  return at === null ? undefined : rulesIn(document)[Number(at[1])];
}

/** Whether a rule is of one type alone. */
function paysFor(rule: Json, one: TypeForm): boolean {
  const on = list(rule.on).map(text);
  return rule.trigger === TRIGGER && on.length === 1 && on[0] === one.id;
}
