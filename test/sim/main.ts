/**
 * Runs many seeds and reports: npm run sim -- --seeds 10000 [--from 1] [--steps 500] [--jobs 2]
 * Or one, with its trace if it fails: npm run sim -- --seed 7 [--steps 500] [--skip 3-9,12] [--shrink 60]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type Options, type Report, run } from "./run.ts";
import { readSteps, shrink, writeSteps } from "./shrink.ts";
import { RARE } from "./sometimes.ts";

/** Milliseconds between two signs of life. */
const TICK_MS = 30_000;

type Answer = Report & { seed: number };

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    steps: { type: "string", default: "500" },
    jobs: { type: "string", default: String(availableParallelism()) },
    seed: { type: "string" },
    // Seconds a failing run is made smaller for.
    shrink: { type: "string", default: "60" },
    skip: { type: "string", default: "" },
  },
});

function whole(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new Error(`'${text}' is not a whole number`);
  return Number(text);
}

const steps = whole(values.steps);

/** Runs all seeds, each on the next thread that is free; stops at the first that fails. */
async function runAll(
  from: number,
  to: number,
  jobs: number,
): Promise<{ counts: Map<string, number>; ran: number; failed: number[] }> {
  const counts = new Map<string, number>();
  let ran = 0;
  let next = from;
  const failed: number[] = [];
  const tick = setInterval(() => console.error(`seed ${next} of ${to}`), TICK_MS);
  const work = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      const more = () => {
        if (next <= to && failed.length === 0) worker.postMessage({ seed: next++, steps } satisfies Options);
        else resolve();
      };
      worker.on("error", reject);
      worker.on("message", ({ seed, counts: found, failure }: Answer) => {
        ran++;
        if (failure) {
          failed.push(seed);
          console.log(`seed ${seed}, step ${failure.step}: ${failure.message}`);
        }
        for (const [what, count] of found) counts.set(what, (counts.get(what) ?? 0) + count);
        more();
      });
      more();
    });
  const workers = Array.from({ length: jobs }, () => new Worker(new URL("./worker.ts", import.meta.url)));
  await Promise.all(workers.map(work));
  await Promise.all(workers.map((worker) => worker.terminate()));
  clearInterval(tick);
  return { counts, ran, failed };
}

/** Tells what went wrong in a run, in its smallest form. */
function tell(options: Options): void {
  const small = shrink(options, 1000 * whole(values.shrink));
  const { failure } = run({ ...small, tracing: true });
  console.log(failure?.trace.join("\n"));
  console.log(`\nseed ${small.seed}, step ${failure?.step}: ${failure?.message}`);
  const skip = small.skip?.size ? ` --skip ${writeSteps(small.skip)}` : "";
  console.log(`to repeat: npm run -s sim -- --seed ${small.seed} --steps ${small.steps}${skip}`);
  process.exitCode = 1;
}

if (values.seed !== undefined) {
  const options = { seed: whole(values.seed), steps, skip: readSteps(values.skip) };
  const { failure, counts } = run(options);
  if (failure) tell(options);
  else console.log(Object.fromEntries([...counts].sort()));
} else {
  const [from, seeds] = [whole(values.from), whole(values.seeds)];
  const began = Date.now();
  const { counts, ran, failed } = await runAll(from, from + seeds - 1, whole(values.jobs));
  for (const [what, count] of [...counts].sort()) console.log(`${String(count).padStart(10)}  ${what}`);
  const never = RARE.filter((what) => !counts.has(what));
  if (never.length > 0) console.log(`never: ${never.join(", ")}`);
  const time = `${Math.round((Date.now() - began) / 1000)} s`;
  console.log(`${ran} seeds from ${from} of ${steps} steps each, ${ran * steps} steps in all, in ${time}`);
  for (const seed of failed) tell({ seed, steps });
}
