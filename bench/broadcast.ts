/**
 * The broadcast benchmark: one sender with 1024 messages in flight; 10, 100, 1000 receivers; Chatty with one server
 * and with three, its log on, on bare workerd; and beside it, in the same run, the floor (bench/floor.js).
 *
 *   node bench/broadcast.ts [--rounds 3] [--receivers 10,100,1000] [--seconds 4] [--quick] [--project DIR]
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/broadcast.json (a --quick look
 * leaves that alone). Ends with 1 if a run lost, repeated or reordered anything.
 */
import { parseArgs } from "node:util";
import { type Bundles, bundleAll } from "./lib/bundle.ts";
import { WINDOW } from "./lib/burst.ts";
import { machine, save } from "./lib/record.ts";
import { markdown, progress, type Round, summarize } from "./lib/report.ts";
import { type Result, run, type System } from "./lib/run.ts";
import { TEXT_BYTES } from "./lib/witness.ts";

const FULL = { rounds: 3, receivers: [10, 100, 1000], seconds: 4 };
/** To see that all works, not to quote. */
const QUICK = { rounds: 1, receivers: [10, 100], seconds: 1 };

interface Parameters {
  readonly rounds: number;
  readonly receivers: readonly number[];
  /** How long a measured run should take. */
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { parameters, project, quick } = readArguments();
  const rounds = await measureAll(await bundleAll(project), parameters);
  const summaries = summarize(rounds);
  const what = { ...parameters, receivers: parameters.receivers.join(","), window: WINDOW, textBytes: TEXT_BYTES };
  const record = { date: new Date().toISOString(), machine: machine(), parameters: what, summaries, rounds };
  if (!quick) save("broadcast", record);
  console.log(markdown(summaries));
  if (rounds.some(({ floor, one, three }) => [floor, one, three].some(({ failed }) => failed !== undefined))) {
    console.error("A run failed: see above.");
    process.exitCode = 1;
  }
}

/** The systems take turns, so that a slow spell of the machine does not hit one of them alone. */
async function measureAll(bundles: Bundles, parameters: Parameters): Promise<Round[]> {
  const { floor, chatty } = bundles;
  const rounds: Round[] = [];
  for (const receivers of parameters.receivers) {
    for (let round = 1; round <= parameters.rounds; round++) {
      console.error(`${receivers} receivers, round ${round} of ${parameters.rounds}`);
      const measured = async (system: System): Promise<Result> => {
        const result = await run(system, receivers, parameters.seconds);
        console.error(`  ${progress(result)}`);
        return result;
      };
      rounds.push({
        round,
        receivers,
        floor: await measured({ name: "floor", bundle: floor, servers: ["main"], ack: false }),
        one: await measured({ name: "1 server", bundle: chatty, servers: ["main"], ack: true }),
        three: await measured({ name: "3 servers", bundle: chatty, servers: ["main", "b", "c"], ack: true }),
      });
    }
  }
  return rounds;
}

function readArguments(): { parameters: Parameters; project: string | undefined; quick: boolean } {
  const text = { type: "string" } as const;
  const options = { rounds: text, receivers: text, seconds: text, project: text, quick: { type: "boolean" } } as const;
  const { rounds, receivers, seconds, project, quick = false } = parseArgs({ options }).values;
  const defaults = quick ? QUICK : FULL;
  const parameters: Parameters = {
    rounds: rounds === undefined ? defaults.rounds : Number(rounds),
    receivers: receivers === undefined ? defaults.receivers : receivers.split(",").map(Number),
    seconds: seconds === undefined ? defaults.seconds : Number(seconds),
  };
  const atLeast = (least: number) => (count: number) => Number.isInteger(count) && count >= least;
  if (!atLeast(1)(parameters.rounds) || !parameters.receivers.every(atLeast(3)) || !(parameters.seconds > 0)) {
    throw new Error("--rounds is at least 1, --receivers at least 3 (one for each server), --seconds above 0");
  }
  return { parameters, project, quick };
}

await main();
