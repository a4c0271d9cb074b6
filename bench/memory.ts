/**
 * The memory benchmark: what 1000, 5000 and 10,000 clients of one server cost it, while they talk and when nobody does and their object hibernates;
 * beside the floor (bench/floor.js), which remembers nothing, so that one sees what is the platform's.
 *
 *   node bench/memory.ts [--rounds 5] [--clients 1000,5000,10000] [--connecting 1000] [--quick]
 *
 * Two things are measured: the process, which is resident memory as /proc tells it beyond that without clients, mostly buffers of the runtime for each
 * socket, and more than is needed at the moment, for the allocator keeps what was; and the heap of the isolate after a collection, as the inspector
 * tells it, which is what the platform limits to 128 MB. What is claimed: the heap stays below that at any time, garbage and all, and the object hibernates.
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/memory.json (a --quick look leaves that alone). Ends with 1 if
 * anything said before or after hibernating did not reach everybody.
 */
import { type Bundles, bundleAll } from "./lib/bundle.ts";
import { mostConnections, tooMany } from "./lib/files.ts";
import { given, whole, wholes } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { type Memory, type Residence, residence } from "./lib/residence.ts";
import type { System } from "./lib/run.ts";
import { median } from "./lib/stats.ts";

/** What the platform gives an isolate. */
const GOAL_MB = 128;
const HUNDRED = 100;
const MB = 2 ** 20;
const KB = 2 ** 10;

type Named = Residence & { readonly system: string };

async function main(): Promise<void> {
  const { quick, rounds, sizes: wanted, connecting } = readArguments();
  const sizes = wanted.map(possible);
  const systems = systemsOf(await bundleAll());
  const all: Named[] = [];
  for (let round = 1; round <= rounds; round++)
    for (const system of systems) {
      console.error(`${system.name}, round ${round} of ${rounds}`);
      for (const one of await residence(system, { sizes, connecting })) {
        console.error(`  ${one.clients} clients: ${cells(one).join(", ")}`);
        all.push({ system: system.name, ...one });
      }
    }
  const summaries = sizes.flatMap((clients) =>
    systems.map(({ name }) => summarize(all.filter((one) => one.system === name && one.clients === clients))),
  );
  const parameters = { rounds, clients: sizes.join(","), connecting };
  const record = { date: new Date().toISOString(), machine: machine(), parameters, summaries, rounds: all };
  if (!quick) save("memory", record);
  console.log([markdown(summaries), "", ...summaries.flatMap(claims)].join("\n"));
}

/** As many, or, said aloud, as many hundreds as this machine allows. */
function possible(clients: number): number {
  const most = mostConnections();
  if (clients <= most) return clients;
  const fewer = Math.floor(most / HUNDRED) * HUNDRED;
  console.error(`${tooMany(clients)}. Now it is done with ${fewer}.`);
  return fewer;
}

const systemsOf = ({ floor, chatty }: Bundles): System[] => [
  { name: "floor", bundle: floor, servers: ["main"], ack: false },
  { name: "Chatty", bundle: chatty, servers: ["main"], ack: true },
];

/** Medians of the rounds; of the highest heap the highest. */
function summarize(rounds: readonly Named[]): Named {
  const [{ system, clients }] = rounds as [Named];
  const middle = (memories: readonly Memory[]): Memory => ({
    process: median(memories.map(({ process }) => process)),
    heap: median(memories.map(({ heap }) => heap)),
  });
  const hibernating = rounds.flatMap((round) => round.hibernating ?? []);
  return {
    system,
    clients,
    active: middle(rounds.map(({ active }) => active)),
    hibernating: hibernating.length === rounds.length ? middle(hibernating) : undefined,
    heap: Math.max(...rounds.map(({ heap }) => heap)),
  };
}

function markdown(summaries: readonly Named[]): string {
  const head = "| clients | | process, active | hibernating | heap, active | hibernating | heap at most |";
  const rows = summaries.map((one) => `| ${one.clients} | ${one.system} | ${cells(one).join(" | ")} |`);
  return [head, "| ---: | --- | ---: | ---: | ---: | ---: | ---: |", ...rows].join("\n");
}

/** In all, and for each client. */
function cells({ clients, active, hibernating, heap }: Residence): string[] {
  const both = (bytes: number | undefined) =>
    bytes === undefined ? "did not" : `${(bytes / MB).toFixed(1)} MB (${(bytes / KB / clients).toFixed(2)} kB each)`;
  return [
    ...[active.process, hibernating?.process, active.heap, hibernating?.heap].map(both),
    `${(heap / MB).toFixed(1)} MB`,
  ];
}

/** The floor claims nothing. */
function claims({ system, clients, hibernating, heap }: Named): string[] {
  if (system === "floor") return [];
  const holds = (is: boolean) => (is ? "holds" : "DOES NOT HOLD");
  return [
    `- ${clients} clients: heap below ${GOAL_MB} MB: ${holds(heap < GOAL_MB * MB)}; hibernates: ${holds(hibernating !== undefined)}`,
  ];
}

function readArguments(): { rounds: number; sizes: number[]; connecting: number; quick: boolean } {
  const { quick, ...texts } = given("rounds", "clients", "connecting");
  return {
    quick,
    rounds: whole("rounds", texts.rounds, quick ? 1 : 5),
    sizes: wholes("clients", texts.clients, quick ? [500] : [1000, 5000, 10_000]),
    connecting: whole("connecting", texts.connecting, 1000),
  };
}

await main();
