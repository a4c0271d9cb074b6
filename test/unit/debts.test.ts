/** What is owed to peers is remembered and repeated: whatever is lost on the way, with the memory, or at the wrong moment. */
import { expect, it } from "vitest";
import type { Effect } from "../../src/chat/effects.ts";
import { Cluster, clusterOf, people, started } from "./cluster.ts";

const ANN = "0123456789abcdef0123";

/** Counts effects of a kind from now on, of all servers. */
function watch(cluster: Cluster, kind: Effect["do"]): () => number {
  const { watcher } = cluster;
  let count = 0;
  cluster.watcher = {
    event: (node, event) => watcher?.event(node, event),
    effect: (node, effect) => {
      watcher?.effect(node, effect);
      if (effect.do === kind) count++;
    },
  };
  return () => count;
}

it("M4 M10 that a server left is owed to whoever could not be told, by all who know", () => {
  const cluster = clusterOf("main", "b", "c");
  cluster.down.add("c");
  cluster.disconnect("b");
  expect(cluster.node("c").state.members.get("b")?.status).toBe("alive");
  cluster.down.clear();
  cluster.down.add("b");
  cluster.pass(60_000);
  expect(cluster.node("c").state.members.get("b")?.status).toBe("left");
});

it("I1 M4 the alarm is set in the turn that takes in a new server, before it is flushed", () => {
  const cluster = clusterOf("main", "b");
  const main = cluster.node("main");
  expect(main.alarm).toBe(null);
  const members = { c: { inc: 1, status: "alive", epoch: "0000000c" } };
  const body = JSON.stringify({ chat: "lobby", from: "c", members });
  main.request((req) => ({ type: "server_join_req", req, body }));
  expect(main.alarm).not.toBe(null);
  main.evict();
  cluster.pass(60_000);
  expect(cluster.node("b").state.members.get("c")).toMatchObject({ status: "alive" });
});

it("I2 L8 an alarm that wakes a server which has no memory of it makes it ask, and pay", () => {
  const cluster = clusterOf("main", "b");
  const { first, second } = people(cluster, "main", "b");
  first.send("one");
  first.node.flush();
  cluster.posts = [];
  // The alarm is gone from the storage when it rings, and the server boots as one that owes nothing.
  first.node.disk.alarm = null;
  first.node.evict();
  cluster.settle();
  expect(second.texts).toEqual([]);
  first.node.do({ type: "alarm" });
  cluster.settle();
  expect(second.texts).toEqual(["one"]);
});

it("P1 a published set that arrives late replaces no newer one; one of another epoch is newer", () => {
  const cluster = clusterOf("main", "b");
  const { first } = people(cluster, "main", "b");
  const publish = (epoch: string, version: number, people: [string, string][]) => {
    const presence = { epoch, version, people };
    const body = JSON.stringify({ chat: "lobby", from: "b", vv: {}, presence, batches: [] });
    first.node.request((req) => ({ type: "relay", req, body }));
    first.node.flush();
    return [...first.node.state.presence.on("b").values()];
  };
  const epoch = "0000000b";
  expect(publish(epoch, 8, [[ANN, "ann"]])).toEqual(["ann"]);
  expect(publish(epoch, 7, [])).toEqual(["ann"]);
  expect(publish(epoch, 8, [])).toEqual(["ann"]);
  expect(publish(epoch, 9, [[ANN, "anna"]])).toEqual(["anna"]);
  expect(publish("0000000c", 1, [])).toEqual([]);
  expect(first.node.kv.get("presence/b")).toEqual({ epoch: "0000000c", version: 1, people: [] });
});

it("C8 R1 who left is told to go after all they said, also when that fills several requests", () => {
  const cluster = clusterOf("main", "b");
  const { first, second } = people(cluster, "main", "b");
  cluster.down.add("b");
  for (let i = 0; i < 600; i++) first.send(`${i}`.padEnd(4096, "."));
  first.say({ type: "client_leave_req" });
  cluster.settle();
  cluster.down.clear();
  cluster.pass(60_000);
  expect(second.texts.length).toBe(600);
  expect(second.screen.at(-1)).toBe("[LEAVE] main-person");
});

it("I4 L14 when something is said for the third time within 5 s the alarm is left to ring, once; then it is quiet", () => {
  const cluster = started(new Cluster({ brisk: 3 }), ["main", "b"]);
  const { first, second } = people(cluster, "main", "b");
  // It writes at once what it is sent.
  second.node.state.env.brisk = Number.POSITIVE_INFINITY;
  const main = cluster.node("main");
  cluster.pass(60_000);
  const alarms: (number | null)[] = [];
  for (const text of ["one", "two", "three", "four"]) {
    first.send(text);
    cluster.settle();
    alarms.push(main.alarm && main.alarm - cluster.now);
    cluster.pass(1000);
  }
  expect(alarms).toEqual([null, null, 4001, 3001]);
  const posts = watch(cluster, "post");
  cluster.pass(20_000);
  expect([main.alarm, posts()]).toEqual([null, 0]);
  for (let i = 0; i < 3; i++) {
    cluster.pass(2600);
    first.send(`slow ${i}`);
    cluster.settle();
    expect(main.alarm).toBe(null);
  }
});

it("I4 an alarm that a clock put back moved far away is not left", () => {
  const cluster = started(new Cluster({ brisk: 3 }), ["main", "b"]);
  const { first, second } = people(cluster, "main", "b");
  second.node.state.env.brisk = Number.POSITIVE_INFINITY;
  for (const text of ["one", "two", "three"]) {
    first.send(text);
    cluster.settle();
  }
  expect(cluster.node("main").alarm).not.toBe(null);
  cluster.now -= 60_000;
  first.node.do({ type: "flush" });
  expect(first.node.alarm).toBe(null);
});

it("R18 three peers wait 2 ms between two relays, and what is said meanwhile goes together", () => {
  const cluster = started(new Cluster({ pace: 2 }), ["main", "b", "c", "d"]);
  const { first } = people(cluster, "main", "b");
  const main = cluster.node("main");
  cluster.pass(60_000);
  main.do({ type: "pump" });
  cluster.settle();
  const posts = watch(cluster, "post");
  const pumps = watch(cluster, "later");
  for (const text of ["one", "two", "three"]) {
    first.send(text);
    cluster.settle();
  }
  expect([posts(), pumps()]).toEqual([3, 1]);
  cluster.now += 2;
  main.do({ type: "pump" });
  cluster.settle();
  expect([posts(), pumps(), main.alarm]).toEqual([6, 1, null]);
  first.send("four");
  // A clock that was put back holds up nothing.
  cluster.now -= 60_000;
  cluster.settle();
  expect(posts()).toBe(9);
});
