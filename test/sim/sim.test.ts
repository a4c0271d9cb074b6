/** Whatever goes wrong for a while, nobody is told anything twice or out of place, and in the end all servers agree. */
import { expect, it } from "vitest";
import { run } from "./run.ts";

/** Seeds from which on everything rare happens. */
const MANY = 60;
/** To look further: SEEDS=5000 FROM=1000 npx vitest run --project unit test/sim */
const SEEDS = Number(process.env.SEEDS ?? MANY);
const FROM = Number(process.env.FROM ?? 1);
const STEPS = 300;
/** What must have happened in some of many seeds, or the run proves nothing of it. */
const RARE = [
  "a copy spared",
  "a copy written",
  "alarm after a loss of memory",
  "crash before the commit",
  "disconnect 200",
  "disconnect 200, forced",
  "disconnect 503",
  "partitioned",
  "roamed",
];

it("C5 S7 R2 R3 R8 R10 M2 M4 P1 L8 I1 seeds of faults and healing", { timeout: 600_000 }, () => {
  const counts = new Map<string, number>();
  for (let seed = FROM; seed < FROM + SEEDS; seed++)
    for (const [what, count] of run(seed, STEPS).counts) counts.set(what, (counts.get(what) ?? 0) + count);
  if (process.env.SEEDS) console.log(Object.fromEntries([...counts].sort()));
  if (SEEDS >= MANY) expect(RARE.filter((what) => !counts.has(what))).toEqual([]);
});
