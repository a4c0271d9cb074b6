/** Messages as batches and rows: where a stream goes on in the middle of one, what is found in it, and how it is cut. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf, people } from "./cluster.ts";

describe("within a batch", () => {
  it("C5 a stream goes on in its middle, whichever server wrote it", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    for (const client of [first, second]) for (let i = 1; i <= 5; i++) client.send(`${client.key} ${i}`);
    cluster.settle();
    const origins = [...new Set(first.all("message").map(({ origin }) => origin))];
    expect(origins.length).toBe(2);
    const texts = (cursor: Record<string, number>, server = "main") => {
      const client = cluster.node(server).connect().join("late", { cursor });
      cluster.settle();
      return client.texts;
    };
    for (const server of ["main", "b"])
      for (const origin of origins)
        for (let seq = 0; seq <= 5; seq++) {
          const cursor = { ...Object.fromEntries(origins.map((other) => [other, 5])), [origin]: seq };
          const rest = texts(cursor, server).map((text) => Number(text.split(" ")[1]));
          expect(rest).toEqual([1, 2, 3, 4, 5].slice(seq));
        }
    expect(texts({}).length).toBe(10);
  });

  it("C5 R8 history is the last 50 lines, without copies, and may begin in the middle of a batch", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const { session } = first.last("welcome");
    first.send("once", 1);
    first.node.flush();
    const held = cluster.posts.splice(0);
    const moved = cluster.node("b").connect().join("main-person", { session });
    for (const [i, text] of ["once", "two", "three"].entries()) moved.send(text, i + 1);
    cluster.node("b").flush();
    for (const post of held) cluster.deliver(post);
    cluster.settle();
    cluster.pass(5_000);
    const late = () => {
      const client = cluster.node("main").connect().join("late");
      cluster.settle();
      return client.texts;
    };
    expect(late()).toEqual(["once", "two", "three"]);
    for (let i = 0; i < 48; i++) second.send(`${i}`);
    cluster.settle();
    expect(late().slice(0, 3)).toEqual(["two", "three", "0"]);
    expect(late().length).toBe(50);
  });

  it("S5 L8 a number is found again among those of others, whatever was forgotten in between", () => {
    const cluster = new Cluster();
    const main = cluster.node("main");
    const clients = ["alice", "bob", "carol"].map((name) => main.connect().join(name));
    for (let batch = 0; batch < 3; batch++) {
      for (const client of clients) for (let i = 1; i <= 2; i++) client.send(`${client.key} ${2 * batch + i}`);
      cluster.settle();
    }
    main.evict();
    const { length } = clients[0]?.got ?? [];
    for (const client of clients) for (let n = 1; n <= 6; n++) client.send(`${client.key} ${n}`, n);
    cluster.settle();
    expect(clients[0]?.got.length).toBe(length);
    for (const client of clients) for (let n = 1; n <= 6; n++) client.send("another", n);
    for (const client of clients)
      expect(client.all("error").map(({ code, n }) => [code, n])).toEqual(
        [1, 2, 3, 4, 5, 6].map((n) => ["n_reused", n]),
      );
  });
});

describe("the header of a batch", () => {
  it("R10 names what its origin had applied since the batch before, and of others only", () => {
    const cluster = clusterOf("main", "b", "c");
    const { clients } = people(cluster, "main", "b", "c");
    const [alice, bob, carol] = clients;
    const say = (client = alice, text = "x") => {
      client?.send(text);
      cluster.settle();
      const { heads } = client?.node.rows.at(-1) ?? { heads: [] };
      return heads.map(({ dep }) => dep);
    };
    expect(say(alice)).toEqual([{}]);
    const { origin } = alice?.last("message") ?? {};
    expect(say(bob)).toEqual([{ [origin ?? ""]: 1 }]);
    const answer = bob?.last("message").origin ?? "";
    expect(say(bob)).toEqual([{}]);
    expect(say(alice)).toEqual([{ [answer]: 2 }]);
    expect(say(carol)).toEqual([{ [origin ?? ""]: 2, [answer]: 2 }]);
    const last = carol?.last("message").origin ?? "";
    alice?.node.evict();
    expect(say(alice)).toEqual([{ [last]: 1 }]);
  });

  it("L1 L3 L4 numbers every message once, also where a turn fills several rows of one time", () => {
    const cluster = new Cluster();
    const alice = cluster.node("main").connect().join("alice");
    const bob = cluster.node("main").connect().join("bob");
    cluster.settle();
    for (let i = 0; i < 100; i++) (i % 3 ? alice : bob).send(`${i}`.padEnd(4096, "."));
    cluster.settle();
    alice.send("after");
    cluster.settle();
    const heads = cluster.node("main").rows.flatMap(({ heads }) => heads);
    expect(heads.length).toBe(3);
    let next = 1;
    for (const { first, count, ids, by } of heads) {
      expect([first, by.length]).toEqual([next, 2 * count]);
      expect(new Set(ids).size).toBe(ids.length);
      next = first + count;
    }
    expect(heads[0]?.time).toBe(heads[1]?.time);
    expect(heads[2]?.time).toBe((heads[1]?.time ?? 0) + 1);
    expect(bob.all("message").map(({ seq }) => seq)).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
  });

  it("L5 R1 many small batches share rows, and every line comes out of them as it went in", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    cluster.down.add("b");
    for (let i = 0; i < 40; i++) {
      first.send(`${i}`.padEnd(i % 2 ? 4096 : 10, "."));
      if (i % 4 === 3) first.node.flush();
    }
    cluster.settle();
    cluster.down.clear();
    cluster.pass(10_000);
    expect(cluster.node("b").rows.length).toBe(1);
    expect(cluster.node("b").rows[0]?.heads.length).toBe(10);
    expect(second.all("message")).toEqual(first.all("message"));
    cluster.node("b").evict();
    const late = cluster.node("b").connect().join("late", { cursor: {} });
    cluster.settle();
    expect(late.all("message")).toEqual(first.all("message"));
  });
});

describe("a frame", () => {
  it("L1 C8 tells first who came, then what was said, then who went", () => {
    const cluster = new Cluster();
    const main = cluster.node("main");
    const [alice, bob] = [main.connect().join("alice"), main.connect().join("bob")];
    cluster.settle();
    const { length } = main.frames.get(bob.key) ?? [];
    main.connect().join("carol").say({ type: "send", text: "hi" }, { type: "client_leave_req" });
    main.connect().join("dave");
    alice.say({ type: "send", text: "bye" }, { type: "client_leave_req" });
    cluster.settle();
    expect(bob.screen.slice(2)).toEqual(["[JOIN] carol", "[JOIN] dave", "[carol] hi", "[alice] bye", "[LEAVE] carol", "[LEAVE] alice"]); // biome-ignore format: one list
    expect(main.frames.get(bob.key)?.length).toBe(length + 2);
  });
});
