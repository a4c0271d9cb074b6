/** Whatever goes wrong for a while, nobody is told anything twice or out of place, and in the end all servers agree. */
import { expect, it } from "vitest";
import { run } from "./run.ts";
import { RARE } from "./sometimes.ts";

/** The first of them: from it on the rarest paths come early. */
const FIRST = Number(process.env.FIRST ?? 1);
/** Seeds from which on everything rare happens. */
const MANY = 300;
/** Fewer where it is run very often; to look further: npm run sim -- --seeds 10000 */
const SEEDS = Number(process.env.SEEDS ?? MANY);
const STEPS = 300;

it("C5 C9 C11 S7 L3 L5 L8 R1 R2 R3 R8 R10 M2 M4 M8 M14 P1 I1 I2 seeds of faults and healing", {
  timeout: 600_000,
}, () => {
  const counts = new Map<string, number>();
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const report = run({ seed, steps: STEPS });
    if (report.failure)
      expect.fail(`${report.failure.message}; to repeat: npm run sim -- --seed ${seed} --steps ${STEPS}`);
    for (const [what, count] of report.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  }
  if (SEEDS >= MANY) expect(RARE.filter((what) => !counts.has(what))).toEqual([]);
});

it("the same seed is the same world", () => {
  const [once, again] = [run({ seed: 7, steps: STEPS }), run({ seed: 7, steps: STEPS, tracing: true })];
  expect(again).toEqual(once);
});
