import { defineConfig } from "vitest/config";

/** The tests that run against a changed `src/chat`: all that are fast, but the one that reads the sources as text. */
export default defineConfig({
  test: {
    name: "unit",
    include: ["test/{unit,sim,client}/**/*.test.ts"],
    exclude: ["test/unit/rules.test.ts"],
    env: { SEEDS: process.env.SEEDS ?? "10" },
  },
});
