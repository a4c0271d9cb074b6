/** What may be applied at once, what has to wait, and what is shown of it. */
import { describe, expect, it } from "vitest";
import type { Batch } from "../../src/chat/batch.ts";
import { writeRelay } from "../../src/chat/relay-wire.ts";
import type { Cursor } from "../../src/chat/wire.ts";
import type { Client } from "./client.ts";
import { Cluster, clusterOf, people } from "./cluster.ts";

/** A batch of one message of an origin; `n` of its author is its number in the origin. */
const batch = (origin: string, first: number, dep: Cursor = {}): Batch =>
  batchOf(origin, first, dep, [`${origin} ${first}`]);

/** A batch of several messages. */
function batchOf(origin: string, first: number, dep: Cursor, texts: string[]): Batch {
  const id = origin.slice(-8).padStart(20, "0");
  const lines = texts.map((text, i) =>
    JSON.stringify({ type: "message", name: "x", text, id, n: first + i, origin, seq: first + i, time: 5 }),
  );
  const head = {
    origin,
    first,
    count: texts.length,
    time: 5,
    dep,
    ids: [id],
    by: texts.flatMap((_, i) => [0, first + i]),
  };
  return { head: { ...head, size: lines.join("\n").length }, lines: lines.join("\n") };
}

/** Main is brought batches by b, in one turn, and answers what it has. */
function bring(client: Client, ...batches: Batch[]): Cursor {
  const { node } = client;
  const body = writeRelay("main", { from: "b", vv: {}, batches }, { chat: "lobby", host: undefined });
  const req = node.request((req) => ({ type: "relay", req, body }));
  node.flush();
  return JSON.parse(node.cluster.reply(node, req).body).vv;
}

const [X, Y, Z] = ["x#00000001", "y#00000002", "z#00000003"];

describe("what depends on something", () => {
  it("R10 is applied in one turn with it, in whatever order they come", () => {
    const { first } = people(clusterOf("main", "b"), "main", "b");
    const chain = [batch(Z, 1, { [Y]: 2 }), batch(Y, 1, { [X]: 1 }), batch(Y, 2), batch(X, 1)];
    expect(bring(first, ...chain)).toEqual({ [X]: 1, [Y]: 2, [Z]: 1 });
    expect(first.texts).toEqual([`${X} 1`, `${Y} 1`, `${Y} 2`, `${Z} 1`]);
  });

  it("R10 R4 waits for exactly as much as it names, and is acknowledged then", () => {
    const { first } = people(clusterOf("main", "b"), "main", "b");
    expect(bring(first, batch(Z, 1, { [X]: 2, [Y]: 1 }))).toEqual({});
    expect(bring(first, batch(X, 1), batch(Y, 1))).toEqual({ [X]: 1, [Y]: 1 });
    expect(bring(first, batch(X, 2))).toEqual({ [X]: 2, [Y]: 1, [Z]: 1 });
    expect(first.texts.at(-1)).toBe(`${Z} 1`);
  });

  it("R3 R10 is taken once, and in the order of its origin, while it waits", () => {
    const { first } = people(clusterOf("main", "b"), "main", "b");
    bring(first, batch(Z, 1, { [X]: 1 }));
    bring(first, batch(Z, 1, { [X]: 1 }));
    bring(first, batch(Z, 3));
    bring(first, batch(Z, 2));
    expect(bring(first, batch(X, 1))).toEqual({ [X]: 1, [Z]: 2 });
    expect(first.texts).toEqual([`${X} 1`, `${Z} 1`, `${Z} 2`]);
    expect(first.node.state.heldSize).toBe(0);
  });

  it("R10 only what has to wait is bounded; what is ready always passes", () => {
    const { first } = people(clusterOf("main", "b"), "main", "b");
    const texts = Array.from({ length: 60 }, () => "x".repeat(4096));
    for (let i = 0; i < 17; i++) bring(first, batchOf(Z, 60 * i + 1, { [X]: 1 }, texts));
    expect(bring(first, batchOf(Y, 1, {}, texts))).toEqual({ [Y]: 60 });
    const { [Z]: applied } = bring(first, batch(X, 1));
    expect(applied).toBe(16 * 60);
  });
});

describe("copies", () => {
  it("R8 among new messages of one batch are left out when it is told", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const { session } = second.last("welcome");
    second.send("one", 1);
    second.send("two", 2);
    second.node.flush();
    const held = cluster.posts.splice(0);
    const moved = first.node.connect().join("b-person", { session });
    for (const [i, text] of ["one", "two", "three", "four"].entries()) moved.send(text, i + 1);
    first.node.flush();
    for (const post of held) cluster.deliver(post);
    cluster.settle();
    cluster.pass(5_000);
    for (const client of [first, second]) expect(client.texts).toEqual(["one", "two", "three", "four"]);
    const other = cluster.node("b").connect().join("other", { cursor: {} });
    cluster.settle();
    expect(other.texts).toEqual(["one", "two", "three", "four"]);
  });
});

describe("a flush", () => {
  it("L7 of a server nobody joined starts nothing", () => {
    const main = new Cluster().node("main");
    main.do({ type: "alarm" });
    main.flush();
    expect([main.kv.size, main.rows.length, main.printed.length]).toEqual([0, 0, 0]);
  });

  it("M5 M12 of later joins neither starts the server again nor logs it", () => {
    const main = clusterOf("main").node("main");
    const { length } = main.printed;
    main.connect().join("alice");
    main.flush();
    expect(main.printed.length).toBe(length);
  });

  it("M5 tells no list of servers that looks as it did", () => {
    const { first } = people(clusterOf("main", "b"), "main", "b");
    const entry = first.node.state.members.get("b");
    const lists = first.all("update_servers").length;
    const body = JSON.stringify({ chat: "lobby", from: "b", members: { b: { ...entry, inc: 2 } } });
    first.node.request((req) => ({ type: "update_servers", req, body }));
    first.node.flush();
    expect(first.all("update_servers").length).toBe(lists);
  });

  it("P1 C11 shows who waits for the welcome: they are connected", () => {
    const { first } = people(clusterOf("main", "b"), "main", "b");
    first.node.connect().join("carol", { cursor: { [X]: 1 } });
    first.node.flush();
    expect(first.screen.at(-1)).toBe("[JOIN] carol");
  });
});
