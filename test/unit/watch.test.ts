/** Those who watch the cluster: what they are told, when, and that nobody else notices. */
import { expect, it } from "vitest";
import { Cluster, clusterOf, people, started } from "./cluster.ts";

/** The headers of the relays that are under way. */
const relays = (cluster: Cluster) =>
  cluster.posts.filter(({ verb }) => verb === "relay").map(({ body }) => JSON.parse(body.split("\n", 1)[0] as string));

it("V1 V2 whoever watches is told the cluster at once, and no message; clients do not notice", () => {
  const cluster = clusterOf("main", "b");
  const { first, second } = people(cluster, "main", "b");
  const main = cluster.node("main");
  const before = first.got.length;
  const watcher = main.watch();
  expect(watcher.view).toEqual({
    type: "cluster",
    chat: "lobby",
    server: "main",
    time: cluster.now,
    servers: [
      { name: "b", status: "alive", clients: 1 },
      { name: "main", status: "alive", clients: 1 },
    ],
    links: [{ from: "main", to: "b", status: "alive", lag: 0, rtt: 0, heard: cluster.now }],
  });
  second.send("hello");
  cluster.settle();
  expect(first.got.slice(before).map(({ type }) => type)).toEqual(["message"]);
  expect(first.last("message").text).toBe("hello");
  expect(watcher.frames.join("\n")).not.toContain("hello");
  expect(watcher.servers).toEqual(["b alive 1", "main alive 1"]);
  expect(main.state.clients.size).toBe(1);
});

it("V2 a watcher can say that it reads, and nothing else", () => {
  const watcher = clusterOf("main").node("main").watch();
  watcher.say('{"type":"ack"}');
  expect(watcher.frames).toHaveLength(1);
  for (const frame of ['{"type":"client_join_req","name":"John"}', "x", null]) {
    watcher.say(frame);
    expect(JSON.parse(watcher.frames.at(-1) as string)).toMatchObject({ type: "error", code: "unknown_type" });
  }
  expect(watcher.node.flushWanted).toBe(false);
});

it("V3 what travels is told at once, then at most every 200 ms, and the end of it is told too", () => {
  const cluster = clusterOf("main", "b");
  const { first, second } = people(cluster, "main", "b");
  const main = cluster.node("main");
  const watcher = main.watch();
  cluster.now += 1000;
  for (let i = 0; i < 10; i++) {
    first.send(`${i}`);
    second.send(`${i}`);
    cluster.settle();
  }
  const frames = watcher.frames.length;
  expect(frames).toBe(2);
  expect(main.showIn).toBe(200);
  main.show();
  expect(watcher.frames).toHaveLength(3);
  expect(watcher.traffic).toEqual({ main: 10, b: 10 });
  expect(watcher.links).toContain("main>b 0");
  expect(main.showIn).toBeUndefined();
});

it("V3 a view that did not change is not told again", () => {
  const cluster = clusterOf("main");
  const watcher = cluster.node("main").watch();
  const person = cluster.node("main").connect().join("John");
  cluster.settle();
  cluster.now += 1000;
  const told = watcher.frames.length;
  person.say({ type: "ack", cursor: {} });
  person.join("John");
  cluster.settle();
  cluster.now += 1000;
  cluster.node("main").do({ type: "flush" });
  expect(watcher.frames).toHaveLength(told);
  expect(cluster.node("main").showIn).toBeUndefined();
});

it("V3 what was told to others before counts for nobody who came later", () => {
  const main = clusterOf("main").node("main");
  const people = () => main.connect().join("John");
  const early = main.watch();
  const first = people();
  main.flush();
  expect(early.servers).toEqual(["main alive 1"]);
  early.cut();
  first.say({ type: "client_leave_req" });
  main.flush();
  const late = main.watch();
  expect(late.servers).toEqual(["main alive 0"]);
  main.cluster.now += 1000;
  people();
  main.flush();
  expect(late.servers).toEqual(["main alive 1"]);
});

