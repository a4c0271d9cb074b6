/** One run: a time of faults, a time of healing, and then everything must have converged. */
import type { Server } from "./server.ts";
import { World } from "./world.ts";

/** Servers there can be, and people. */
const NAMES = ["main", "b", "c", "d", "e"];
const PEOPLE = 6;
/** Milliseconds of healing: longer than the longest delay of a relay. */
const HEAL_MS = 3 * 3_600_000;

export interface Report {
  counts: Map<string, number>;
  steps: number;
}

/** Runs a seed. Throws what went wrong, with the end of the trace. */
export function run(seed: number, steps: number): Report {
  const world = new World(seed);
  try {
    begin(world);
    for (let i = 0; i < steps; i++) {
      act(world);
      const end = world.now + world.random.below(world.random.oneIn(20) ? 12_000 : 150);
      while (world.turn(end));
      world.now = end;
    }
    heal(world);
    check(world);
  } catch (error) {
    const trace = world.trace.slice(-120).join("\n");
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}\n${trace}`, { cause: error });
  }
  return { counts: world.counts, steps };
}

function begin(world: World): void {
  for (let i = 0; i < PEOPLE; i++) world.person();
  for (const name of NAMES) if (world.random.oneIn(2)) world.server(name).skew = world.random.below(4000) - 2000;
}

const alive = (world: World): Server[] =>
  [...world.servers.values()].filter(({ disk, name }) => statusOf(disk.kv.get(`member/${name}`)) === "alive");

const statusOf = (member: unknown): string | undefined => (member as { status?: string } | undefined)?.status;

/** One thing somebody does, or that befalls a server. */
function act(world: World): void {
  const { random } = world;
  const person = random.pick(world.people);
  const servers = alive(world);
  const kind = random.below(100);
  if (servers.length === 0 || kind < 12) connect(world);
  else if (kind < 60) {
    if (person.session) person.say();
  } else if (kind < 64) person.leave();
  else if (kind < 70) person.leaveSocket();
  else if (kind < 76) order(world);
  else if (kind < 84) random.pick(servers).evict();
  else if (kind < 87) {
    world.count("crash");
    random.pick(servers).crash();
  } else if (kind < 92) partition(world);
  else if (kind < 97) world.cut.clear();
}

/** Somebody who is not connected connects to any server that runs, or `main`. */
function connect(world: World): void {
  const { random } = world;
  const person = random.pick(world.people);
  if (person.server && !random.oneIn(4)) return;
  if (person.server) world.count("roamed");
  const servers = alive(world);
  person.connect(servers.length > 0 ? random.pick(servers) : world.server("main"));
}

/** An operator starts a server, or disconnects one. */
function order(world: World): void {
  const { random } = world;
  const name = random.pick(NAMES);
  const running = alive(world).map(({ name }) => name);
  if (!running.includes(name)) {
    const boot = running.length > 0 ? random.pick(running) : undefined;
    if (boot === undefined && name !== "main") return;
    world.say(`start ${name} at ${boot}`);
    world.server(name).ask({ type: "start", boot: boot === name ? undefined : boot }, (status) => {
      world.count(`start ${status}`);
      world.say(`${name} started: ${status}`);
    });
  } else if (running.length > 2 && random.oneIn(2)) {
    const force = random.oneIn(4);
    world.say(`disconnect ${name}`);
    world.server(name).ask({ type: "disconnect", force }, (status) => {
      world.count(`disconnect ${status}${force ? ", forced" : ""}`);
      world.say(`${name} disconnected: ${status}`);
    });
  }
}

/** Two servers no longer hear each other, or only one of them the other. */
function partition(world: World): void {
  const [a, b] = [world.random.pick(NAMES), world.random.pick(NAMES)];
  world.cut.add(`${a}>${b}`);
  if (world.random.oneIn(2)) world.cut.add(`${b}>${a}`);
}

/** Nothing goes wrong any more; whoever wants to be there is. */
function heal(world: World): void {
  world.faulty = false;
  world.cut.clear();
  world.say("healing");
  const end = world.now + HEAL_MS;
  const home = () => {
    for (const person of world.people) {
      const servers = alive(world);
      if (person.present && !person.server)
        person.connect(servers.length > 0 ? world.random.pick(servers) : world.server("main"));
    }
  };
  for (let i = 0; i < 20; i++) {
    home();
    const until = world.now + 5000;
    while (world.turn(until));
    world.now = until;
  }
  for (let turns = 0; world.turn(end); turns++)
    if (turns > 200_000) throw new Error("the cluster does not become quiet");
}

function expectEqual(what: string, a: unknown, b: unknown): void {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  if (x !== y) throw new Error(`${what}: ${x} is not ${y}`);
}

function check(world: World): void {
  const servers = alive(world);
  for (const server of world.servers.values()) {
    expectEqual(`${server.name} has an alarm`, server.disk.alarm, null);
    if (server.state === undefined) server.happen({ type: "wake" });
  }
  if (world.underWay > 0) throw new Error("requests are under way");
  const [first] = servers;
  if (!first?.state) return;
  const members = (server: Server) => [...(server.state?.members ?? [])].sort();
  const applied = (server: Server) => Object.entries(server.state?.log.cursor() ?? {}).sort();
  const here = (server: Server) =>
    server.state?.presence
      .names(100)
      .map(({ id }) => id)
      .sort();
  for (const server of servers) {
    expectEqual(`members of ${server.name} and ${first.name}`, members(server), members(first));
    expectEqual(`logs of ${server.name} and ${first.name}`, applied(server), applied(first));
    const connected = world.people.filter(({ server }) => server).map(({ id }) => id);
    expectEqual(`people shown by ${server.name}`, here(server), connected.sort());
    const { state } = server;
    for (const { id, echoed, name } of world.people)
      for (let n = 1; n <= echoed; n++)
        if (!state?.log.seen.has(id, n))
          throw new Error(`${server.name} lacks message ${n} of ${name}, which was echoed`);
  }
  for (const { name, said, echoed, server } of world.people)
    if (server && echoed < said.length) throw new Error(`${name} waits for the echo of ${echoed + 1}`);
  for (const server of servers)
    for (const [peer, { acked }] of server.state?.peers ?? [])
      for (const [origin, seq] of Object.entries(acked ?? {}))
        if (seq > (world.servers.get(peer)?.state?.log.applied(origin) ?? 0))
          throw new Error(`${server.name} believes ${peer} holds more than it does`);
}
