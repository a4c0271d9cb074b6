/** The flush, the log, and the pure data types under them. */

import { describe, expect, it } from "vitest";
import { Log } from "../../src/chat/log.ts";
import { Presence } from "../../src/chat/presence.ts";
import { Seen } from "../../src/chat/seen.ts";
import { Cluster, clusterOf } from "./cluster.ts";

describe("the flush", () => {
  it("L1 a turn's messages of several clients are one row and one frame each", () => {
    const cluster = new Cluster();
    const main = cluster.node("main");
    const people = ["alice", "bob", "carol"].map((name) => main.connect().join(name));
    cluster.settle();
    const frames = main.frames.get(people[0]?.key ?? 0)?.length ?? 0;
    for (let i = 0; i < 100; i++) people[i % 3]?.send(`${i}`);
    expect(main.rows.length).toBe(0);
    cluster.settle();
    expect(main.rows.length).toBe(1);
    expect(main.frames.get(people[0]?.key ?? 0)?.length).toBe(frames + 1);
    expect(people[1]?.texts).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
  });

  it("L1 more than 262,144 characters become several rows, none longer, nothing lost", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    const bob = cluster.node("b").connect().join("bob");
    for (let i = 0; i < 200; i++) alice.send(String(i).padEnd(4096, "."));
    cluster.settle();
    const { rows } = cluster.node("main");
    expect(rows.length).toBe(4);
    for (const { lines } of [...rows, ...cluster.node("b").rows]) expect(lines.length).toBeLessThanOrEqual(262_144);
    expect(bob.texts.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it("L1 R7 to the last character: peers take every batch, however full", () => {
    const sizeOf = (last: number) => {
      const cluster = clusterOf("main", "b");
      const alice = cluster.node("main").connect().join("alice");
      for (let i = 0; i < 61; i++) alice.send("x".repeat(4096));
      alice.send("y".repeat(last));
      cluster.settle();
      const [main, b] = [cluster.node("main"), cluster.node("b")];
      expect(b.state.log.cursor()).toEqual(main.state.log.cursor());
      return Math.max(...main.rows.flatMap(({ heads }) => heads.map(({ size }) => size)));
    };
    const room = 262_144 - sizeOf(1);
    expect(sizeOf(1 + room)).toBe(262_144);
    for (const more of [-1, 1, 2]) expect(sizeOf(1 + room + more)).toBeLessThan(262_144);
  });

  it("L2 all that is written comes before all that is told, answered or sent to peers", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const alice = main.connect().join("alice");
    alice.send("hi");
    main.request((req) => ({
      type: "relay",
      req,
      body: JSON.stringify({ chat: "lobby", from: "b", vv: {}, batches: [] }),
    }));
    main.flushWanted = false;
    const kinds = main.do({ type: "flush" }).map((effect) => effect.do);
    const written = Math.max(kinds.lastIndexOf("append"), kinds.lastIndexOf("put"));
    for (const kind of ["tell", "send", "reply", "post"])
      expect(kinds.indexOf(kind as "tell")).toBeGreaterThan(written);
    expect(written).toBeGreaterThan(0);
  });

  it("L3 time never goes back, also when the clock does, and a peer's time is passed", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    const bob = cluster.node("b").connect().join("bob");
    const start = cluster.now;
    for (const [who, skew] of [
      [alice, 0],
      [alice, -90_000],
      [bob, -200_000],
      [alice, 5],
    ] as const) {
      cluster.now = start + skew;
      who.send(`${skew}`);
      cluster.settle();
    }
    const times = alice.all("message").map(({ time }) => time - start);
    expect(times).toEqual([0, 1, 2, 5]);
  });

  it("L4 a server whose storage was lost counts from 1 under another epoch", () => {
    const cluster = new Cluster();
    const alice = cluster.node("main").connect().join("alice");
    alice.send("one");
    cluster.settle();
    cluster.nodes.delete("main");
    const again = cluster.node("main").connect().join("alice");
    again.send("two");
    cluster.settle();
    expect(again.last("message").seq).toBe(1);
    expect(again.last("message").origin).toMatch(/^main#[0-9a-f]{8}$/);
    expect(again.last("message").origin).not.toBe(alice.last("message").origin);
  });

  it("L8 at every point of a conversation a server may lose its memory", () => {
    const script = (evictAfter: number) => {
      const cluster = new Cluster();
      const main = cluster.node("main");
      const alice = main.connect();
      const bob = main.connect();
      const steps = [
        () => alice.join("alice"),
        () => bob.join("bob"),
        () => alice.send("hello"),
        () => bob.send("hello to you"),
        () => alice.say({ type: "send", text: "bye", n: 2 }, { type: "client_leave_req" }),
        () => bob.send("gone"),
      ];
      steps.forEach((take, i) => {
        take();
        cluster.settle();
        if (i === evictAfter) main.evict();
      });
      return [alice.screen, bob.screen];
    };
    const whole = script(-1);
    expect(whole[1]?.length).toBe(6);
    for (let k = 0; k < 6; k++) expect(script(k)).toEqual(whole);
  });
});

describe("what was seen", () => {
  it("R8 S5 a late message is not a copy, an exact copy is", () => {
    const seen = new Seen();
    expect([1, 3, 2, 3, 1, 5].map((n) => seen.add("a", n, 0))).toEqual([true, true, true, false, false, true]);
    expect(seen.has("a", 4)).toBe(false);
    expect(seen.has("b", 1)).toBe(false);
    expect([seen.highest("a"), seen.highest("b")]).toEqual([5, 0]);
  });
});

describe("who is here", () => {
  it("P1 P3 shown is the union by id; who comes and goes within one flush is in no difference", () => {
    const presence = new Presence();
    presence.add("a", "1", "ann");
    presence.add("b", "1", "ann");
    presence.add("a", "2", "bert");
    presence.remove("a", "2");
    const ann = { id: "1", name: "ann", server: "b" };
    const cleo = { id: "3", name: "cleo", server: "b" };
    expect(presence.differences()).toEqual({ joined: [ann], moved: [], left: [] });
    presence.remove("a", "1");
    expect(presence.differences()).toEqual({ joined: [], moved: [], left: [] });
    presence.replace("b", [["3", "cleo"]]);
    expect(presence.differences()).toEqual({ joined: [cleo], moved: [], left: [{ id: "1", name: "ann" }] });
    expect([presence.count, presence.names(10)]).toEqual([1, [cleo]]);
  });
});

describe("rows read", () => {
  it("are read once by a crowd, and kept only up to a limit, although nothing is flushed", () => {
    const reads: number[] = [];
    const size = 262_144;
    const log = new Log((pos) => {
      reads.push(pos);
      return "x".repeat(size);
    });
    const head = (first: number) => ({
      origin: "a#0",
      first,
      count: 1,
      time: first,
      dep: {},
      ids: ["0"],
      by: [0, first],
      size,
    });
    for (let first = 1; first <= 20; first++) log.append([head(first)]);
    const { places } = log;
    for (let again = 0; again < 3; again++) for (const place of places.slice(0, 16)) log.linesOf(place);
    expect(reads.length).toBe(16);
    for (const place of places) log.linesOf(place);
    expect(reads.length).toBe(20);
    for (const place of places.slice(0, 4)) log.linesOf(place);
    expect(reads.slice(20)).toEqual([1, 2, 3, 4]);
  });
});
