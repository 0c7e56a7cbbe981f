/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

/**
 * macaw-ui brings fifty font files, which the Dashboard's frame does not share with its own page:
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

export default defineConfig({
  base: "/dashboard-page/",
  plugins: [withoutFonts(), react()],
  resolve: { alias: { "@": resolve(import.meta.dirname, "src") } },
  build: {
    target: "es2022",
    // The page's content policy takes no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What counts is the size that is sent: src/testing/budget.test.ts.
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: { index: "index.html", widget: "widget.html" },
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
