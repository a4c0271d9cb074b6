/** What happens in one step of a run: people come, speak and go, operators start and stop servers, and now and then something breaks. */
import { MAX_TEXT } from "../../src/chat/limits.ts";
import { type Kind, NAMES, strike } from "./faults.ts";
import { checkHanded } from "./invariants.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

/** Messages of a storm, and of a flood: the rows of the one are split, and the relays of the other; `busy` is told in a deluge. */
const STORM = 80;
const FLOOD = 300;
const DELUGE = 4200;

/** How often each thing happens, relative to the others. */
const ACTS = {
  connect: 110,
  places: 30,
  say: 430,
  storm: 8,
  flood: 1,
  leave: 35,
  leaveSocket: 45,
  watch: 15,
  vanish: 10,
  order: 70,
  evict: 80,
  crash: 25,
  deploy: 5,
  wipe: 8,
  partition: 45,
  heal: 50,
  jump: 20,
  hours: 1,
  nothing: 27,
};
type Act = keyof typeof ACTS;
const WHEEL = (Object.keys(ACTS) as Act[]).flatMap((act) => Array.from({ length: ACTS[act] }, () => act));

/** One thing somebody does, or that befalls a server. What there is not in this world does not happen. */
export function act(world: World, kinds: ReadonlySet<Kind>): void {
  const { random } = world;
  const what = random.pick(WHEEL);
  const person = random.pick(world.people);
  switch (what) {
    case "connect":
      connect(world);
      break;
    case "say":
      if (person.session) person.say();
      break;
    case "leave":
      person.leave();
      break;
    case "leaveSocket":
      person.leaveSocket();
      break;
    case "watch":
      world.spectator?.watch(random.pick([...world.alive(), world.server("main")]));
      break;
    case "vanish":
      person.vanish();
      break;
    case "order":
      order(world);
      break;
    case "heal":
      world.network.cut.clear();
      break;
    case "evict":
      strike(world, what);
      break;
    case "nothing":
      break;
    case "storm":
    case "flood":
    case "places":
      if (kinds.has(what)) crowd(world, what);
      break;
    default:
      if (kinds.has(what)) strike(world, what);
  }
}

/** Much at once: many messages, or one person in two places. */
function crowd(world: World, what: "storm" | "flood" | "places"): void {
  const { random } = world;
  const person = random.pick(world.people);
  if (!person.session) return;
  if (what === "places") {
    if (!person.server || world.alive().length === 0) return;
    world.count("a person in two places");
    person.connect(random.pick(world.alive()), true);
    return;
  }
  world.count(what);
  if (what === "flood") person.say(FLOOD, MAX_TEXT);
  else if (random.oneIn(3)) person.say(STORM, MAX_TEXT - random.below(100));
  else for (const each of world.people) if (each.session) each.say(1 + random.below(8));
}

/** More is said than one server takes in at once. */
export function deluge(world: World): void {
  const person = world.people.find(({ welcome }) => welcome);
  person?.say(DELUGE, MAX_TEXT);
}

/** Somebody connects to any server that runs, or `main`. */
function connect(world: World): void {
  const { random } = world;
  const person = random.pick(world.people);
  if (person.server && !random.oneIn(4)) return;
  if (person.server) world.count("roamed");
  person.connect(random.pick([...world.alive(), world.server("main")]));
}

/** An operator starts a server, or disconnects one. */
function order(world: World): void {
  const { random } = world;
  const name = random.pick(NAMES);
  // Who is being disconnected counts as gone already: a chat that everyone leaves at once is at its end.
  const running = world
    .alive()
    .filter(({ state }) => !state?.draining)
    .map((server) => server.name);
  if (!running.includes(name)) start(world, name, running);
  else if (running.length > 2 && random.oneIn(2)) {
    disconnect(world.server(name), random.oneIn(4));
  }
}

function disconnect(server: Server, force: boolean): void {
  const { world, name } = server;
  world.say(`disconnect ${name}`);
  if (force) server.forced = true;
  server.ask({ type: "disconnect", force }, (status) => {
    world.count(`disconnect ${status}${force ? ", forced" : ""}`);
    world.say(`${name} disconnected: ${status}`);
    if (status === 200 && !server.forced) checkHanded(server);
  });
}

function start(world: World, name: string, running: string[]): void {
  const { random } = world;
  const boot = running.length > 0 ? random.pick(running) : undefined;
  if (boot === undefined && name !== "main") return;
  if (boot !== undefined && boot !== "main") world.count("boot from one that is not main");
  world.say(`start ${name} at ${boot}`);
  for (let i = random.oneIn(5) ? 2 : 1; i > 0; i--)
    world.server(name).ask({ type: "start", boot }, (status) => {
      world.count(`start ${status}`);
      world.say(`${name} started: ${status}`);
    });
}
