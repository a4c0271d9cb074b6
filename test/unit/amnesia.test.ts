/** Servers that lost their storage, or whose storage went back in time. */
import { describe, expect, it } from "vitest";
import { clusterOf, people } from "./cluster.ts";

describe("amnesia", () => {
  it("M14 P1 a server that lost its storage is told again who is connected to the others", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    cluster.settle();
    cluster.nodes.delete("b");
    alice.send("b?");
    cluster.settle();
    cluster.pass(60_000);
    expect(cluster.node("b").state.presence.names(10)).toMatchObject([{ name: "alice" }]);
  });

  it("M14 P3 P5 who was on a server that lost its storage and comes back within 10 s is seen neither leaving nor joining", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    const bob = cluster.node("b").connect().join("bob");
    cluster.node("b").connect().join("carol");
    cluster.settle();
    const { session } = bob.last("welcome");
    cluster.nodes.delete("b");
    alice.send("b?");
    cluster.settle();
    cluster.pass(2_000);
    cluster.node("b").connect().join("bob", { session });
    cluster.settle();
    expect(alice.screen.slice(3)).toEqual(["[alice] b?"]);
    cluster.pass(60_000);
    expect(alice.screen.slice(3)).toEqual(["[alice] b?", "[LEAVE] carol"]);
    expect(cluster.node("main").alarm).toBeNull();
  });

  it("P5 L8 people of a server that lost its storage go also when who shows them forgot about it meanwhile", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const alice = main.connect().join("alice");
    cluster.node("b").connect().join("bob");
    cluster.settle();
    cluster.nodes.delete("b");
    alice.send("b?");
    cluster.settle();
    cluster.pass(2_000);
    main.evict();
    expect(alice.screen.at(-1)).toBe("[alice] b?");
    cluster.pass(60_000);
    expect(alice.screen.at(-1)).toBe("[LEAVE] bob");
    main.evict();
    expect(main.state.presence.names(10).map(({ name }) => name)).toEqual(["alice"]);
    cluster.pass(60_000);
    expect(main.alarm).toBeNull();
  });

  it("M15 R2 a server whose storage went back in time begins anew, and gets back what it had said", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const b = cluster.node("b");
    second.send("one");
    cluster.settle();
    const [rows, kv] = [b.rows.map((row) => structuredClone(row)), new Map(b.kv)];
    second.send("two");
    cluster.settle();
    b.disk.write({ do: "trim", below: 100 });
    rows.forEach(({ heads, lines }, i) => {
      b.disk.write({ do: "append", pos: i + 1, heads, lines });
    });
    for (const [key, value] of kv) b.disk.write({ do: "put", key, value });
    b.evict("close");
    const before = b.state.members.get("b");
    first.send("anyone?");
    cluster.settle();
    const carol = b.connect().join("carol", { cursor: {} });
    carol.send("me");
    cluster.pass(60_000);
    expect(b.state.members.get("b")).toMatchObject({ inc: (before?.inc ?? 0) + 1, status: "alive" });
    expect(b.state.members.get("b")?.epoch).not.toBe(before?.epoch);
    expect(carol.texts.toSorted()).toEqual(["anyone?", "me", "one", "two"]);
    expect(first.texts).toEqual(["one", "two", "anyone?", "me"]);
    expect(b.state.log.cursor()).toEqual(cluster.node("main").state.log.cursor());
  });
});
