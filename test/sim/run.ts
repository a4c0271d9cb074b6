/** One run: a time of faults, a time of healing, and then everything must have converged. */
import { act, deluge } from "./act.ts";
import { drawFaults, NAMES } from "./faults.ts";
import { check, heal } from "./heal.ts";
import { checkServer } from "./invariants.ts";
import { mix, Random } from "./random.ts";
import { World } from "./world.ts";

const PEOPLE = 6;
/** Steps between two looks at everything. */
const LOOK = 50;
/** One of so many seeds has a deluge, which takes as long as ten others. */
const DELUGE = 100;
/** Milliseconds of a step: as a rule, and now and then, so that delays and grace periods end. */
const SHORT_MS = 150;
const LONG_MS = 12_000;

export interface Options {
  seed: number;
  steps: number;
  /** Steps in which nothing is done. */
  skip?: ReadonlySet<number>;
  tracing?: boolean;
}

export interface Report {
  counts: Map<string, number>;
  /** What went wrong, in which step, and the end of the trace. */
  failure?: { message: string; step: number; trace: string[] };
}

/** Runs a seed. */
export function run({ seed, steps, skip, tracing = false }: Options): Report {
  const world = new World(seed, tracing);
  let i = 0;
  try {
    const kinds = begin(world);
    for (; i < steps; i++) {
      world.random = new Random(mix(seed, i));
      const time = world.random.below(world.random.oneIn(20) ? LONG_MS : SHORT_MS);
      if (seed % DELUGE === 0 && i === steps >> 1) deluge(world);
      else if (!skip?.has(i)) {
        world.say(`step ${i}`);
        act(world, kinds);
      }
      world.pass(world.now + time);
      if (i % LOOK === 0 && world.servers.size > 0) checkServer(world.random.pick([...world.servers.values()]));
    }
    heal(world);
    check(world);
  } catch (error) {
    const { message, stack } = error as Error;
    world.say(String(stack));
    return { counts: world.counts, failure: { message, step: i, trace: world.trace } };
  }
  return { counts: world.counts };
}

function begin(world: World): ReturnType<typeof drawFaults> {
  const { random, seed } = world;
  const kinds = drawFaults(seed);
  world.network.lossy = kinds.has("lossy");
  for (let i = 0; i < PEOPLE; i++) world.person();
  for (const name of NAMES) if (random.oneIn(2)) world.server(name).skew = random.below(4000) - 2000;
  return kinds;
}
