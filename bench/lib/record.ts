/** Results as data: on which machine, with which versions, and every figure. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { WORKERD } from "./workerd.ts";

/** Digits of a saved figure: more than it means, and enough for every whole number in it. */
const SAVED_DIGITS = 7;
const RESULTS = join(import.meta.dirname, "../results");

export function machine(): Record<string, string | number> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    node: process.version,
    workerd: execFileSync(WORKERD, ["--version"], { encoding: "utf8" }).trim(),
  };
}

/** Writes bench/results/`name`.json. */
export function save(name: string, record: object): void {
  const short = (_key: string, value: unknown): unknown =>
    typeof value === "number" ? Number(value.toPrecision(SAVED_DIGITS)) : value;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(record, short, 2)}\n`);
}
