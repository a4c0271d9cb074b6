/**
 * Runs every benchmark, one after the other, then draws the pictures.
 *
 *   node bench/all.ts [--quick] [--rounds N]
 *
 * What is given goes to each of them. How long each took goes to stderr. Ends with 1 if one failed; the others run all the same.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const BENCHMARKS = [
  "broadcast",
  "catchup",
  "busy",
  "latency",
  "join",
  "resume",
  "memory",
  "relay",
  "cost",
  "growth",
  "watch",
  "compression",
];

const failed: string[] = [];
function run(name: string, args: readonly string[]): void {
  console.error(`== ${name}`);
  const began = performance.now();
  const { status, error } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...args], {
    stdio: "inherit",
  });
  if (error) throw error;
  if (status !== 0) failed.push(name);
  console.error(`== ${name}: ${status === 0 ? "done" : "FAILED"} after ${duration(performance.now() - began)}\n`);
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

for (const name of BENCHMARKS) run(name, process.argv.slice(2));
run("pictures", []);
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
