/**
 * The broadcast benchmark: how much Chatty tells, with one server and with three, its log on, beside the floor (bench/floor.js: the platform's
 * plain way) and what else a chat is built with (bench/peers: partyserver, socket.io, ws), which keep no log.
 *
 *   node bench/broadcast.ts [--rounds 5] [--receivers 10,100,1000,5000] [--seconds 2] [--quick] [--project DIR]
 *
 * First one sender with 1024 messages in flight, and many receivers. Then many senders into one server. Whoever joined a chat is told
 * everything, so nobody sends without receiving: "100 senders and 10 receivers" is measured as 100 who all send and receive, which is more
 * work for the same number of messages, and as 10 who do. They keep 1024 in flight together, an equal part each.
 *
 * All systems are driven by the same load: connections without compression, of whom one for each server parses and checks what it receives
 * and all others must have exactly as many bytes. The systems take turns within a round, each on a fresh process. The tables go to stdout, what
 * happens to stderr, all figures to bench/results/broadcast.json (a --quick look leaves that alone). Ends with 1 if a run lost, repeated or
 * reordered anything: all of them keep the order of one connection.
 */
import { WINDOW } from "./lib/burst.ts";
import { broadcastClaims, sendersClaim } from "./lib/claims.ts";
import { THREE } from "./lib/names.ts";
import { given } from "./lib/options.ts";
import { installPeers } from "./lib/peers.ts";
import { machine, save } from "./lib/record.ts";
import { broadcastTable, progress, type Run, sendersTable, summarize } from "./lib/report.ts";
import { type Contender, run, type Size } from "./lib/run.ts";
import { allSystems } from "./lib/systems.ts";
import { TEXT_BYTES } from "./lib/witness.ts";

const FULL = { rounds: 5, receivers: [10, 100, 1000, 5000], seconds: 2 };
/** To see that all works, not to quote. */
const QUICK = { rounds: 1, receivers: [10, 100], seconds: 1 };
/** Of the second part. */
const SENDERS = [10, 100];

interface Parameters {
  readonly rounds: number;
  readonly receivers: readonly number[];
  /** How long a measured run should take. */
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { parameters, project, quick } = readArguments();
  const versions = await installPeers();
  const systems = await allSystems(project);
  const sizes = parameters.receivers.map((receivers): Size => ({ receivers, senders: 1 }));
  const one = await measure(systems, sizes, parameters);
  const alone = systems.filter(({ name }) => name !== THREE);
  const crowds = SENDERS.map((senders): Size => ({ receivers: senders, senders }));
  const many = await measure(alone, crowds, parameters);
  const summaries = summarize(one);
  const senders = summarize(many);
  const runs = [...one, ...many];
  const what = { ...parameters, receivers: parameters.receivers.join(","), window: WINDOW, textBytes: TEXT_BYTES };
  const measured = { date: new Date().toISOString(), machine: { ...machine(), ...versions }, parameters: what };
  if (!quick) save("broadcast", { ...measured, summaries, senders, runs });
  const claims = [...summaries.flatMap(broadcastClaims), ...senders.map(sendersClaim)];
  console.log([broadcastTable(summaries), sendersTable(senders), claims.join("\n")].join("\n\n"));
  if (runs.some(({ failed }) => failed !== undefined)) {
    console.error("A run failed: see above.");
    process.exitCode = 1;
  }
}

/** The systems take turns, so that a slow spell of the machine does not hit one of them alone. */
async function measure(systems: readonly Contender[], sizes: readonly Size[], parameters: Parameters): Promise<Run[]> {
  const runs: Run[] = [];
  for (const size of sizes)
    for (let round = 1; round <= parameters.rounds; round++) {
      console.error(`senders ${size.senders}, receivers ${size.receivers}, round ${round} of ${parameters.rounds}`);
      for (const system of systems) {
        const result = { round, ...(await run(system, size, parameters.seconds)) };
        console.error(`  ${progress(result)}`);
        runs.push(result);
      }
    }
  return runs;
}

function readArguments(): { parameters: Parameters; project: string | undefined; quick: boolean } {
  const { quick, project, rounds, receivers, seconds } = given("rounds", "receivers", "seconds", "project");
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
