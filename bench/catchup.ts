/**
 * The catch-up benchmark: two deployments on bare workerd, one chat; one is killed, misses 50,000 messages, and comes back on its storage with
 * somebody who was there before, while on the other one somebody talks before 100 listeners.
 *
 *   node bench/catchup.ts [--rounds 3] [--messages 50000] [--windows 1024,32] [--listeners 100] [--per-second 50] [--quick]
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/catchup.json (a --quick look leaves that alone). Ends with 1 if
 * anything was lost, repeated or reordered.
 */
import { type Parameters, type Round, round } from "./lib/away.ts";
import { bundleAll } from "./lib/bundle.ts";
import { given, whole } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { median } from "./lib/stats.ts";
import { TEXT_BYTES } from "./lib/witness.ts";

/** What is claimed: caught up within so many seconds. */
const GOAL_S = 5;

interface Summary {
  readonly window: number;
  /** Medians of the rounds: seconds, and milliseconds of latency. */
  readonly caughtUp: number;
  readonly waited: number;
  readonly before: { readonly median: number; readonly p99: number };
  readonly during: { readonly median: number; readonly p99: number };
}

async function main(): Promise<void> {
  const { windows, rounds, saved, ...parameters } = readArguments();
  const { chatty } = await bundleAll();
  const all: (Round & { window: number })[] = [];
  for (let i = 1; i <= rounds; i++)
    for (const window of windows) {
      console.error(`${window} in flight, round ${i} of ${rounds}`);
      const result = await round(chatty, { ...parameters, window });
      console.error(`  ${progress(result)}`);
      all.push({ window, ...result });
    }
  const summaries = windows.map((window) =>
    summarize(
      window,
      all.filter((result) => result.window === window),
    ),
  );
  const what = { ...parameters, rounds, windows: windows.join(","), textBytes: TEXT_BYTES };
  const record = { date: new Date().toISOString(), machine: machine(), parameters: what, summaries, rounds: all };
  if (saved) save("catchup", record);
  console.log(markdown(summaries));
}

function readArguments(): Omit<Parameters, "window"> & { windows: number[]; rounds: number; saved: boolean } {
  const { quick, ...texts } = given("rounds", "messages", "windows", "listeners", "per-second");
  const windows = (texts.windows ?? "1024,32").split(",").map(Number);
  if (!windows.every((window) => Number.isInteger(window) && window > 0))
    throw new Error("--windows are numbers from 1");
  return {
    rounds: whole("rounds", texts.rounds, quick ? 1 : 3),
    messages: whole("messages", texts.messages, quick ? 5000 : 50_000),
    windows,
    listeners: whole("listeners", texts.listeners, 100),
    perSecond: whole("per-second", texts["per-second"], 50),
    saved: !quick,
  };
}

function summarize(window: number, rounds: readonly Round[]): Summary {
  const middle = (value: (round: Round) => number): number => median(rounds.map(value));
  return {
    window,
    caughtUp: middle(({ caughtUp }) => caughtUp),
    waited: middle(({ waited }) => waited),
    before: { median: middle(({ before }) => before.median), p99: middle(({ before }) => before.p99) },
    during: { median: middle(({ during }) => during.median), p99: middle(({ during }) => during.p99) },
  };
}

/** The table for people, and under it the claim. */
function markdown(summaries: readonly Summary[]): string {
  const rows = summaries.map(({ window, caughtUp, waited, before, during }) => {
    const both = ({ median, p99 }: Summary["before"]) => `${ms(median)} / ${ms(p99)}`;
    return `| ${window} | ${seconds(waited)} | ${seconds(caughtUp)} | ${both(before)} | ${both(during)} |`;
  });
  const claims = summaries.map(({ window, caughtUp }) => {
    const holds = caughtUp <= GOAL_S ? "holds" : "DOES NOT HOLD";
    return `- ${window} in flight: caught up within ${GOAL_S} s: ${holds}`;
  });
  const head = "| in flight | first after | all after | latency before, p50 / p99 | during |";
  return [head, "| ---: | ---: | ---: | ---: | ---: |", ...rows, "", ...claims].join("\n");
}

/** One line for a round just done. */
function progress({ away, caughtUp, waited, cpu, before, during }: Round): string {
  const used = [cpu.stayed, cpu.back].map((used) => (used === undefined ? "?" : seconds(used))).join(" + ");
  const latency = [before, during].map(({ median, p99, most }) => `${ms(median)}, ${ms(p99)}, ${ms(most)}`);
  return `away ${seconds(away)}, first after ${seconds(waited)}, all after ${seconds(caughtUp)}, CPU ${used}; latency p50, p99, most: before ${latency.join("; during ")}`;
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;

await main();