it("V3 many watchers of a large view are told less often", () => {
  const cluster = clusterOf("main", "b");
  const { first } = people(cluster, "main", "b");
  const main = cluster.node("main");
  const watchers = Array.from({ length: 1000 }, () => main.watch());
  cluster.now += 1000;
  for (const text of ["one", "two"]) {
    first.send(text);
    cluster.settle();
  }
  const frame = watchers[0]?.frames.at(-1) as string;
  expect(main.showIn).toBe(frame.length);
  expect(frame.length).toBeGreaterThan(200);
});

it("V4 L7 a chat nobody has joined has no servers, and watching it writes nothing", () => {
  const cluster = new Cluster();
  const main = cluster.node("main");
  const watcher = main.watch();
  expect(watcher.view).toMatchObject({ server: "main", servers: [], links: [] });
  expect([main.rows.length, main.kv.size, main.alarm, main.flushWanted]).toEqual([0, 0, null, false]);
  main.connect().join("John");
  cluster.settle();
  expect(watcher.servers).toEqual(["main alive 1"]);
});

it("V5 people of a server that is gone count where they are now", () => {
  const cluster = clusterOf("main", "b");
  const session = "0".repeat(32);
  const mary = cluster.node("b").connect().join("Mary", { session });
  cluster.node("b").connect().join("Joe");
  cluster.settle();
  const main = cluster.node("main");
  const watcher = main.watch();
  expect(watcher.servers).toEqual(["b alive 2", "main alive 0"]);
  cluster.down.add("b");
  const { cursor } = mary.last("welcome");
  main.connect().join("Mary", { session, cursor });
  cluster.settle();
  cluster.pass(5000);
  if (main.showIn !== undefined) main.show();
  expect(watcher.servers).toEqual(["b unreachable 1", "main alive 1"]);
});

it("V6 M11 what is owed to a server that cannot be reached is counted, and since when nothing was heard", () => {
  const cluster = clusterOf("main", "b");
  const { first } = people(cluster, "main", "b");
  const main = cluster.node("main");
  const watcher = main.watch();
  cluster.now += 1000;
  const since = cluster.now;
  cluster.down.add("b");
  for (const text of ["one", "two", "three"]) first.send(text);
  cluster.settle();
  cluster.pass(5000);
  if (main.showIn !== undefined) main.show();
  expect(watcher.links).toEqual(["main>b unreachable 3"]);
  expect(watcher.view.links[0]).toMatchObject({ since, heard: since - 1000 });
  cluster.down.clear();
  cluster.pass(10_000);
  if (main.showIn !== undefined) main.show();
  expect(watcher.links[0]).toBe("main>b 0");
  expect(watcher.view.links[0]?.since).toBeUndefined();
});

it("V6 the round trip is from a request to its answer", () => {
  const cluster = clusterOf("main", "b");
  const { first } = people(cluster, "main", "b");
  const watcher = cluster.node("main").watch();
  first.send("one");
  cluster.node("main").flush();
  cluster.now += 70;
  cluster.settle();
  cluster.node("main").show();
  expect(watcher.view.links[0]).toMatchObject({ rtt: 70, heard: cluster.now - (cluster.node("main").showIn ?? 130) });
});

it("V7 V8 where nobody watches relays say nothing of it; where somebody does the others add how their links are", () => {
  const cluster = clusterOf("main", "b", "c");
  const { clients } = people(cluster, "main", "b", "c");
  const say = (i: number) => {
    clients[i]?.send("something");
    cluster.node(["main", "b", "c"][i] as string).flush();
  };
  say(1);
  expect(relays(cluster).some((relay) => "watch" in relay || "links" in relay)).toBe(false);
  cluster.settle();
  const watcher = cluster.node("main").watch();
  say(0);
  expect(relays(cluster).map(({ watch, links }) => [watch, links])).toEqual(Array(2).fill([true, undefined]));
  cluster.settle();
  say(1);
  const [toMain, toC] = relays(cluster);
  expect(toMain.links.map(({ to }: { to: string }) => to).sort()).toEqual(["c", "main"]);
  expect(toC.links).toBeUndefined();
  cluster.settle();
  cluster.node("main").show();
  expect(watcher.links.toSorted()).toEqual(["b>c", "b>main", "c>b", "c>main", "main>b 0", "main>c 0"]);
  watcher.cut();
  say(0);
  expect(relays(cluster).some(({ watch }) => watch)).toBe(false);
  cluster.settle();
  say(1);
  expect(relays(cluster).some(({ links }) => links)).toBe(false);
  cluster.settle();
  expect(cluster.node("main").watch().links.toSorted()).toEqual(["main>b 0", "main>c 0"]);
});

