import type { Json } from "./json";

/** What items of a list are known by, the first that all of them have. */
const NAMES = ["id", "channel", "currency"] as const;

/**
 * What `mine` changed of `base`, put upon `theirs`: whatever was not touched stays as theirs has it.
 * Where both touched the same, mine stands. Lists whose items have a name of their own are put
 * together item by item; others are one thing.
 */
export function upon(base: Json, mine: Json, theirs: Json): Json {
  return merged(base, mine, theirs) as Json;
}

function merged(base: unknown, mine: unknown, theirs: unknown): unknown {
  if (same(mine, base)) return theirs;
  if (same(theirs, base)) return mine;
  if (isRecord(mine) && isRecord(theirs)) {
    const before = isRecord(base) ? base : {};
    // Of another kind each means something else by its names.
    return mine.type === theirs.type ? records(before, mine, theirs) : mine;
  }
  if (Array.isArray(mine) && Array.isArray(theirs)) return listed(Array.isArray(base) ? base : [], mine, theirs);
  return mine;
}

function records(base: Json, mine: Json, theirs: Json): Json {
  const found = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].map((name) => [name, merged(base[name], mine[name], theirs[name])] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

function listed(base: readonly unknown[], mine: readonly unknown[], theirs: readonly unknown[]): unknown {
  const name = NAMES.find((one) => [base, mine, theirs].every((list) => isNamed(list, one)));
  if (name === undefined) return mine;
  const named = (list: readonly unknown[]) => new Map(list.map((item) => [(item as Json)[name], item]));
  const [was, here, there] = [named(base), named(mine), named(theirs)];
  const known = (ids: Iterable<unknown>, others: ReadonlyMap<unknown, unknown>) => [...ids].filter((id) => others.has(id));
  const moved = !same(known(here.keys(), was), known(was.keys(), here));
  const [first, then] = moved ? [here, there] : [there, here];
  return [...new Set([...first.keys(), ...then.keys()])].map((id) => merged(was.get(id), here.get(id), there.get(id))).filter((item) => item !== undefined);
}

/** Whether all items of a list are known by a name, no two by the same. */
function isNamed(list: readonly unknown[], name: string): boolean {
  const names = list.map((item) => (isRecord(item) ? item[name] : undefined));
  return names.every((one) => typeof one === "string" && one !== "") && new Set(names).size === names.length;
}

/** A document as text that does not depend on the order of its names. */
export function ordered(document: unknown): string {
  return JSON.stringify(document, (_name, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value,
  );
}

function same(one: unknown, other: unknown): boolean {
  return one === other || ordered(one) === ordered(other);
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
