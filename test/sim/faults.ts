/** What befalls servers and the network. Each seed draws which kinds of faults there are in its world, so that they meet in many mixtures. */
import { Random } from "./random.ts";
import type { World } from "./world.ts";

/** Servers there can be. */
export const NAMES = ["main", "b", "c", "d", "e"];
/**
 * Milliseconds a clock may be off, and two of them twice that, which is below the 5 minutes beyond which peers refuse (R6): until the clocks
 * agree again such a refusal is right, and the run would prove little.
 */
const SKEW_MS = 120_000;
/** Milliseconds of a great jump, back or forward. What is written after one forward the others refuse until their clocks get there. */
const BACK_MS = 3 * 3_600_000;
export const FORWARD_MS = 900_000;

/** Kinds of faults, and in one of how many seeds there are any. */
const KINDS = {
  lossy: 1.2,
  crash: 1.3,
  deploy: 2,
  wipe: 3,
  partition: 1.3,
  jump: 2,
  hours: 8,
  storm: 2,
  flood: 6,
  places: 2,
};
export type Kind = keyof typeof KINDS;

export const drawFaults = (seed: number): Set<Kind> => {
  const random = new Random(seed);
  return new Set((Object.keys(KINDS) as Kind[]).filter((kind) => random.next() * KINDS[kind] < 1));
};

/** One fault of a kind. */
export function strike(world: World, kind: Kind | "evict"): void {
  const { random } = world;
  const servers = world.alive();
  if (servers.length === 0) return;
  const server = random.pick(servers);
  switch (kind) {
    case "evict":
      random.pick([...world.servers.values()]).evict();
      break;
    case "crash":
      world.count("crash");
      server.crash();
      break;
    case "deploy":
      world.count("deploy");
      for (const each of world.servers.values()) each.crash();
      break;
    case "wipe":
      wipe(world);
      break;
    case "partition":
      partition(world);
      break;
    case "jump":
      world.count("clock jump");
      server.jump(random.below(2 * SKEW_MS) - SKEW_MS);
      break;
    case "hours":
      world.count("clock jump by hours");
      server.jump(random.oneIn(2) ? random.below(FORWARD_MS) : -random.below(BACK_MS));
  }
}

/**
 * A server that runs, or has left, loses its storage. With the last that runs the chat would forget itself; and a `main` that does not know that it
 * left would begin a chat of its own.
 */
function wipe(world: World): void {
  const mortal = [...world.servers.values()].filter(
    (server) => server.member() && (server.isAlive ? world.alive().length > 1 : server.name !== "main"),
  );
  if (mortal.length === 0) return;
  const server = world.random.pick(mortal);
  world.count(server.isAlive ? "storage lost" : "storage lost after leaving");
  server.wipe();
}

/** Two servers no longer hear each other, or only one of them the other. */
function partition({ random, network }: World): void {
  const [a, b] = [random.pick(NAMES), random.pick(NAMES)];
  network.cut.add(`${a}>${b}`);
  if (random.oneIn(2)) network.cut.add(`${b}>${a}`);
}