it("V7 a link between others that breaks or heals is told at once, and asks nobody else", () => {
  const cluster = new Cluster();
  started(cluster, ["main", "b", "c"]);
  const { clients } = people(cluster, "main", "b", "c");
  const main = cluster.node("main");
  const watcher = main.watch();
  clients[0]?.send("one");
  cluster.settle();
  cluster.pass(60_000);
  cluster.down.add("c");
  clients[1]?.send("two");
  cluster.node("b").flush();
  cluster.settle();
  cluster.pass(5000);
  if (main.showIn !== undefined) main.show();
  expect(watcher.links).toContain("b>c unreachable");
  expect(watcher.links).toContain("main>c 0");
  cluster.down.clear();
  cluster.pass(10_000);
  if (main.showIn !== undefined) main.show();
  expect(watcher.links).toContain("b>c");
  cluster.pass(60_000);
  const alarms = [...cluster.nodes.values()].map(({ alarm }) => alarm);
  expect([cluster.posts, alarms]).toEqual([[], [null, null, null]]);
});

it("V8 L8 a server that lost its memory still has its watchers, tells them what changes, and asks nobody for them", () => {
  const cluster = clusterOf("main", "b");
  const { first } = people(cluster, "main", "b");
  const main = cluster.node("main");
  const watcher = main.watch();
  cluster.pass(60_000);
  const told = watcher.frames.length;
  main.evict();
  cluster.pass(60_000);
  expect([watcher.frames.length, cluster.posts, main.showIn, main.alarm]).toEqual([told, [], undefined, null]);
  first.send("one");
  cluster.settle();
  expect(watcher.traffic).toEqual({ main: 1 });
  expect(main.state.clients.size).toBe(1);
});

it("V9 a server that leaves says so to its watchers and closes; it has nothing more to tell", () => {
  const cluster = clusterOf("main", "b");
  const main = cluster.node("main");
  const watcher = main.watch();
  cluster.disconnect("main");
  expect(watcher.servers).toEqual(["b alive 0", "main left 0"]);
  expect(watcher.open).toBe(false);
  const told = watcher.frames.length;
  if (main.showIn !== undefined) main.show();
  expect([watcher.frames.length, main.showIn]).toEqual([told, undefined]);
});

it("V9 C19 who does not read, or is not heard any more, is let go", () => {
  const cluster = started(new Cluster({ window: 20_000 }), ["main", "b"]);
  const { first } = people(cluster, "main", "b");
  const main = cluster.node("main");
  const [silent, lazy, reader] = [main.watch(), main.watch(), main.watch()];
  main.do({ type: "flush", silent: [silent.key] });
  expect([silent.open, lazy.open]).toEqual([false, true]);
  for (let i = 0; i < 100; i++) {
    first.send("x");
    first.say({ type: "ack", cursor: first.last("welcome").cursor });
    cluster.settle();
    cluster.now += 1000;
    if (i % 10 === 0) reader.say('{"type":"ack"}');
  }
  expect(lazy.frames.join("").length).toBeGreaterThan(20_000);
  expect([lazy.open, reader.open]).toEqual([false, true]);
});

it("V11 in a large cluster only the links of the server itself are told", { timeout: 30_000 }, () => {
  const names = Array.from({ length: 33 }, (_, i) => `s${i}`);
  const cluster = clusterOf("main", ...names);
  const watcher = cluster.node("main").watch();
  const { first, second } = people(cluster, "main", "s1");
  first.send("one");
  cluster.settle();
  second.send("two");
  cluster.settle();
  cluster.node("main").show();
  expect(new Set(watcher.view.links.map(({ from }) => from))).toEqual(new Set(["main"]));
  cluster.disconnect("s7");
  cluster.disconnect("s8");
  cluster.node("main").show();
  expect(watcher.view.links.some(({ from }) => from === "s1")).toBe(true);
});
