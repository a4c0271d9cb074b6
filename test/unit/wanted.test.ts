/** Batches asked for because their writer does not get through, and bounds on what a peer can name. */
import { describe, expect, it } from "vitest";
import type { Batch } from "../../src/chat/batch.ts";
import { MAX_MEMBERS, MAX_ORIGINS } from "../../src/chat/limits.ts";
import { writeRelay } from "../../src/chat/relay-wire.ts";
import { type Cluster, clusterOf, people } from "./cluster.ts";

/** Nothing passes between two servers. */
function cut(cluster: Cluster, a: string, b: string): void {
  const { deliver } = cluster;
  cluster.deliver = (post, lost) => {
    const between = [post.from, post.to].sort().join() === [a, b].sort().join();
    if (!between) deliver.call(cluster, post, lost);
    else cluster.nodes.get(post.from)?.do({ type: "answer", peer: post.peer, verb: post.verb, status: 0, body: "" });
  };
}

const vv = (cluster: Cluster, name: string) => cluster.node(name).state.log.cursor();

describe("what is wanted", () => {
  it("R12 two servers that do not hear each other talk by a third", () => {
    const cluster = clusterOf("main", "b", "c");
    const { first, second, clients } = people(cluster, "main", "b", "c");
    const third = clients[2];
    cut(cluster, "main", "c");
    first.send("question");
    cluster.settle();
    second.send("answer");
    cluster.settle();
    expect(third?.texts).toEqual([]);
    cluster.pass(5_000);
    expect(third?.texts).toEqual(["question", "answer"]);
    first.send("more");
    cluster.settle();
    expect(third?.texts.at(-1)).toBe("more");
  });

  it("R12 it is asked for no longer when its server is heard again", () => {
    const cluster = clusterOf("main", "b", "c");
    const { first, second } = people(cluster, "main", "b", "c");
    cut(cluster, "main", "c");
    first.send("question");
    cluster.settle();
    second.send("answer");
    cluster.pass(5_000);
    expect([...cluster.node("c").state.wanted.values()]).toEqual(["b"]);
    expect(cluster.node("b").state.peers.get("c")?.wants.length).toBe(1);
    Reflect.deleteProperty(cluster, "deliver");
    cluster.pass(3_600_000);
    first.send("again");
    cluster.settle();
    second.send("heard");
    cluster.settle();
    expect(cluster.node("c").state.wanted.size).toBe(0);
    expect(cluster.node("b").state.peers.get("c")?.wants).toEqual([]);
    expect(vv(cluster, "c")).toEqual(vv(cluster, "main"));
  });

  it("R13 for a client that waits, the writer is asked at once and everyone after 2 s", () => {
    const cluster = clusterOf("main", "b", "c");
    const { first } = people(cluster, "main", "b", "c");
    cut(cluster, "main", "c");
    first.send("seen");
    cluster.settle();
    const { origin, seq } = first.last("message");
    const { session } = first.last("welcome");
    first.cut();
    const moved = cluster.node("c").connect();
    moved.join("main-person", { session, cursor: { [origin]: seq }, n: 1 });
    cluster.node("c").flush();
    expect(cluster.posts.map(({ from, to }) => `${from}>${to}`)).toContain("c>main");
    cluster.settle();
    cluster.pass(1_900);
    expect(moved.got).toEqual([]);
    cluster.pass(200);
    expect(moved.got.map(({ type }) => type)).toEqual(["welcome"]);
    cluster.pass(30_000);
    expect(cluster.node("c").state.wanted.size).toBe(0);
  });

  it("R13 S9 C16 whatever a client claims to have seen or said, the servers go on talking", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const liars = [
      { "": 1, "no origin": 2 },
      { "main#00000000": 9e15 },
      { [`main#${"0".repeat(8)}`]: 1, "b#ffffffff": 1 },
    ];
    for (const cursor of liars) second.node.connect().join("liar", { cursor });
    const late = first.node.connect().join("late", { session: "f".repeat(32), n: 2 ** 40 });
    for (const n of [2 ** 40 + 1, 2 ** 53 - 1, 2 ** 53]) {
      first.node.connect().join("liar", { session: "e".repeat(32), n });
      late.send("too late", n);
    }
    late.send("too late");
    cluster.settle();
    cluster.pass(3_000);
    expect(late.all("error").map(({ code }) => code)).toEqual(["bad_n", "bad_n", "bad_n", "bad_n"]);
    expect(cluster.node("b").state.wanted.size).toBe(0);
    cluster.pass(10_000);
    first.send("still there?");
    second.send("yes");
    cluster.settle();
    expect(second.texts.toSorted()).toEqual(["still there?", "yes"]);
    for (const { node } of [first, second]) expect(node.alarm).toBeNull();
  });

  it("R14 what cannot be applied comes again twice as late each time, and at once after progress", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const lines = JSON.stringify({
      ...{ type: "message", name: "x", text: "x", id: "0".repeat(20), n: 1, origin: "b#00000009", seq: 1, time: 1 },
    });
    const head = {
      origin: "b#00000009",
      first: 1,
      count: 1,
      time: 1,
      dep: { "nobody#00000000": 1 },
      ids: ["0".repeat(20)],
      by: [0, 1],
      size: lines.length,
    };
    main.do({ type: "frame", client: -1, data: null });
    main.state.log.add({ head: { ...head, dep: {} }, lines }, cluster.now);
    main.state.log.close();
    const peer = main.state.peers.get("b");
    if (!peer) throw new Error("main knows b");
    cluster.deliver = ({ from, peer, verb }) => {
      cluster.nodes.get(from)?.do({ type: "answer", peer, verb, status: 200, body: '{"vv":{}}' });
    };
    main.connect().join("someone");
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      cluster.settle();
      waits.push(peer.retryAt - cluster.now);
      cluster.now = peer.retryAt;
      main.flushWanted = true;
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000]);
  });
});

