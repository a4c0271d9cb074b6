/** On which server people are shown, and who is told when they move. */
import { describe, expect, it } from "vitest";
import type { Client } from "./client.ts";
import { type Cluster, clusterOf, people } from "./cluster.ts";

describe("where people are", () => {
  const where = (client: Client) =>
    client.got.flatMap((told): (string | string[])[] => {
      if (told.type === "welcome" || (told.type === "presence" && told.names))
        return [(told.names ?? []).map(({ name, server }) => `${name} ${server}`).sort()];
      return told.type === "join" || told.type === "move" ? [`${told.type} ${told.name} ${told.server}`] : [];
    });
  /** Comes back as the same person. */
  const again = (cluster: Cluster, client: Client, server: string) =>
    cluster
      .node(server)
      .connect()
      .join("x", { session: client.last("welcome").session });

  it("P9 C6 is told by welcome, join and move", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const { session, cursor, name } = second.last("welcome");
    expect(second.last("welcome").names).toContainEqual({ name, id: second.last("welcome").id, server: "b" });
    const before = first.got.length;
    second.cut();
    cluster.node("main").connect().join(name, { session, cursor });
    cluster.settle();
    const told = first.got.slice(before);
    expect(told).toEqual([{ type: "move", name, id: second.last("welcome").id, server: "main" }]);
    cluster.pass(11_000);
    expect(first.got.slice(before)).toEqual(told);
  });

  it.for([true, false])(
    "P10 P3 who is on two servers is where they came last, whichever they leave (the older: %s)",
    (older) => {
      const cluster = clusterOf("main", "b", "c");
      const watcher = cluster.node("c").connect().join("watcher");
      const one = cluster.node("b").connect().join("x");
      cluster.settle();
      const two = again(cluster, one, "main");
      cluster.settle();
      expect(where(watcher).slice(-2)).toEqual(["join x b", "move x main"]);
      (older ? one : two).say({ type: "client_leave_req" });
      cluster.settle();
      expect(where(watcher).slice(-1)).toEqual([older ? "move x main" : "move x b"]);
      expect(where(watcher).filter((told) => `${told}`.startsWith("move")).length).toBe(older ? 1 : 2);
      expect(watcher.all("leave")).toEqual([]);
    },
  );

  it("P10 who is back within the 10 s is shown back at once, also to others", () => {
    const cluster = clusterOf("main", "b", "c");
    const watcher = cluster.node("c").connect().join("watcher");
    // Of a set as small as its changes no changes are told.
    for (const name of ["y", "z"]) cluster.node("main").connect().join(name);
    const one = cluster.node("main").connect().join("x");
    cluster.settle();
    one.cut();
    const two = again(cluster, one, "b");
    cluster.settle();
    two.cut();
    again(cluster, one, "main");
    cluster.settle();
    expect(where(watcher).slice(-3)).toEqual(["join x main", "move x b", "move x main"]);
    cluster.pass(11_000);
    expect(where(watcher).at(-1)).toBe("move x main");
    expect(watcher.all("leave")).toEqual([]);
  });

  it.for([
    ["main", "b"],
    ["b", "main"],
  ] as const)(
    "P9 L8 a server that forgot where somebody who went from %s to %s was shown tells it again",
    ([first, second]) => {
      const cluster = clusterOf("main", "b");
      const watcher = cluster.node("main").connect().join("watcher");
      const one = cluster.node(first).connect().join("x");
      cluster.settle();
      const two = again(cluster, one, second);
      cluster.settle();
      expect(where(watcher).at(-1)).toBe(`move x ${second}`);
      two.cut();
      cluster.settle();
      cluster.node("main").evict();
      cluster.pass(11_000);
      expect(where(watcher).at(-1)).toBe(`move x ${first}`);
      expect(watcher.all("leave")).toEqual([]);
    },
  );

  /** Somebody on main, others there, and some who have moved from b to main in one flush. */
  const moving = (count: number, others = 0) => {
    const cluster = clusterOf("main", "b");
    const watcher = cluster.node("main").connect().join("watcher");
    const staying = Array.from({ length: others }, () => cluster.node("main").connect().join("p"));
    const movers = Array.from({ length: count }, () => cluster.node("b").connect().join("x"));
    cluster.settle();
    const before = watcher.got.length;
    for (const mover of movers) again(cluster, mover, "main");
    cluster.node("main").flush();
    return { cluster, watcher, staying, told: watcher.got.slice(before) };
  };

  it("P10 more than 5 who move are one presence line that lists all", () => {
    expect(moving(5).told.map(({ type }) => type)).toEqual(Array(5).fill("move"));
    const { told, watcher } = moving(6);
    expect(told).toMatchObject([{ type: "presence", count: 7, joined: 0, left: 0 }]);
    expect(where(watcher).at(-1)).toEqual(["watcher main", ...Array(6).fill("x main")]);
  });

  it("P10 who leaves in the flush in which many move is told before all are listed", () => {
    const { cluster, watcher, staying } = moving(0, 1);
    const movers = Array.from({ length: 6 }, () => cluster.node("b").connect().join("x"));
    cluster.settle();
    const before = watcher.got.length;
    staying[0]?.cut();
    cluster.now += 10_000;
    for (const mover of movers) again(cluster, mover, "main");
    cluster.node("main").flush();
    expect(watcher.got.slice(before)).toMatchObject([
      { type: "leave", name: "p" },
      { type: "presence", count: 7 },
    ]);
  });

  it.for([false, true])(
    "P11 P13 of more than 100 nobody's move is told; all are listed when they are 100 again (forgotten meanwhile: %s)",
    (forgotten) => {
      expect(moving(1, 98).told.map(({ type }) => type)).toEqual(["move"]);
      const { cluster, watcher, staying, told } = moving(1, 99);
      expect(told).toEqual([]);
      if (forgotten) cluster.node("main").evict();
      const before = watcher.got.length;
      staying[0]?.say({ type: "client_leave_req" });
      cluster.settle();
      // A server that woke counts a crowd once more (P13).
      const woke = forgotten ? [{ type: "presence", count: 101, joined: 0, left: 0 }] : [];
      expect(watcher.got.slice(before)).toMatchObject([
        ...woke,
        { type: "leave" },
        { type: "presence", count: 100, joined: 0, left: 0 },
      ]);
      expect(where(watcher).at(-1)).toContain("x main");
      staying[1]?.say({ type: "client_leave_req" });
      cluster.settle();
      expect(watcher.got.slice(before + woke.length + 2)).toMatchObject([{ type: "leave" }]);
    },
  );
});
