/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

/**
 * The style sheet of macaw-ui brings fifty font files, which the Dashboard's frame does not share with its own page:
 * the fonts of the computer stand in for them.
 */
function withoutFonts(): Plugin {
  return {
    name: "without-fonts",
    enforce: "pre",
    transform(code, id) {
      if (!/macaw-ui\/dist\/style\.css/.test(id)) return null;
      return { code: code.replace(/@font-face\s*\{[^}]*\}/g, ""), map: null };
    },
  };
}

type Tree = { readonly [name: string]: string | Tree };

/** The tokens of a theme as declarations: `--mu-colors-text-default1: …`. */
function declarations(names: Tree, values: Tree): string[] {
  return Object.entries(names).flatMap(([key, name]) => {
    const value = values[key];
    if (typeof name === "string") return typeof value === "string" ? [`${name.slice("var(".length, -1)}:${value}`] : [];
    return typeof value === "object" ? declarations(name, value) : [];
  });
}

/**
 * `virtual:macaw-tokens.css`: the tokens of both themes of macaw-ui as a style sheet. Its own
 * provider sets them by script, which takes the whole library into every widget.
 */
function macawTokens(): Plugin {
  const name = "virtual:macaw-tokens.css";
  return {
    name: "macaw-tokens",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    async load(id) {
      if (id !== `\0${name}`) return null;
      const { themes, vars } = await import("@saleor/macaw-ui");
      const sheet = (theme: string, values: unknown) =>
        `:root[data-theme="${theme}"]{color-scheme:${theme};${declarations(vars as unknown as Tree, values as Tree).join(";")}}`;
      return sheet("light", themes.defaultLight) + sheet("dark", themes.defaultDark);
    },
  };
}

export default defineConfig({
  base: "/dashboard-page/",
  plugins: [withoutFonts(), macawTokens(), react()],
  resolve: { alias: { "@": resolve(import.meta.dirname, "src") } },
  build: {
    target: "es2022",
    manifest: true,
    license: { fileName: "licenses.md" },
    // The page's content policy takes no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What counts is the size that is sent: src/testing/budget.test.ts.
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: { index: "index.html", widget: "widget.html" },
      checks: { pluginTimings: false },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    // Making a document takes longer than any test: the files of a worker share one.
    isolate: false,
    maxWorkers: 2,
  },
});
