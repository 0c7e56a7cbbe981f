import type { Texted } from "@/pages/program/json";
import type { Places } from "@/pages/rules/conditions";

import { nameOf, type RewardsForm } from "./form";

/** The fields of the form that show places of its document. */
export function placesOf(form: RewardsForm): Places {
  const places: Places = new Map();
  form.items.forEach((item, at) => {
    const [path, field] = [`rewards.items[${at}]`, `items.${at}`];
    places.set(path, field).set(`${path}.gift`, `${field}.kind`);
    for (const name of ["percent", "variant"]) places.set(`${path}.gift.${name}`, `${field}.${name}`);
    texts(places, `${path}.names`, `${field}.names`, item.names);
    texts(places, `${path}.texts`, `${field}.texts`, item.texts);
    texts(places, `${path}.gift.notes`, `${field}.notes`, item.notes);
    places.set(`${path}.limit`, `${field}.times`).set(`${path}.limit.times`, `${field}.times`).set(`${path}.limit.period`, `${field}.period`);
    for (const name of ["tiers", "segments", "member_days"]) places.set(`${path}.who.${name}`, `${field}.${name}`);
    places.set(`${path}.channels`, `${field}.channels.0.on`);
    // The document has those alone in which it is offered.
    const offered = item.channels.map((one, row) => ({ one, row })).filter(({ one }) => one.on);
    offered.forEach(({ row }, place) => {
      const [here, there] = [`${path}.channels[${place}]`, `${field}.channels.${row}`];
      places.set(here, there);
      for (const name of ["channel", "currency"]) places.set(`${here}.${name}`, `${there}.on`);
    });
  });
  return places;
}

function texts(places: Places, path: string, field: string, written: readonly Texted[]) {
  places.set(path, `${field}.0.text`);
  written.forEach((one, place) => places.set(`${path}.${one.locale}`, `${field}.${place}.text`));
}

/** What the reward is called at which a problem stands, "" while it has no name; null where it is of none. */
export function calledAt(path: string, form: RewardsForm, language: string): string | null {
  const at = /^rewards\.items\[(\d+)\]/.exec(path);
  const item = at === null ? undefined : form.items[Number(at[1])];
  return item === undefined ? null : nameOf(item, language);
}
