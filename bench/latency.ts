/**
 * The latency benchmark: somebody talks at an even pace before 100 and before 1000 receivers; how long until they hear it, from the floor
 * (bench/floor.js), from one server and from three, on one of which the talker is, on bare workerd.
 *
 *   node bench/latency.ts [--rounds 5] [--receivers 100,1000] [--per-second 10,100,200,1000] [--seconds 3] [--quick]
 *
 * Chatty writes before it tells, and waits for the disk; the floor keeps nothing. How long an fsync takes is therefore measured too; with
 * TMPDIR=/dev/shm the storage lies in memory and the programs alone are compared. A message counts from when it was due, not from when the load got round to sending it. What is claimed: at 200 a second before 100, one server's
 * median is at most 1.2 times the floor's, its 99th percentile at most 5 ms above it, and three servers' median at most twice the floor's.
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/latency.json (a --quick look leaves that alone). Ends with 1 if
 * anything was lost, repeated or reordered.
 */
import { Audience } from "./lib/audience.ts";
import { type Bundles, bundleAll } from "./lib/bundle.ts";
import { syncs } from "./lib/disk.ts";
import { cell, claims, markdown, type Point, summarize } from "./lib/latency-report.ts";
import { given, whole, wholes } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import type { System } from "./lib/run.ts";
import { quantile } from "./lib/stats.ts";
import { TEXT_BYTES } from "./lib/witness.ts";
import { startWorkerd } from "./lib/workerd.ts";

const WARM_UP_MS = 1000;

interface Parameters {
  readonly rounds: number;
  readonly receivers: readonly number[];
  /** Messages per second, in rising order. */
  readonly paces: readonly number[];
  /** How long each is talked at. */
  readonly seconds: number;
}

async function main(): Promise<void> {
  const { quick, ...parameters } = readArguments();
  const { rounds, receivers, paces, seconds } = parameters;
  const systems = systemsOf(await bundleAll());
  const points: Point[] = [];
  const disk: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    disk.push(...(await syncs()));
    for (const crowd of receivers)
      for (const system of systems) {
        console.error(`${crowd} receivers, ${system.name}, round ${round} of ${rounds}`);
        for (const point of await measure(system, crowd, parameters)) {
          const late = point.late === undefined ? "not tried" : `the talker late by ${point.late.toFixed(1)} ms`;
          console.error(`  ${point.perSecond}/s: ${cell(point)}; ${late}`);
          points.push({ round, ...point });
        }
      }
  }
  const summaries = summarize(points);
  const sync = { p50: quantile(disk, 0.5), p99: quantile(disk, 0.99) };
  const what = { rounds, receivers: receivers.join(","), perSecond: paces.join(","), seconds, textBytes: TEXT_BYTES };
  const record = { date: new Date().toISOString(), machine: machine(), parameters: what, sync, summaries, points };
  if (!quick) save("latency", record);
  const note = `An fsync of this disk, which every flush waits for and the floor never: ${cell(sync)}.`;
  console.log([markdown(summaries), "", note, "", ...claims(points)].join("\n"));
}

const systemsOf = ({ floor, chatty }: Bundles): System[] => [
  { name: "floor", bundle: floor, servers: ["main"], ack: false },
  { name: "1 server", bundle: chatty, servers: ["main"], ack: true },
  { name: "3 servers", bundle: chatty, servers: ["main", "b", "c"], ack: true },
];

/** One after the other at all paces, until one is too fast: then the faster ones are too, and are not tried. */
async function measure(
  system: System,
  receivers: number,
  { paces, seconds }: Parameters,
): Promise<Omit<Point, "round">[]> {
  const server = await startWorkerd(system.bundle);
  const points: Omit<Point, "round">[] = [];
  try {
    const audience = await Audience.gather({ ...system, port: server.port, receivers });
    await audience.warmUp(WARM_UP_MS);
    for (const perSecond of paces) {
      const point = { system: system.name, receivers, perSecond };
      const managed = points.find((slower) => slower.managed !== undefined)?.managed;
      points.push({ ...point, ...(managed === undefined ? await audience.measure(perSecond, seconds) : { managed }) });
    }
    await audience.leave();
    return points;
  } catch (error) {
    throw new Error(`${system.name} before ${receivers}; the server printed:\n${server.tail()}`, { cause: error });
  } finally {
    await server.stop();
  }
}

function readArguments(): Parameters & { quick: boolean } {
  const { quick, ...texts } = given("rounds", "receivers", "per-second", "seconds");
  return {
    quick,
    rounds: whole("rounds", texts.rounds, quick ? 1 : 5),
    receivers: wholes("receivers", texts.receivers, quick ? [100] : [100, 1000]),
    paces: wholes("per-second", texts["per-second"], quick ? [10, 200] : [10, 100, 200, 1000]),
    seconds: whole("seconds", texts.seconds, quick ? 1 : 3),
  };
}

await main();
