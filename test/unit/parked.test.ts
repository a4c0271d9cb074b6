/** Clients that move to a server which has not yet what they have seen. */
import { describe, expect, it } from "vitest";
import { clusterOf } from "./cluster.ts";

/** Alice has said two things on main that b has not got, and moves to b, where bob listens. */
function moving() {
  const cluster = clusterOf("main", "b");
  const alice = cluster.node("main").connect().join("alice");
  const bob = cluster.node("b").connect().join("bob");
  cluster.settle();
  alice.send("one");
  alice.send("two");
  alice.node.flush();
  const { session } = alice.last("welcome");
  const { origin, seq } = alice.last("message");
  const held = cluster.posts.splice(0);
  const moved = cluster.node("b").connect();
  moved.join("alice", { session, cursor: { [origin]: seq }, n: 2 });
  cluster.node("b").flush();
  return { cluster, alice, bob, moved, held };
}

describe("a client ahead of its server", () => {
  it("C11 S7 P3 waits until the server has caught up; what it says comes after what it said, and nobody saw it come or go", () => {
    const { cluster, bob, moved, held } = moving();
    expect(moved.got).toEqual([]);
    for (const post of held) cluster.deliver(post);
    cluster.settle();
    expect(moved.got.map(({ type }) => type)).toEqual(["welcome"]);
    moved.send("three", 3);
    cluster.settle();
    cluster.pass(60_000);
    expect(bob.screen).toEqual(["[JOIN] bob", "[JOIN] alice", "[alice] one", "[alice] two", "[alice] three"]);
    expect(moved.texts).toEqual(["three"]);
    expect(cluster.node("b").alarm).toBe(null);
  });

  it("C11 I1 goes on after 10 s with a reset, whatever its cursor claims", () => {
    const { cluster, bob, moved } = moving();
    const liar = cluster
      .node("b")
      .connect()
      .join("liar", { cursor: { "nobody#00000000": 9e15 } });
    cluster.node("b").flush();
    expect(cluster.node("b").alarm).not.toBe(null);
    cluster.pass(9_000);
    cluster.settle();
    expect([...moved.got, ...liar.got]).toEqual([]);
    cluster.pass(2_000);
    for (const client of [moved, liar])
      expect(client.got.slice(0, 2)).toMatchObject([{ type: "welcome" }, { type: "reset", reason: "ahead" }]);
    moved.send("three", 3);
    cluster.settle();
    expect(bob.texts.at(-1)).toBe("three");
  });

  it("C14 C15 does not wait for what a server that left never wrote", () => {
    const { cluster, moved, held } = moving();
    for (const post of held) cluster.deliver(post);
    cluster.settle();
    const [[origin = "", seq = 0] = []] = Object.entries(moved.last("welcome").cursor);
    expect(cluster.disconnect("main")?.status).toBe(200);
    const beyond = cluster
      .node("b")
      .connect()
      .join("beyond", { cursor: { [origin]: seq + 1 } });
    cluster.node("b").flush();
    expect(beyond.got.slice(0, 2)).toMatchObject([
      { type: "welcome", cursor: { [origin]: seq + 1 } },
      { type: "reset", reason: "ahead", cursor: { [origin]: seq } },
    ]);
  });

  it("C12 is told nothing and may say nothing until it is welcome", () => {
    const { cluster, bob, moved } = moving();
    bob.send("unheard by alice");
    cluster.node("b").flush();
    moved.send("too soon", 3);
    expect(moved.got).toMatchObject([{ type: "error", code: "waiting", retry: 1000, n: 3 }]);
    expect(bob.texts).toEqual(["unheard by alice"]);
  });

  it("C12 comes back after the server lost its memory, and may leave or vanish while it waits", () => {
    const { cluster, moved } = moving();
    cluster.node("b").evict();
    expect(moved.open).toBe(false);
    const again = moving();
    again.moved.cut();
    again.cluster.settle();
    again.cluster.pass(30_000);
    expect(again.moved.got).toEqual([]);
    expect(again.cluster.node("b").alarm).toBe(null);
    const third = moving();
    third.moved.say({ type: "client_leave_req" });
    third.cluster.settle();
    expect(third.moved.got.map(({ type }) => type)).toEqual(["exit"]);
    third.cluster.pass(30_000);
    expect(third.cluster.node("b").alarm).toBe(null);
  });
});
