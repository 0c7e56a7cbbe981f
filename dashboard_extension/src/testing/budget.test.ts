import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const DIST = join(import.meta.dirname, "../../dist");
const MANIFEST = join(DIST, ".vite/manifest.json");
const KILO = 1000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

/** What a browser fetches before it shows `sources`: their files, all that these import, and their styles. */
function filesOf(manifest: Readonly<Record<string, Chunk>>, sources: readonly string[]): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const visit = (source: string): void => {
    const chunk = manifest[source];
    if (chunk === undefined) throw new Error(`the build has no ${source}`);
    if (seen.has(source)) return;
    seen.add(source);
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const one of chunk.imports ?? []) visit(one);
  };
  for (const source of sources) visit(source);
  return files;
}

function sent(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length, 0);
}

describe.runIf(existsSync(MANIFEST))("what is sent, compressed", () => {
  const manifest = (existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, "utf8")) : {}) as Record<string, Chunk>;
  const texts = (folder: string) => `src/${folder}/messages.tr.json`;

  it("is at most 250 kB for the first page", () => {
    const first = ["index.html", "src/pages/start/index.tsx", texts("kit"), texts("shell"), texts("pages/start")];
    expect(sent(filesOf(manifest, first)) / KILO).toBeLessThanOrEqual(250);
  });

  // A popup with a form brings the form's libraries, and is opened only when somebody wants it.
  const POPUPS = ["src/widgets/points/index.tsx"];
  const widgets = Object.keys(manifest).filter((source) => /^src\/widgets\/[\w-]+\/index\.tsx$/.test(source));
  it.each(widgets.map((widget) => [widget, POPUPS.includes(widget) ? 150 : 120] as const))("for %s is at most %i kB", (widget, most) => {
    const folder = widget.replace(/^src\/|\/index\.tsx$/g, "");
    const first = ["widget.html", widget, texts("kit"), texts("shell"), texts(folder)];
    expect(sent(filesOf(manifest, first)) / KILO).toBeLessThanOrEqual(most);
  });

  it("is at most 120 kB for what all widgets share", () => {
    expect(sent(filesOf(manifest, ["widget.html", texts("kit"), texts("shell")])) / KILO).toBeLessThanOrEqual(120);
  });

  it("has no script or style within the pages", () => {
    for (const page of ["index.html", "widget.html"]) {
      const html = readFileSync(join(DIST, page), "utf8");
      expect(html).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\son\w+=|javascript:/i);
    }
  });
});
