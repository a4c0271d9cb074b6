/** What is served is built for those who use it, whoever needed it first. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

it("the scripts of the page do not tell where their sources lie", () => {
  const folder = join(root, "dist/web/assets");
  const scripts = readdirSync(folder).filter((file) => file.endsWith(".js"));
  expect(scripts.length).toBe(2);
  expect(scripts.filter((script) => readFileSync(join(folder, script), "utf8").includes(root))).toEqual([]);
});
