import { closed, type Places } from "@/pages/rules/conditions";

import { kept, nameOf, type SegmentsForm } from "./form";

/** The fields of the form that show places of its document. */
export function placesOf(form: SegmentsForm): Places {
  const places: Places = new Map();
  form.segments.forEach((one, at) => {
    const [path, field] = [`segments[${at}]`, `segments.${at}`];
    const locales = Object.keys(one.name);
    places.set(path, field).set(`${path}.names`, `${field}.name.${locales[0] ?? ""}`);
    for (const locale of locales) places.set(`${path}.names.${locale}`, `${field}.name.${locale}`);
    closed(kept(one.rule), `${path}.rule`, `${field}.rule`, places);
  });
  return places;
}

/** What the segment is called at which a problem stands; null where there is none. */
export function calledAt(path: string, form: SegmentsForm, language: string): string | null {
  const at = /^segments\[(\d+)\]/.exec(path);
  const segment = at === null ? undefined : form.segments[Number(at[1])];
  return segment === undefined ? null : nameOf(segment, language);
}
