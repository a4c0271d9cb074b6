/**
 * Explores the scopes and prints a table: node test/sim/explore/explore.ts [--scope name] [--budget states]
 * Without `--scope` all of them. Ends with 1 if anything is violated, after the way to it.
 */
import { parseArgs } from "node:util";
import { SCOPES } from "./scopes.ts";
import { explore, type Report } from "./search.ts";
import { Violation } from "./violation.ts";

/** States after which a scope is given up. */
const BUDGET = 2_000_000;
const COLUMNS = ["states", "transitions", "terminal", "depth", "servers", "steps", "seconds"];

const { values } = parseArgs({ options: { scope: { type: "string" }, budget: { type: "string" } } });
const budget = Number(values.budget ?? BUDGET);
const chosen = SCOPES.filter(({ name }) => values.scope === undefined || name === values.scope);
if (chosen.length === 0 || !(budget > 0)) {
  console.error(
    `usage: explore.ts [--scope name] [--budget states]\nscopes:\n  ${SCOPES.map(({ name }) => name).join("\n  ")}`,
  );
  process.exit(2);
}

const width = Math.max(...chosen.map(({ name }) => name.length));
const row = (name: string, cells: (string | number)[]): string =>
  [name.padEnd(width), ...cells.map((cell) => `${cell}`.padStart(11))].join(" ");

const cells = ({ states, transitions, terminal, depth, servers, steps, exhausted }: Report, seconds: string) => [
  ...[states, transitions, terminal, depth, servers, steps, seconds],
  exhausted ? "yes" : "no",
];

console.log(row("scope", [...COLUMNS, "exhausted"]));
for (const scope of chosen) {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  try {
    console.log(row(scope.name, cells(explore(scope, budget), seconds())));
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    process.exitCode = 1;
    console.log(row(scope.name, [...COLUMNS.slice(1).map(() => "-"), seconds(), "VIOLATED"]));
    console.log(error.message);
  }
}