const batch = (origin: string): Batch => {
  const id = "0".repeat(20);
  const lines = JSON.stringify({ type: "message", name: "x", text: "x", id, n: 1, origin, seq: 1, time: 1 });
  return { head: { origin, first: 1, count: 1, time: 1, dep: {}, ids: [id], by: [0, 1], size: lines.length }, lines };
};

describe("what a peer can name", () => {
  const place = { chat: "lobby", host: undefined };
  const hex = (i: number) => i.toString(16).padStart(8, "0");

  it("R15 R7 C16 origins beyond 4096 are not taken; a longer cursor is refused", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const tell = (relay: Partial<Parameters<typeof writeRelay>[1]>) => {
      const body = writeRelay("main", { from: "b", vv: {}, batches: [], ...relay }, place);
      const req = main.request((req) => ({ type: "relay", req, body }));
      cluster.settle();
      return cluster.reply(main, req);
    };
    const batches = Array.from({ length: MAX_ORIGINS + 5 }, (_, i) => batch(`x#${hex(i)}`));
    expect(tell({ batches }).status).toBe(200);
    expect(main.state.log.origins().size).toBe(MAX_ORIGINS);
    const long = Object.fromEntries(Array.from({ length: MAX_ORIGINS + 1 }, (_, i) => [`y#${hex(i)}`, 1]));
    expect(tell({ vv: long })).toMatchObject({ status: 400 });
    expect(tell({ floor: { cursor: long, time: 1, sessions: [] } })).toMatchObject({ status: 400 });
    expect(tell({ floor: { cursor: { "y#00000001": 7 }, time: 1, sessions: [] } })).toMatchObject({ status: 200 });
    expect(main.state.log.applied("y#00000001")).toBe(0);
    const client = main.connect().join("x", { cursor: long });
    expect(client.last("error")).toMatchObject({ code: "bad_cursor", message: expect.stringContaining("4096") });
  });

  it("M15 R11 a floor that names more of a server than it wrote makes it begin anew, and its numbers stay numbers", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    first.send("one");
    cluster.settle();
    const { origin } = first.last("message");
    const floor = { cursor: { [origin]: Number.MAX_SAFE_INTEGER }, time: 1, sessions: [] };
    const body = writeRelay("main", { from: "b", vv: {}, floor, batches: [] }, place);
    first.node.request((req) => ({ type: "relay", req, body }));
    cluster.settle();
    first.send("two");
    cluster.settle();
    expect(second.last("message")).toMatchObject({ text: "two", seq: 1 });
    expect(second.last("message").origin).not.toBe(origin);
  });

  it("M16 a set of more than 1000 servers is refused, also piece by piece", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const members = (from: number, count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`s-${from + i}`, { inc: 1, status: "left", epoch: hex(1), final: 0 }]),
      );
    const tell = (verb: "update_servers" | "server_join_req", from: number, count: number) => {
      const body = JSON.stringify({ chat: "lobby", from: "b", members: members(from, count) });
      return cluster.reply(
        main,
        main.request((req) => ({ type: verb, req, body })),
      ).status;
    };
    expect(tell("update_servers", 0, MAX_MEMBERS - 2)).toBe(200);
    expect(tell("update_servers", 0, MAX_MEMBERS - 2)).toBe(200);
    expect([tell("update_servers", 2000, 1), tell("server_join_req", 2000, 1)]).toEqual([400, 400]);
    expect(main.state.members.size).toBe(MAX_MEMBERS);
  });
});
