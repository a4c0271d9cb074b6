/** A whole server, whatever clients and peers send it: no step throws, bad requests change nothing, and people can go on talking. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Client } from "../client.ts";
import { type Cluster, clusterOf } from "../cluster.ts";
import { history } from "./arbitraries.ts";
import { answer, body, type Letter, STRANGERS } from "./bodies.ts";
import { framesOf, garbage, joins, sayings } from "./client-lines.ts";

const SERVERS = ["main", "b"] as const;
const server = fc.constantFrom(...SERVERS);
/** Numbers a client says it saw echoed, however great. */
const echoed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
/** A few sessions, so that some come twice. */
const sessions = fc.constantFrom("0".repeat(32), "1".repeat(32));
const frame = framesOf(joins(echoed, sessions), sayings(fc.nat(4)));

const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant("open" as const), server, data: frame }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant("frame" as const), who: fc.nat(5), data: frame }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant("body" as const), server, letter: body }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("answer" as const), server, letter: answer }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom("flush" as const, "evict" as const), server }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant("deliver" as const), lost: fc.boolean() }) },
  fc.record({ what: fc.constant("close" as const), who: fc.nat(5) }),
  fc.record({ what: fc.constant("pass" as const), ms: fc.constantFrom(100, 5000, 60_000) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

/** What a peer's request may not do when it is refused as malformed. */
const CHANGES = ["append", "put", "tell", "send", "admit", "park", "close", "post", "flush"];

function post(cluster: Cluster, server: string, { verb, body }: Letter): void {
  const node = cluster.node(server);
  const before = JSON.stringify([...node.state.members]);
  const effects = node.do({ type: verb, req: -1, body });
  if (!effects.some((effect) => effect.do === "reply" && effect.status === 400)) return;
  expect(effects.filter((effect) => CHANGES.includes(effect.do))).toEqual([]);
  expect(JSON.stringify([...node.state.members])).toBe(before);
}

function happen(cluster: Cluster, clients: Client[], happening: Happening): void {
  if (happening.what === "open") {
    const client = cluster.node(happening.server).connect();
    clients.push(client);
    client.node.do({ type: "frame", client: client.key, data: happening.data });
  } else if (happening.what === "frame" || happening.what === "close") {
    const client = clients[happening.who % clients.length];
    if (client === undefined) return;
    if (happening.what === "close") client.cut();
    else client.node.do({ type: "frame", client: client.key, data: happening.data });
  } else if (happening.what === "body") post(cluster, happening.server, happening.letter);
  else if (happening.what === "answer") {
    const { verb, peer, status, body } = happening.letter;
    cluster.node(happening.server).do({ type: "answer", verb, peer, status, body });
  } else if (happening.what === "flush") cluster.node(happening.server).flush();
  else if (happening.what === "evict") cluster.node(happening.server).evict();
  else if (happening.what === "deliver") {
    const post = cluster.posts.shift();
    if (post) cluster.deliver(post, happening.lost);
  } else if (happening.what === "pass") cluster.pass(happening.ms);
}

/** Two people who come now, one on each server, hear each other, once, and both servers agree on who they are. */
function talk(cluster: Cluster): void {
  cluster.settle();
  cluster.pass(120_000);
  const people = SERVERS.map((server) => cluster.node(server).connect().join(`new on ${server}`));
  cluster.settle();
  for (const [i, person] of people.entries()) person.send(`first of ${i}`);
  cluster.settle();
  cluster.pass(5000);
  for (const [i, person] of people.entries()) person.send(`second of ${i}`);
  cluster.settle();
  cluster.pass(5000);
  const [main, b] = SERVERS.map((server) => SERVERS.map((name) => cluster.node(server).state.members.get(name)));
  expect(main).toEqual(b);
  const own = people.map((person) => person.last("welcome").id);
  for (const person of people) {
    const heard = person.all("message").filter(({ id }) => own.includes(id));
    for (const [i, id] of own.entries())
      expect(heard.filter((message) => message.id === id).map(({ text }) => text)).toEqual([
        `first of ${i}`,
        `second of ${i}`,
      ]);
  }
}

describe("a server", () => {
  it("F2 R7 survives whatever clients and peers send, in any order, and people can talk afterwards", () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(history(happening, 25), (happenings) => {
        const cluster = clusterOf(...SERVERS);
        for (const stranger of STRANGERS) cluster.down.add(stranger);
        const clients = SERVERS.map((server) => cluster.node(server).connect().join("old"));
        cluster.settle();
        for (const happening of happenings) happen(cluster, clients, happening);
        talk(cluster);
        for (const client of clients)
          for (const object of client.got) seen.add("code" in object ? object.code : object.type);
        for (const server of SERVERS) for (const { status } of cluster.node(server).replies.values()) seen.add(status);
      }),
    );
    const told = ["message", "exit", "update_servers", "bad_json", "binary", "n_gap", "n_reused", "waiting"];
    const due = [...told, 200, 400, 409];
    expect(due.filter((what) => !seen.has(what))).toEqual([]);
  });

  it("F1 F2 answers each line of garbage to its sender, and nobody else notices", () => {
    fc.assert(
      fc.property(fc.array(garbage, { minLength: 1, maxLength: 4 }), fc.boolean(), (lines, joined) => {
        const cluster = clusterOf(...SERVERS);
        cluster.node("main").connect().join("other");
        const sender = cluster.node("main").connect();
        if (joined) sender.join("old");
        cluster.settle();
        const data = lines.join("\n");
        const answers = sender.node.do({ type: "frame", client: sender.key, data }).map((effect) => {
          if (effect.do !== "send") return effect;
          const { type, code, message } = JSON.parse(effect.frame);
          return [effect.client, type, /^(bad_json|unknown_type)$/.test(code), message.length > 10];
        });
        const due = data.split("\n").filter((line) => line.trim() !== "");
        expect(answers).toEqual(due.map(() => [sender.key, "error", true, true]));
      }),
    );
  });
});
