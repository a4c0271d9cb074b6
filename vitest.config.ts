import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Most of the time is spent waiting: for a minute of quiet, for processes to start.
    maxWorkers: 2,
    globalSetup: "./test/browser/built.ts",
    projects: [
      { test: { name: "unit", include: ["test/{unit,sim,client}/**/*.test.ts"] } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings: { COOKIE: "secret" } },
          }),
        ],
        test: { name: "workers", include: ["test/workers/**/*.test.ts"] },
      },
      // Processes, sockets and minutes of quiet; some count seconds, which a busy machine may once take away.
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 150_000,
          hookTimeout: 60_000,
          retry: 1,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: "./test/browser/chromium.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: 1,
        },
      },
    ],
  },
});
