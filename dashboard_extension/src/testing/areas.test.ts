import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

import { CATALOGUES } from "./catalogues";

const SOURCES = join(import.meta.dirname, "..");
/** What the code of each file says, by its place below `src`. */
const CODE = new Map(
  readdirSync(SOURCES, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && /\.tsx?$/.test(file.name))
    .map((file) => join(file.parentPath, file.name))
    .map((path) => [relative(SOURCES, path), readFileSync(path, "utf8")]),
);
/** The area that each text comes with. */
const AREA_OF = new Map(Object.entries(CATALOGUES).flatMap(([file, texts]) => Object.keys(texts).map((id) => [id, file.replace(/^\/src\/|\/messages\.\w+\.json$/g, "")])));
const ALWAYS = ["shell", "kit"];
/** The lists of pages name texts of pages that stand elsewhere. */
const LISTS = ["shell/pages.ts", "pages/settings/tabs.ts"];

interface Entry {
  readonly module: string;
  readonly areas: readonly string[];
}

/** The pages and tabs as their lists say them: what is loaded, and the areas whose texts come with it. */
function entriesIn(file: string, more: readonly string[]): Entry[] {
  const lines = (CODE.get(file) ?? "").split("\n");
  return lines.flatMap((line) => {
    const [, area] = /area: "([^"]+)"/.exec(line) ?? [];
    const [, module] = /import\("@\/([^"]+)"\)/.exec(line) ?? [];
    if (area === undefined || module === undefined) return [];
    const [, listed] = /texts: \[([^\]]*)\]/.exec(line) ?? [];
    const texts = [...(listed ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
    return [{ module, areas: [...ALWAYS, ...more, `pages/${area}`, ...texts] }];
  });
}

/** The file of a module; undefined for packages, styles and data. */
function fileOf(module: string, from: string): string | undefined {
  const base = module.startsWith("@/") ? module.slice(2) : module.startsWith(".") ? normalize(join(dirname(from), module)) : undefined;
  return base === undefined ? undefined : [`${base}.tsx`, `${base}.ts`, `${base}/index.tsx`, `${base}/index.ts`].find((one) => CODE.has(one));
}

/** All files that come with a module; types alone bring none. */
function reached(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, clause, module] of (CODE.get(file) ?? "").matchAll(/^(?:import|export)\s([^;]*?)\sfrom "([^"]+)"/gm)) {
    const next = clause?.startsWith("type ") === true ? undefined : fileOf(module ?? "", file);
    if (next !== undefined && !LISTS.includes(next)) reached(next, known);
  }
  return known;
}

/** The texts that a file names: in full, or by their beginning. */
function named(file: string): string[] {
  const code = CODE.get(file) ?? "";
  const whole = [...code.matchAll(/"([a-z-]+\.[\w.-]+)"/g)].map((match) => match[1] ?? "");
  const begun = [...code.matchAll(/\bt\(`([a-z-]+\.[\w.-]*)\$\{/g)].map((match) => match[1] ?? "");
  return [...whole.filter((id) => AREA_OF.has(id)), ...[...AREA_OF.keys()].filter((id) => begun.some((beginning) => id.startsWith(beginning)))];
}

const PAGES = LISTS.flatMap((list) => entriesIn(list, list.startsWith("pages/settings") ? ["pages/settings"] : []));
const WIDGETS = [...(CODE.get("widgets/widgets.ts") ?? "").matchAll(/import\("\.\/([^"]+)"\)/g)].map(([, name]) => ({
  module: `widgets/${name ?? ""}`,
  areas: [...ALWAYS, "widgets/shared", `widgets/${name ?? ""}`],
}));
const ENTRIES: readonly Entry[] = [...PAGES, ...WIDGETS];

describe("a page or widget", () => {
  it.each(ENTRIES.map((entry) => [entry.module, entry] as const))("%s brings the texts of all that it shows", (_, { module, areas }) => {
    const file = fileOf(`@/${module}`, "") ?? "";
    expect(CODE.has(file)).toBe(true);
    const missing = [...reached(file)].flatMap((one) => named(one).filter((id) => !areas.includes(AREA_OF.get(id) ?? "")).map((id) => `${id} in ${one}`));
    expect([...new Set(missing)]).toEqual([]);
  });

  it("is found in the lists", () => {
    expect(PAGES.length).toBeGreaterThan(20);
    expect(WIDGETS.length).toBeGreaterThan(4);
  });
});
