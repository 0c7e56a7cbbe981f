import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, it } from "vitest";

import { CATALOGUES } from "./catalogues";

const SOURCES = join(import.meta.dirname, "..");
const AREAS = [...new Set(Object.keys(CATALOGUES).map((file) => file.replace(/\/messages\.\w+\.json$/, "")))];

function texts(area: string, language: string): Record<string, string> {
  return { ...(CATALOGUES[`${area}/messages.${language}.json`] ?? {}) };
}

/** The names of the places of a text that are filled. */
function places(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    const inner =
      element.type === TYPE.plural || element.type === TYPE.select
        ? Object.values(element.options).flatMap((option) => places(option.value))
        : element.type === TYPE.tag
          ? places(element.children)
          : [];
    return [element.value, ...inner];
  });
}

const CODE = readdirSync(SOURCES, { recursive: true, withFileTypes: true })
  .filter((file) => file.isFile() && /\.tsx?$/.test(file.name) && !/\.test\.tsx?$|^schema\.d\.ts$/.test(file.name))
  .map((file) => ({ name: relative(SOURCES, join(file.parentPath, file.name)), text: readFileSync(join(file.parentPath, file.name), "utf8") }));
const PREFIXES = new Set(AREAS.map((area) => area.split("/").at(-1)));

describe.each(AREAS)("%s", (area) => {
  const english = texts(area, "en");
  const turkish = texts(area, "tr");

  it("has the same texts in both languages, with the same places", () => {
    expect(Object.keys(turkish).sort()).toEqual(Object.keys(english).sort());
    for (const [id, text] of Object.entries(english)) {
      const [found, expected] = [turkish[id] ?? "", text].map((one) => [...new Set(places(parse(one)))].sort());
      expect(found, id).toEqual(expected);
    }
  });

  it("names its texts by its own name", () => {
    const prefix = `${area.split("/").at(-1) ?? ""}.`;
    expect(Object.keys(english).filter((id) => !id.startsWith(prefix))).toEqual([]);
  });

  it("has no text that nothing shows", () => {
    const everything = CODE.map((file) => file.text).join("\n");
    const begun = [...everything.matchAll(/`([a-z-]+\.[\w.-]*)\$\{/g)].map((match) => match[1] ?? "");
    const unused = Object.keys(english).filter(
      (id) => !everything.includes(`"${id}"`) && !begun.some((beginning) => beginning.includes(".") && id.startsWith(beginning)),
    );
    expect(unused).toEqual([]);
  });
});

/** Names that look like ids of texts and are none: places in the program's document. */
function isPlace(file: string, prefix: string): boolean {
  return (file.startsWith("pages/program/") && prefix === "settings") || file === `pages/${prefix}/places.ts`;
}

describe("what the code names", () => {
  it("is there", () => {
    const all = new Set(Object.values(CATALOGUES).flatMap((messages) => Object.keys(messages)));
    const missing = CODE.flatMap((file) =>
      [...file.text.matchAll(/"([a-z-]+)\.([\w.-]+)"/g)]
        .filter(([, prefix]) => PREFIXES.has(prefix) && !isPlace(file.name, prefix ?? ""))
        .map(([, prefix, rest]) => `${prefix ?? ""}.${rest ?? ""}`)
        .filter((id) => !all.has(id))
        .map((id) => `${id} in ${file.name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe("the Turkish texts", () => {
  it("have one word for publishing, which is the name of its page", () => {
    const said = AREAS.flatMap((area) => Object.entries(texts(area, "tr")));
    expect(said.filter(([, text]) => /yayımla/i.test(text)).map(([id]) => id)).toEqual([]);
    const page = new Map(said).get("shell.nav.publish");
    for (const [id, text] of said.filter(([, one]) => /sayfasına git/.test(one) && /yay/i.test(one))) expect(text, id).toBe(`${page} sayfasına git`);
  });

  /** What has another name on all other pages: status points, messages, SMS, guests, filters. */
  const OTHER_WORDS = /durum puan|(?<!ticari )\bileti(?!l[ie]r\b|ş)|İleti(?! Yönetim)|kısa mesaj|konuk|süzgeç|alışverişçi/i;

  it("have one word for one thing", () => {
    const said = AREAS.flatMap((area) => Object.entries(texts(area, "tr")));
    expect(said.filter(([, text]) => OTHER_WORDS.test(text.replace("İleti Yönetim Sistemi", ""))).map(([id]) => id)).toEqual([]);
  });

  it("call no two pages of the navigation nearly the same", () => {
    const names = Object.entries(texts("/src/shell", "tr")).flatMap(([id, text]) => (id.startsWith("shell.nav.") ? [text.replace(/l[ae]r$/, "")] : []));
    expect(new Set(names).size).toBe(names.length);
  });
});
