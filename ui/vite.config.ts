import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The oldest web views the program meets: WebView2 109 on Windows, WebKitGTK 2.4x on Linux.
const TARGETS = ["chrome109", "safari16"];

export default defineConfig({
  base: "./",
  plugins: [
    paraglideVitePlugin({
      project: "./project.inlang",
      outdir: "./src/lib/paraglide",
      strategy: ["globalVariable", "baseLocale"],
      outputStructure: "locale-modules",
    }),
    svelte(),
  ],
  resolve: { conditions: ["browser"] },
  server: { fs: { allow: [".", "../assets/messages"] }, proxy: { "/call": "http://127.0.0.1:5199", "/events": "http://127.0.0.1:5199" } },
  build: {
    target: TARGETS,
    cssTarget: TARGETS,
    // The security policy refuses data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: { environment: "jsdom", include: ["tests/unit/**/*.test.ts"], setupFiles: ["tests/unit/setup.ts"] },
});
