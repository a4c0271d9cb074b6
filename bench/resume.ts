/**
 * The resume storm: 5000 clients of one server lose their connections, miss 100 messages, and all come back at once with their sessions and
 * cursors; in every other run the server's process is killed before that and comes back on its storage.
 *
 *   node bench/resume.ts [--rounds 5] [--clients 5000] [--connecting 1000] [--messages 100] [--quick]
 *
 * What is claimed: everybody has what they missed, once and in order, within 10 s of the first connection, and the isolate's heap stays below 128 MB.
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/resume.json (a --quick look leaves that alone). Ends with 1 if
 * anything was lost, repeated or reordered.
 */
import { bundleAll } from "./lib/bundle.ts";
import { needConnections } from "./lib/files.ts";
import { type Homecoming, homecoming } from "./lib/homecoming.ts";
import { given, whole } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { median } from "./lib/stats.ts";
import { TEXT_BYTES } from "./lib/witness.ts";

const GOAL_S = 10;
/** What the platform gives an isolate. */
const GOAL_MB = 128;
const MB = 2 ** 20;

type Run = Homecoming & { readonly killed: boolean };

async function main(): Promise<void> {
  const { quick, rounds, ...parameters } = readArguments();
  needConnections(parameters.clients);
  const { chatty } = await bundleAll();
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round++)
    for (const killed of [false, true]) {
      console.error(`${nameOf(killed)}, round ${round} of ${rounds}`);
      const run = { killed, ...(await homecoming(chatty, { ...parameters, killed })) };
      console.error(`  ${cells(run).join(", ")}`);
      runs.push(run);
    }
  const summaries = [false, true].map((killed) => summarize(runs.filter((run) => run.killed === killed)));
  const what = { rounds, ...parameters, textBytes: TEXT_BYTES };
  if (!quick) save("resume", { date: new Date().toISOString(), machine: machine(), parameters: what, summaries, runs });
  console.log([markdown(summaries), "", ...summaries.flatMap(claims)].join("\n"));
}

const nameOf = (killed: boolean): string => (killed ? "killed and restarted" : "connections cut");

/** Medians of the rounds; of the heap the most. */
function summarize(runs: readonly Run[]): Run {
  const middle = (value: (run: Run) => number): number => median(runs.map(value));
  return {
    killed: runs.every(({ killed }) => killed),
    welcomed: middle(({ welcomed }) => welcomed),
    half: middle(({ half }) => half),
    whole: middle(({ whole }) => whole),
    away: middle(({ away }) => away),
    heap: Math.max(...runs.map(({ heap }) => heap)),
    bytes: middle(({ bytes }) => bytes),
    cpu: runs.some(({ cpu }) => cpu === undefined) ? undefined : middle(({ cpu }) => cpu as number),
  };
}

function markdown(summaries: readonly Run[]): string {
  const head =
    "| | server back | all welcomed after | half whole | all whole | bytes to a client, most | peak of the heap | server's CPU |";
  const rows = summaries.map((run) => `| ${nameOf(run.killed)} | ${cells(run).join(" | ")} |`);
  return [head, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", ...rows].join("\n");
}

function cells({ killed, away, welcomed, half, whole, bytes, heap, cpu }: Run): string[] {
  return [
    killed ? `after ${seconds(away)}` : "stays",
    ...[welcomed, half, whole].map(seconds),
    `${bytes}`,
    `${(heap / MB).toFixed(0)} MB`,
    cpu === undefined ? "?" : seconds(cpu),
  ];
}

function claims({ killed, whole, heap }: Run): string[] {
  const holds = (is: boolean) => (is ? "holds" : "DOES NOT HOLD");
  return [
    `- ${nameOf(killed)}: everybody whole within ${GOAL_S} s: ${holds(whole <= GOAL_S)}`,
    `- ${nameOf(killed)}: heap below ${GOAL_MB} MB: ${holds(heap < GOAL_MB * MB)}`,
  ];
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;

function readArguments(): { rounds: number; clients: number; connecting: number; messages: number; quick: boolean } {
  const { quick, ...texts } = given("rounds", "clients", "connecting", "messages");
  return {
    quick,
    rounds: whole("rounds", texts.rounds, quick ? 1 : 5),
    clients: whole("clients", texts.clients, quick ? 500 : 5000),
    connecting: whole("connecting", texts.connecting, 1000),
    messages: whole("messages", texts.messages, 100),
  };
}

await main();
