/** Every rule of docs/protocol.md is proven by a test that names it, and every id in a title is a rule. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SABOTAGES } from "../sim/broken.ts";

const root = join(import.meta.dirname, "../..");
const ID = /\b[A-Z]\d+\b/g;
const TITLE = /\b(?:it|test|describe|browse)(?:\.\w+)*(?:\([^()`"']*\))?\(\s*(["'`])((?:(?!\1)[\s\S])*)\1/g;

const protocol = readFileSync(join(root, "docs/protocol.md"), "utf8");
const rules = [...protocol.matchAll(/^- \*\*([A-Z]\d+)\*\* /gm)].map((m) => m[1]);

const titles = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts") && !file.endsWith("rules.test.ts"))
  .flatMap((file) => [...readFileSync(join(root, "test", file), "utf8").matchAll(TITLE)].map((m) => m[2] ?? ""));

/** The ids a title opens with. */
const cited = new Set(titles.flatMap((title) => /^(?:[A-Z]\d+,? )+/.exec(`${title} `)?.[0].match(ID) ?? []));

it("finds rules and titles at all", () => {
  expect(rules.length).toBeGreaterThan(50);
  expect(new Set(rules).size).toBe(rules.length);
  expect(titles.length).toBeGreaterThan(50);
});

it("every rule has a test", () => {
  expect(rules.filter((rule) => !cited.has(rule ?? ""))).toEqual([]);
});

it("every id in a title is a rule", () => {
  expect([...cited].filter((id) => !rules.includes(id))).toEqual([]);
});

it("the answers to the ten questions name rules and stories that are there", () => {
  const answers = readFileSync(join(root, "docs/questions.md"), "utf8");
  const named = answers.match(ID) ?? [];
  expect(named.filter((id) => !rules.includes(id))).toEqual([]);
  const stories = answers.match(/[a-z-]+\.txt/g) ?? [];
  const there = readdirSync(join(root, "test/sim/conversations"));
  expect(stories.filter((story) => !there.includes(story))).toEqual([]);
  expect([named.length > 10, stories.length > 5]).toEqual([true, true]);
});

it("every rule broken on purpose is one, and what is to be broken is still there, once", () => {
  const astray = SABOTAGES.filter(({ rule, file, find }) => {
    const found = readFileSync(join(root, "src/chat", file), "utf8").split(find).length - 1;
    return found !== 1 || !rule.split(" ").every((id) => rules.includes(id));
  });
  expect(astray.map(({ name }) => name)).toEqual([]);
});

it("every error code is in the document, and the document has no other", () => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(root, "src", file), "utf8"))
    .join("\n");
  const used = /(?:\bcode: |\brefuse\(|\bno\(\s*\d+,\s*|\bhttpError\(\s*\d+,\s*)"([a-z_]+)"/g;
  const codes = new Set([...sources.matchAll(used)].map((m) => m[1]));
  const [, tables = ""] = protocol.split("## Error codes");
  const documented = new Set([...tables.matchAll(/^\| (`.*?) \|/gm)].flatMap((m) => (m[1] ?? "").match(/[a-z_]+/g)));
  expect(codes.size).toBeGreaterThan(20);
  expect([...documented].sort()).toEqual([...codes].sort());
});
