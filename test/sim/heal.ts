/** The end of a run: nothing goes wrong any more, and after a while all servers agree, everyone has got everything, and it is quiet. */
import { comesBefore, markOf } from "../../src/chat/mark.ts";
import type { State } from "../../src/chat/state.ts";
import { transcript } from "../../src/chat/transcript.ts";
import type { Cursor } from "../../src/chat/wire.ts";
import { FORWARD_MS, NAMES } from "./faults.ts";
import { checkAll, expectEqual } from "./invariants.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

/** Milliseconds until people are back where they want to be, and until a last visitor comes to each server. */
const HOME_MS = 100_000;
/** Milliseconds of healing: a great jump of a clock, and then longer than the longest delay of a relay. */
const HEAL_MS = 16 * FORWARD_MS;
/** Things that may happen meanwhile: who waits for a clock is asked twice a second. */
const MOST = 1_000_000;

export function heal(world: World): void {
  world.faulty = false;
  world.network.cut.clear();
  world.say("healing");
  for (const server of world.servers.values()) server.jump(world.random.below(2000) - 1000);
  for (const person of world.people) {
    person.leaveElsewhere();
    person.goHome();
  }
  settle(world, world.now + HOME_MS);
  // Where nothing is said nothing is asked: somebody must come by, or a server that lost its storage is not missed.
  for (const server of world.counts.has("storage lost") ? world.alive() : []) {
    const visitor = world.person();
    visitor.visiting = true;
    visitor.connect(server);
  }
  settle(world, world.now + HEAL_MS);
  // What it was told before the others woke again may be all there is to see.
  world.spectator?.watch(world.alive()[0] ?? world.server("main"));
  settle(world, world.now + HOME_MS);
}

function settle(world: World, end: number): void {
  if (!world.pass(end, MOST)) throw new Error("the cluster does not become quiet");
}

/** Everything has converged. */
export function check(world: World): void {
  checkQuiet(world);
  const servers = world.alive();
  for (const server of world.servers.values()) server.wake();
  checkAll(world);
  const [first] = servers;
  if (!first) return;
  for (const server of servers) checkAgreement(server, first);
  const here = world.people.filter(({ server }) => server);
  const places = here.map(({ id, server }) => `${id} ${server?.name}`).sort();
  const members = [...(first.state?.members ?? [])].map(([name, { status }]) => `${name} ${status}`).sort();
  for (const { name, said, echoed, view } of here) {
    if (echoed < said.length) throw new Error(`${name} waits for the echo of ${echoed + 1}`);
    expectEqual(`number of people as told to ${name}`, [view.count], [here.length]);
    if (here.length <= world.bounds.crowd.listed) expectEqual(`people as told to ${name}`, view.people, places);
    expectEqual(`servers as told to ${name}`, view.servers, members);
  }
  world.spectator?.check(first);
  // Forgotten and remembered, it is as quiet as before (I2).
  for (const server of world.servers.values()) {
    server.evict();
    server.wake();
  }
  checkQuiet(world);
}

function checkQuiet(world: World): void {
  for (const { name, disk } of world.servers.values()) expectEqual(`the alarm of ${name}`, disk.alarm, null);
  if (world.network.underWay > 0) throw new Error("requests are under way");
  if (world.queue.size > 0) throw new Error("something is still to come");
}

/** What two servers list of what both still hold; whole, and without copies, if they have trimmed the same. */
function transcripts(a: State, b: State): [string[], string[]] {
  const [low, high] = [a, b].map(({ log }) => log.floorNow().cursor) as [Cursor, Cursor];
  const same = JSON.stringify(Object.entries(low).sort()) === JSON.stringify(Object.entries(high).sort());
  const list = ({ log }: State): string[] => {
    if (same) return transcript(log, undefined, Number.POSITIVE_INFINITY).lines;
    const places = log.places.toSorted((x, y) => (comesBefore(markOf(x.head, 0), markOf(y.head, 0)) ? -1 : 1));
    return places
      .map(({ head }) => head)
      .filter(({ origin, first }) => first > Math.max(low[origin] ?? 0, high[origin] ?? 0))
      .map(({ time, origin, first, count }) => `${time} ${origin} ${first} ${count}`);
  };
  return [list(a), list(b)];
}

function checkAgreement({ state, name }: Server, first: Server): void {
  const { world } = first;
  if (!state || !first.state) throw new Error(`${name} has no memory`);
  expectEqual(`members of ${name} and ${first.name}`, [...state.members].sort(), [...first.state.members].sort());
  const [ours, theirs] = [state, first.state].map(({ log }) => Object.entries(log.cursor()).sort());
  expectEqual(`logs of ${name} and ${first.name}`, ours, theirs);
  expectEqual(`transcripts of ${name} and ${first.name}`, ...transcripts(state, first.state));
  const shown = state.presence.names(NAMES.length * 100).map(({ id, server }) => `${id} ${server}`);
  const connected = world.people.flatMap(({ id, server }) => (server ? [`${id} ${server.name}`] : []));
  expectEqual(`people shown by ${name}`, shown.sort(), connected.sort());
  for (const person of world.people)
    for (let n = 1; n <= person.echoed; n++)
      if (!state.log.seen.has(person.id, n) && !world.ledger.lost.has(`${person.id} ${n}`))
        throw new Error(`${name} lacks message ${n} of ${person.name}, which was echoed`);
}
