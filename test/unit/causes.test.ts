/** An answer never before its question, and nothing lost with the servers that wrote it. */
import { describe, expect, it } from "vitest";
import { writeRelay } from "../../src/chat/relay-wire.ts";
import { clusterOf, people } from "./cluster.ts";

describe("causes", () => {
  /** Alice asks on main, bob answers on b; c gets the answer first. */
  function asking() {
    const cluster = clusterOf("main", "b", "c");
    const { first: alice, second: bob, clients } = people(cluster, "main", "b", "c");
    alice.send("who is there?");
    alice.node.flush();
    const question = cluster.posts.filter(({ to }) => to === "c");
    cluster.posts = cluster.posts.filter(({ to }) => to === "b");
    cluster.settle();
    bob.send("me");
    cluster.settle();
    return { cluster, alice, bob, cid: clients[2], question };
  }

  it("R10 an answer is held back until the question is there, and acknowledged only then", () => {
    const { cluster, bob, cid, question } = asking();
    expect(bob.texts).toEqual(["who is there?", "me"]);
    expect(cid?.texts).toEqual([]);
    expect(bob.node.alarm).not.toBe(null);
    for (const post of question) cluster.deliver(post);
    cluster.settle();
    cluster.pass(5_000);
    expect(cid?.texts).toEqual(["who is there?", "me"]);
    for (const node of cluster.nodes.values()) expect(node.alarm).toBe(null);
  });

  it("R10 R12 what is held is lost with the memory and comes again, and whoever brings it is asked for what it waits for", () => {
    const { cluster, cid } = asking();
    cluster.node("c").evict();
    cluster.down.add("main");
    cluster.node("b").evict();
    cluster.settle();
    expect(cid?.texts).toEqual([]);
    cluster.pass(5_000);
    expect(cid?.texts).toEqual(["who is there?", "me"]);
  });

  it("R2 a new server gets the history of those that have left", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    first.send("remember me");
    cluster.settle();
    expect(cluster.disconnect("main")?.status).toBe(200);
    cluster.down.add("main");
    cluster.start("c", "b");
    const late = cluster.node("c").connect().join("late");
    cluster.settle();
    expect(late.texts).toEqual(["remember me"]);
  });

  it("R10 batches that wait for what never comes are kept up to a bound, however many origins they name, and block nobody", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const text = "x".repeat(4096);
    const count = 60;
    for (let i = 0; i < 40; i++) {
      const origin = `x#${String(i).padStart(8, "0")}`;
      const id = "0123456789abcdef0123";
      const lines = Array.from({ length: count }, (_, j) =>
        JSON.stringify({ type: "message", name: "x", text, id, n: count * i + j + 1, origin, seq: j + 1, time: 5 }),
      ).join("\n");
      const dep = { "nobody#00000000": 1 };
      const by = Array.from({ length: count }, (_, j) => [0, count * i + j + 1]).flat();
      const head = { origin, first: 1, count, time: 5, dep, ids: [id], by, size: lines.length };
      const relay = { from: "b", vv: {}, batches: [{ head, lines }] };
      const body = writeRelay("main", relay, { chat: "lobby", host: undefined });
      first.node.request((req) => ({ type: "relay", req, body }));
      first.node.flush();
    }
    const held = [...first.node.state.held.values()].flat();
    expect(held.length).toBeGreaterThan(10);
    expect(held.reduce((sum, { head }) => sum + head.size, 0)).toBeLessThanOrEqual(4_194_304);
    second.send("I am heard all the same");
    cluster.settle();
    cluster.pass(5_000);
    expect(first.texts).toEqual(["I am heard all the same"]);
  });
});
