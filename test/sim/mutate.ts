/**
 * Whether the tests notice broken code. `--broken`: each sabotage of test/sim/broken.ts (or those of a rule or file: `--broken M4`),
 * one after the other, in a copy of the sources; otherwise Stryker's mutants (stryker.config.json, and test/sim/messages.ts for what it
 * leaves alone), with its own arguments, such as `--mutate src/chat/parse.ts`. It remembers what it knows in
 * reports/; a survivor in what is evaluated once, when its file is loaded, is tried again only with `--force`.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SABOTAGES, type Sabotage } from "./broken.ts";

const root = join(import.meta.dirname, "../..");
/** What the tests need. */
const COPIED = [
  "src",
  "client",
  "bench",
  "test",
  "docs",
  "package.json",
  "tsconfig.base.json",
  "vitest.mutants.config.ts",
];
/** Milliseconds after which a run counts as hung: ten times what a whole run takes. */
const HUNG_MS = 90_000;

interface Failure {
  file: string;
  test: string;
}

/** The first test that fails in a copy; nothing if all pass. */
function firstFailure(copy: string): Failure | undefined {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const args = [
    "run",
    "--config",
    "vitest.mutants.config.ts",
    "--bail",
    "1",
    "--reporter",
    "json",
    "--outputFile",
    report,
  ];
  const { status, error, stderr } = spawnSync(join(copy, "node_modules/.bin/vitest"), args, {
    cwd: copy,
    encoding: "utf8",
    timeout: HUNG_MS,
    killSignal: "SIGKILL",
  });
  if (error && "code" in error && error.code === "ETIMEDOUT") return { file: "", test: "(the tests hung)" };
  if (status === 0) return undefined;
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: { name: string; assertionResults: { status: string; title: string }[] }[];
  };
  for (const { name, assertionResults } of testResults)
    for (const { status, title } of assertionResults)
      if (status === "failed") return { file: name.slice(realpathSync(copy).length + 1), test: title };
  throw new Error(`the tests ended with ${status}, and none of them failed\n${stderr}`);
}

/** The file with its passage replaced. */
function sabotaged({ file, find, replace }: Sabotage): string {
  const parts = readFileSync(join(root, "src/chat", file), "utf8").split(find);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times, instead of once: ${find}`);
  return parts.join(replace);
}

/** Runs the sabotages whose rule, name or file holds `word`, and answers how many nobody noticed. */
function runBroken(word: string): number {
  const chosen = SABOTAGES.filter(({ rule, name, file }) => [rule, name, file].some((text) => text.includes(word)));
  const copy = mkdtempSync(join(tmpdir(), "chatty-broken-"));
  let survived = 0;
  try {
    const texts = chosen.map(sabotaged);
    for (const path of COPIED)
      cpSync(join(root, path), join(copy, path), { recursive: true, filter: (file) => !file.includes("node_modules") });
    symlinkSync(realpathSync(join(root, "node_modules")), join(copy, "node_modules"));
    const sound = firstFailure(copy);
    if (sound) throw new Error(`without any sabotage this fails: ${sound.file}: ${sound.test}`);
    chosen.forEach(({ name, rule, file }, i) => {
      const path = join(copy, "src/chat", file);
      const original = readFileSync(path, "utf8");
      writeFileSync(path, texts[i] as string);
      const failure = firstFailure(copy);
      writeFileSync(path, original);
      if (!failure) survived++;
      const verdict = failure ? `caught by ${failure.file}: ${failure.test}` : "SURVIVED";
      console.log(`${rule}: ${name} (${file})\n    ${verdict}`);
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  console.log(`${chosen.length} rules broken, ${survived} of them unnoticed`);
  return survived;
}

const args = process.argv.slice(2);
const [kind, word = ""] = args;
if (kind === "--broken") process.exitCode = runBroken(word) > 0 ? 1 : 0;
else
  process.exitCode =
    spawnSync(join(root, "node_modules/.bin/stryker"), ["run", ...args], { cwd: root, stdio: "inherit" }).status ?? 1;
