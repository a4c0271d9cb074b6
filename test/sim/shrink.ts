/** Makes a failing run smaller: fewer steps, then without each step that it does not need. */
import { type Options, run } from "./run.ts";

/** A message without the numbers and names in it: what kind of failure it is. */
const kindOf = (message: string): string =>
  message.replaceAll(/\b(main|[b-e]|p\d+)\b/g, "_").replaceAll(/[0-9a-f]{8,}|\d+/g, "_");

/** The smallest failing run found within some milliseconds; it fails in the same way. */
export function shrink({ seed, steps, skip = new Set() }: Options, ms: number): Options {
  const end = Date.now() + ms;
  const first = run({ seed, steps, skip }).failure;
  if (!first) throw new Error(`seed ${seed} does not fail`);
  const fails = (options: Options): boolean => {
    if (Date.now() > end) return false;
    const { failure } = run(options);
    return failure !== undefined && kindOf(failure.message) === kindOf(first.message);
  };
  let best: Options = { seed, steps, skip };
  for (let cut = steps >> 1; cut > 0; cut >>= 1)
    while (best.steps > cut && fails({ ...best, steps: best.steps - cut })) best = { ...best, steps: best.steps - cut };
  for (let size = best.steps >> 1; size > 0; size >>= 1)
    for (let at = best.steps - size; at > -size; at -= size) {
      const more = new Set(best.skip);
      for (let i = Math.max(0, at); i < at + size; i++) more.add(i);
      if (more.size > (best.skip?.size ?? 0) && fails({ ...best, skip: more })) best = { ...best, skip: more };
    }
  return best;
}

/** Steps as they stand on a command line: `3-9,12`. */
export function writeSteps(steps: ReadonlySet<number>): string {
  const ranges: [number, number][] = [];
  for (const step of [...steps].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === step - 1) last[1] = step;
    else ranges.push([step, step]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

export function readSteps(text: string): Set<number> {
  const steps = new Set<number>();
  for (const range of text.split(",").filter((range) => range !== "")) {
    const [from, to = from] = range.split("-").map(Number) as [number, number?];
    for (let step = from; step <= to; step++) steps.add(step);
  }
  return steps;
}
