/**
 * The join storm: 5000 clients join one server, or three, as fast as the load can connect; how long until all are welcomed, until everybody's idea
 * of how many there are is right, and how much each was sent. Beside them, in the same rounds, the floor (bench/floor.js), which tells nobody.
 *
 *   node bench/join.ts [--rounds 5] [--clients 5000] [--connecting 1000] [--quick]
 *
 * What is claimed: 5 s after the last welcome at most, everybody has the right count; nobody was sent more than 20 kB.
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/join.json (a --quick look leaves that alone). Ends with 1 if
 * anybody was refused or lost the connection.
 */
import { type Bundles, bundleAll } from "./lib/bundle.ts";
import { needConnections } from "./lib/files.ts";
import { given, whole } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import type { System } from "./lib/run.ts";
import { median } from "./lib/stats.ts";
import { AGREE_S, type Storm, storm } from "./lib/storm.ts";

const GOAL_BYTES = 20_000;

type Summary = Omit<Storm, "agreed"> & { readonly system: string; readonly agreed: number | undefined };

async function main(): Promise<void> {
  const { quick, ...parameters } = readArguments();
  needConnections(parameters.clients);
  const systems = systemsOf(await bundleAll());
  const storms: (Storm & { system: string })[] = [];
  for (let round = 1; round <= parameters.rounds; round++)
    for (const system of systems) {
      console.error(`${system.name}, round ${round} of ${parameters.rounds}`);
      const result = await storm(system, parameters);
      console.error(`  ${cells({ system: system.name, ...result }).join(", ")}`);
      storms.push({ system: system.name, ...result });
    }
  const summaries = systems.map(({ name }) => summarize(storms.filter(({ system }) => system === name)));
  const record = { date: new Date().toISOString(), machine: machine(), parameters, summaries, rounds: storms };
  if (!quick) save("join", record);
  console.log([markdown(summaries), "", ...claims(summaries)].join("\n"));
}

const systemsOf = ({ floor, chatty }: Bundles): System[] => [
  { name: "floor", bundle: floor, servers: ["main"], ack: false },
  { name: "1 server", bundle: chatty, servers: ["main"], ack: true },
  { name: "3 servers", bundle: chatty, servers: ["main", "b", "c"], ack: true },
];

/** Medians of the rounds; of the counts, and of the most bytes, the worst round. */
function summarize(storms: readonly (Storm & { system: string })[]): Summary {
  const middle = (value: (storm: Storm) => number | undefined) => median(storms.flatMap((storm) => value(storm) ?? []));
  const most = (value: (storm: Storm) => number) => Math.max(...storms.map(value));
  return {
    system: String(storms[0]?.system),
    joined: middle(({ joined }) => joined),
    agreed: storms.every(({ agreed }) => agreed !== undefined) ? most(({ agreed }) => agreed as number) : undefined,
    astray: most(({ astray }) => astray),
    bytes: { median: middle(({ bytes }) => bytes.median), most: most(({ bytes }) => bytes.most) },
    cpu: storms.some(({ cpu }) => cpu === undefined) ? undefined : middle(({ cpu }) => cpu),
  };
}

function markdown(summaries: readonly Summary[]): string {
  const head =
    "| | all welcomed after | all counts right, after that | bytes to a client, median / most | server's CPU |";
  const rows = summaries.map((summary) => `| ${summary.system} | ${cells(summary).join(" | ")} |`);
  return [head, "| --- | ---: | ---: | ---: | ---: |", ...rows].join("\n");
}

function cells({ system, joined, agreed, astray, bytes, cpu }: Summary): string[] {
  const counts = agreed === undefined ? `${astray} wrong` : `${agreed.toFixed(2)} s`;
  return [
    `${joined.toFixed(1)} s`,
    system === "floor" ? "tells none" : counts,
    `${bytes.median} / ${bytes.most}`,
    cpu === undefined ? "?" : `${cpu.toFixed(1)} s`,
  ];
}

/** The floor claims nothing. */
function claims(summaries: readonly Summary[]): string[] {
  const holds = (is: boolean) => (is ? "holds" : "DOES NOT HOLD");
  return summaries
    .filter(({ system }) => system !== "floor")
    .flatMap(({ system, agreed, bytes }) => [
      `- ${system}: all counts right within ${AGREE_S} s of the last welcome: ${holds(agreed !== undefined)}`,
      `- ${system}: at most ${GOAL_BYTES / 1000} kB to a client, median: ${holds(bytes.median <= GOAL_BYTES)}; most: ${holds(bytes.most <= GOAL_BYTES)}`,
    ]);
}

function readArguments(): { rounds: number; clients: number; connecting: number; quick: boolean } {
  const { quick, ...texts } = given("rounds", "clients", "connecting");
  return {
    quick,
    rounds: whole("rounds", texts.rounds, quick ? 1 : 5),
    clients: whole("clients", texts.clients, quick ? 500 : 5000),
    connecting: whole("connecting", texts.connecting, 1000),
  };
}

await main();
