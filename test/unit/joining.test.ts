/** Servers that join, hear of each other, or are spoken to before they exist. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf, type Node, people } from "./cluster.ts";

const C = { inc: 1, status: "alive", epoch: "0000000c" };

/** A node is sent members by a peer, in this turn. */
function tell(node: Node, type: "update_servers" | "server_join_req", from: string, members: object) {
  const body = JSON.stringify({ chat: "lobby", from, members });
  return node.cluster.reply(
    node,
    node.request((req) => ({ type, req, body })),
  );
}

describe("a server that was never started", () => {
  it("M14 L7 is not begun by hearing of others, or that it has left", () => {
    const x = clusterOf("main").node("x");
    const main = { inc: 1, status: "alive", epoch: "0000000a" };
    for (const members of [{}, { main }, { main, x: { ...C, status: "left", final: 1 } }]) {
      const { status, body } = tell(x, "update_servers", "main", members);
      expect([status, JSON.parse(body).error.code]).toEqual([404, "not_started"]);
    }
    expect([x.kv.size, x.state.members.size, x.flushWanted]).toEqual([0, 0, false]);
    expect(tell(x, "update_servers", "main", { main, x: C }).status).toBe(200);
    expect(x.state.members.get("x")).toMatchObject({ inc: 2, status: "alive" });
  });

  it("M12 M6 is begun by who joins it if it is main, and by nobody else", () => {
    const cluster = new Cluster();
    expect(tell(cluster.node("b"), "server_join_req", "c", { c: C }).status).toBe(404);
    const { status, body } = tell(cluster.node("main"), "server_join_req", "c", { c: C });
    expect([status, Object.keys(JSON.parse(body).members).sort()]).toEqual([200, ["c", "main"]]);
  });
});

describe("news of the members", () => {
  it("M4 is not told to who told it", () => {
    const cluster = clusterOf("main", "b", "d");
    tell(cluster.node("main"), "update_servers", "b", { c: C });
    cluster.node("main").flush();
    const updates = cluster.posts.filter(({ verb }) => verb === "update_servers");
    expect(updates.map(({ to }) => to)).toEqual(["d", "c"]);
    expect(Object.keys(JSON.parse(updates[0]?.body ?? "").members)).toEqual(["c"]);
  });

  it("I1 sets the alarm in the turn in which it is heard, or in which a start succeeds", () => {
    const cluster = clusterOf("main", "b");
    tell(cluster.node("main"), "update_servers", "b", { c: C });
    expect(cluster.node("main").alarm).not.toBe(null);
    const d = cluster.node("d");
    d.request((req) => ({ type: "start", req, boot: "b" }));
    const members = Object.fromEntries(cluster.node("b").state.members);
    const body = JSON.stringify({ members });
    d.do({ type: "answer", peer: "b", verb: "server_join_req", status: 200, body });
    expect(d.alarm).not.toBe(null);
  });

  it("R5 from a peer that failed is a reason to try it at once", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    cluster.down.add("b");
    first.send("one");
    cluster.settle();
    expect(first.node.state.peers.get("b")?.retryAt).toBeGreaterThan(cluster.now);
    tell(first.node, "update_servers", "b", {});
    expect(first.node.state.peers.get("b")?.retryAt).toBe(0);
  });

  it("R7 that cannot be read is answered as such, to whichever verb", () => {
    const main = clusterOf("main").node("main");
    for (const type of ["update_servers", "server_join_req"] as const) {
      const { status, body } = tell(main, type, "B", {});
      expect([status, JSON.parse(body).error.code]).toEqual([400, "bad_request"]);
    }
  });
});

describe("starting what is alive", () => {
  it("M7 asks nobody, logs nothing and changes nothing", () => {
    const cluster = clusterOf("main", "b");
    const b = cluster.node("b");
    const before = [b.printed.length, b.state.membersVersion];
    b.request((req) => ({ type: "start", req, boot: "main" }));
    expect(cluster.posts).toEqual([]);
    expect([b.printed.length, b.state.membersVersion]).toEqual(before);
    const alone = clusterOf("main").node("main");
    const { length } = alone.printed;
    alone.request((req) => ({ type: "start", req, boot: undefined }));
    expect([alone.printed.length, alone.cluster.posts.length]).toEqual([length, 0]);
  });

  it("M7 X3 at a server it does not know keeps its life", () => {
    const cluster = new Cluster();
    cluster.start("main@a.example");
    const here = cluster.node("main@b.example");
    cluster.start("main@b.example");
    const before = here.state.members.get("main");
    expect(cluster.start("main@b.example", "main@a.example").status).toBe(200);
    expect(here.state.members.get("main")).toEqual(before);
    expect(here.state.members.size).toBe(2);
  });
});

describe("a new server", () => {
  it("P1 R2 learns who is on the others, and what they said", () => {
    const cluster = clusterOf("main");
    const alice = cluster.node("main").connect().join("alice");
    alice.send("before");
    cluster.settle();
    cluster.start("b");
    const bob = cluster.node("b").connect().join("bob");
    cluster.settle();
    expect(bob.last("welcome").names.map(({ name }) => name)).toEqual(["alice", "bob"]);
    expect(bob.texts).toEqual(["before"]);
    expect(alice.screen.at(-1)).toBe("[JOIN] bob");
  });
});

describe("who remembers that nothing is owed", () => {
  it("I2 R1 sends what is new at once, without asking", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    first.send("one");
    cluster.settle();
    first.node.evict();
    first.send("two");
    first.node.flush();
    expect(cluster.posts.map(({ verb, body }) => [verb, JSON.parse(body.split("\n")[0] ?? "").batches.length])).toEqual([["relay", 1]]); // biome-ignore format: one list
  });

  it("L1 asks for one flush a turn, however much arrives", () => {
    const { first } = people(clusterOf("main", "b"), "main", "b");
    const send = (n: number) => ({ type: "frame" as const, client: first.key, data: JSON.stringify({ type: "send", text: "x", n }) }); // biome-ignore format: one event
    const flushes = [1, 2, 3].map((n) => first.node.do(send(n)).filter((effect) => effect.do === "flush").length);
    expect(flushes).toEqual([1, 0, 0]);
  });
});
