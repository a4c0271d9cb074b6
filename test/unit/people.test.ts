/** Who is shown, and how changes of it are told and kept. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf, people } from "./cluster.ts";

const ANN: [string, string] = ["0123456789abcdef0123", "ann"];

describe("a crowd", () => {
  const crowd = (count: number) => {
    const cluster = new Cluster();
    const main = cluster.node("main");
    const alice = main.connect().join("alice");
    cluster.settle();
    const others = Array.from({ length: count }, (_, i) => main.connect().join(`p${i}`));
    cluster.settle();
    return { cluster, main, alice, others };
  };

  it("P2 begins with the sixth who comes or goes in one flush", () => {
    expect(crowd(5).alice.all("presence")).toEqual([]);
    expect(crowd(5).alice.all("join").length).toBe(6);
    const { cluster, main, alice, others } = crowd(6);
    expect(alice.last("presence")).toMatchObject({ joined: 6, left: 0 });
    const before = alice.all("presence").length;
    for (const other of others.slice(0, 3)) other.cut();
    cluster.settle();
    cluster.now += 10_000;
    for (let i = 0; i < 3; i++) main.connect().join(`q${i}`);
    cluster.settle();
    expect(alice.all("presence").slice(before)).toMatchObject([{ joined: 3, left: 3, count: 7 }]);
  });

  it("P8 C6 of more than 100 is counted right by who joins it beside others", () => {
    const { cluster, main } = crowd(100);
    cluster.now += 500;
    const two = [main.connect().join("x"), main.connect().join("y")];
    cluster.settle();
    for (const client of two) {
      expect(client.last("welcome").count).toBe(103);
      expect(client.all("join").map(({ name }) => name)).toEqual(["x", "y"]);
      expect(client.last("presence")).toEqual({ type: "presence", count: 103, joined: 0, left: 0 });
    }
    const alone = main.connect().join("z");
    cluster.settle();
    expect([alone.all("presence"), two.map((client) => client.all("presence").length)]).toEqual([[], [1, 1]]);
    two[0]?.cut();
    cluster.settle();
    cluster.now += 10_000;
    const beside = main.connect().join("q");
    cluster.settle();
    expect(beside.last("welcome").count).toBe(104);
    expect([beside.all("join").length, beside.all("leave").length, beside.last("presence").count]).toEqual([1, 1, 104]);
  });

  it("P13 is told 500 ms later how many it is, if it was just told that", () => {
    const { cluster, main, alice } = crowd(100);
    const told = () => alice.all("presence").slice(1);
    const names = alice.all("join").length;
    cluster.now += 499;
    const [x, y] = [main.connect().join("x"), main.connect().join("y")];
    cluster.settle();
    x.send("hi");
    y.say({ type: "client_leave_req" });
    cluster.settle();
    expect([x.last("welcome").count, told(), alice.last("message").text]).toEqual([103, [], "hi"]);
    expect([...main.state.later]).toEqual(["crowd"]);
    cluster.now += 1;
    main.do({ type: "crowd" });
    cluster.settle();
    expect(told()).toEqual([{ type: "presence", count: 102, joined: 1, left: 0 }]);
    expect([alice, x].map((client) => client.all("presence").length)).toEqual([2, 1]);
    cluster.now += 500;
    main.connect().join("z");
    cluster.settle();
    expect([told().length, alice.all("join").length]).toEqual([1, names + 1]);
  });

  it("P13 is told also if all who came are gone, for others were welcomed meanwhile", () => {
    const { cluster, main, alice } = crowd(100);
    const x = main.connect().join("x");
    cluster.settle();
    x.say({ type: "client_leave_req" });
    cluster.settle();
    cluster.now += 500;
    main.do({ type: "crowd" });
    cluster.settle();
    expect(alice.all("presence").slice(1)).toEqual([{ type: "presence", count: 101, joined: 0, left: 0 }]);
  });

  it("P13 L8 is counted once more after the memory was lost, for that may have waited", () => {
    const { cluster, main, alice } = crowd(100);
    main.connect().join("x");
    cluster.settle();
    main.evict();
    alice.send("hi");
    cluster.settle();
    expect(alice.all("presence").slice(1)).toEqual([{ type: "presence", count: 102, joined: 0, left: 0 }]);
  });

  it("P13 P2 waits for nothing once all can be listed, or when the clock was put back", () => {
    const { cluster, main, alice, others } = crowd(100);
    others[0]?.say({ type: "client_leave_req" });
    cluster.settle();
    expect(alice.last("presence").names?.length).toBe(100);
    const again = crowd(100);
    again.cluster.now -= 1;
    again.main.connect().join("x");
    again.cluster.settle();
    expect(again.alice.all("join").map(({ name }) => name)).toContain("x");
    expect(main.state.crowdWaits).toBe(false);
  });

  it("P2 is named while it has at most 100", () => {
    expect(crowd(99).alice.last("presence").names?.length).toBe(100);
    expect(crowd(100).alice.last("presence")).not.toHaveProperty("names");
  });
});

describe("people of a server that left", () => {
  it("P5 L8 are forgotten in storage too, once their 10 s are over", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    cluster.disconnect("b");
    cluster.pass(11_000);
    expect(cluster.node("main").kv.get("presence/b")).toEqual({ epoch: "", version: 0, people: [] });
    cluster.node("main").evict();
    expect(first.node.state.presence.count).toBe(1);
    expect(first.node.alarm).toBe(null);
  });

  it("P5 P1 whatever it publishes when it comes back is news", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    const { node: main } = first;
    const entry = main.state.members.get("b");
    const members = (fields: object) => {
      const body = JSON.stringify({ chat: "lobby", from: "b", members: { b: { ...entry, ...fields } } });
      main.request((req) => ({ type: "update_servers", req, body }));
    };
    const publish = () => {
      const presence = { epoch: entry?.epoch, version: 8, people: [ANN] };
      const body = JSON.stringify({ chat: "lobby", from: "b", vv: {}, presence, batches: [] });
      main.request((req) => ({ type: "relay", req, body }));
      main.flush();
      return [...main.state.presence.on("b").values()];
    };
    expect(publish()).toEqual(["ann"]);
    members({ status: "left", final: 0 });
    expect(publish()).toEqual(["ann"]);
    main.flush();
    cluster.now += 10_000;
    main.do({ type: "alarm" });
    main.flush();
    expect(publish()).toEqual([]);
    members({ inc: 2 });
    expect(publish()).toEqual(["ann"]);
  });

  it("P5 I3 nobody's 10 s begin when nobody was there", () => {
    const cluster = clusterOf("main", "b");
    cluster.disconnect("b");
    for (const node of cluster.nodes.values()) expect([node.alarm, node.state.serverGraces.size]).toEqual([null, 0]);
  });

  it("P1 M10 a server that left goes on counting the versions of its own set", () => {
    const cluster = clusterOf("main", "b");
    const { second } = people(cluster, "main", "b");
    const { node: b } = second;
    b.connect(); // never joins
    cluster.disconnect("b");
    cluster.pass(60_000);
    const { epoch } = b.state.members.get("b") ?? {};
    expect(b.kv.get("presence/b")).toEqual({ epoch, version: 2, people: [] });
    expect([...b.state.graces, ...b.state.serverGraces]).toEqual([]);
  });

  it("P1 one that left with nobody but a connection that never joined publishes nothing", () => {
    const cluster = clusterOf("main");
    const main = cluster.node("main");
    main.connect();
    cluster.disconnect("main");
    cluster.pass(60_000);
    expect([main.kv.has("presence/main"), main.alarm]).toEqual([false, null]);
  });
});
