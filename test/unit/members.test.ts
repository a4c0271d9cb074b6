/** The set of servers: who starts, who leaves. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf } from "./cluster.ts";

/** How a server lists the others, by its own word. */
const list = (cluster: Cluster, server: string) =>
  [...cluster.node(server).state.members].map(([name, { status }]) => `${name} ${status}`).sort();

describe("starting", () => {
  it("M1 M4 M5 a new server is known to all, whoever it booted from; each logs the list and tells its clients", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    cluster.settle();
    expect(cluster.start("c", "b").status).toBe(200);
    for (const server of ["main", "b", "c"])
      expect(list(cluster, server)).toEqual(["b alive", "c alive", "main alive"]);
    expect(alice.last("update_servers").servers).toEqual(
      ["b", "c", "main"].map((name) => ({ name, status: "alive", url: `/chats/lobby/servers/${name}/ws` })),
    );
    expect(cluster.node("main").printed.at(-1)).toBe("[SERVER UPDATE] [b, c, main]");
    for (const node of cluster.nodes.values()) {
      expect(node.alarm).toBe(null);
      expect(node.printed.filter((message) => message.includes("failed"))).toEqual([]);
    }
  });

  it("M2 M4 servers that join at the same time from different ones all know each other", () => {
    const cluster = clusterOf("main", "b", "c");
    for (const [i, boot] of ["main", "b", "c", "main", "b", "c"].entries())
      cluster.node(`n${i}`).request((req) => ({ type: "start", req, boot }));
    // The requests cross: the last one sent arrives first.
    cluster.posts.reverse();
    cluster.settle();
    const all = list(cluster, "main");
    expect(all.length).toBe(9);
    for (const server of cluster.nodes.keys()) expect(list(cluster, server)).toEqual(all);
  });

  it("M4 what nobody could be told stays owed until it is told", () => {
    const cluster = clusterOf("main", "b", "c");
    cluster.down.add("c");
    cluster.start("d");
    expect(list(cluster, "c")).not.toContain("d alive");
    cluster.down.clear();
    cluster.pass(60_000);
    expect(list(cluster, "c")).toContain("d alive");
  });

  it("M6 a boot server that was never started, has left, or is no name of one leaves no trace", () => {
    const cluster = clusterOf("main", "b");
    cluster.disconnect("b");
    const code = (name: string, boot: string) => JSON.parse(cluster.start(name, boot).body).error.code;
    expect(["nobody", "b", "x", "X!", "b@other.host"].map((boot) => code("x", boot))).toEqual([
      "not_started",
      "left",
      "bad_boot",
      "bad_name",
      "no_federation",
    ]);
    cluster.down.add("main");
    expect(code("x", "main")).toBe("boot_failed");
    expect([...cluster.node("x").kv]).toEqual([]);
    expect(list(cluster, "main")).toEqual(["b left", "main alive"]);
  });

  it("M7 starting twice changes nothing; starting after leaving is the next incarnation", () => {
    const cluster = clusterOf("main", "b");
    const before = [...cluster.node("main").state.members];
    expect(cluster.start("b", "main").status).toBe(200);
    expect(cluster.start("main").status).toBe(200);
    expect([...cluster.node("main").state.members]).toEqual(before);
    cluster.disconnect("b");
    expect(cluster.start("b").status).toBe(200);
    expect(cluster.node("main").state.members.get("b")).toMatchObject({ inc: 2, status: "alive" });
    expect(list(cluster, "b")).toEqual(["b alive", "main alive"]);
  });

  it("M12 the first server that boots from main starts it", () => {
    const cluster = new Cluster();
    expect(cluster.start("b").status).toBe(200);
    expect(list(cluster, "main")).toEqual(["b alive", "main alive"]);
  });

  it("M13 a boot server that is being started itself says so, and can be asked again", () => {
    const cluster = clusterOf("main");
    const b = cluster.node("b");
    const req = b.request((req) => ({ type: "start", req, boot: "c" }));
    cluster.node("c").request((req) => ({ type: "start", req, boot: "b" }));
    cluster.settle();
    const { status, body } = cluster.reply(b, req);
    expect([status, JSON.parse(body).error.code]).toEqual([503, "starting"]);
  });

  it("M14 a server that lost its storage begins its next life when it is spoken to, and gets everything back", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("b").connect().join("alice");
    cluster.settle();
    alice.send("kept by main");
    cluster.settle();
    cluster.nodes.delete("b");
    cluster.node("main").connect().join("bob").send("hello b");
    cluster.settle();
    cluster.pass(60_000);
    expect(cluster.node("b").state.members.get("b")).toMatchObject({ inc: 2, status: "alive" });
    const again = cluster.node("b").connect().join("carol");
    cluster.settle();
    expect(again.texts).toEqual(["kept by main", "hello b"]);
    expect(list(cluster, "main")).toEqual(["b alive", "main alive"]);
  });

  it("M14 a main that lost its storage and was joined before anyone spoke to it finds its set again", () => {
    const cluster = clusterOf("main", "b");
    const bob = cluster.node("b").connect().join("bob");
    cluster.node("main").connect().join("alice").send("before");
    cluster.settle();
    cluster.nodes.delete("main");
    const again = cluster.node("main").connect().join("alice");
    cluster.settle();
    again.send("after");
    bob.send("are you there?");
    cluster.settle();
    cluster.pass(60_000);
    expect(list(cluster, "main")).toEqual(["b alive", "main alive"]);
    expect(list(cluster, "b")).toEqual(["b alive", "main alive"]);
    expect(again.texts.toSorted()).toEqual(["after", "are you there?", "before"]);
    expect(bob.texts.toSorted()).toEqual(["after", "are you there?", "before"]);
    for (const node of cluster.nodes.values()) expect(node.alarm).toBe(null);
  });

  it("M14 a start whose answer was lost is made good when the others speak to it", () => {
    const cluster = clusterOf("main");
    const x = cluster.node("x");
    x.request((req) => ({ type: "start", req, boot: undefined }));
    const [post] = cluster.posts.splice(0);
    if (post) cluster.deliver(post, true);
    expect(x.kv.size).toBe(0);
    cluster.settle();
    cluster.pass(5_000);
    expect(list(cluster, "x")).toEqual(["main alive", "x alive"]);
    cluster.disconnect("x");
    const left = cluster.node("x").state.members.get("x");
    const members = { x: { ...left, inc: (left?.inc ?? 0) + 3, status: "alive" } };
    const body = JSON.stringify({ chat: "lobby", from: "main", members });
    x.request((req) => ({ type: "update_servers", req, body }));
    expect(x.state.members.get("x")).toMatchObject({ inc: (left?.inc ?? 0) + 3, status: "left" });
  });

  it("M2 a server that is called left by mistake outlives the claim", () => {
    const cluster = clusterOf("main", "b");
    const members = { b: { ...cluster.node("b").state.members.get("b"), status: "left", final: 0 } };
    const body = JSON.stringify({ chat: "lobby", from: "main", members });
    cluster.node("b").request((req) => ({ type: "update_servers", req, body }));
    cluster.settle();
    expect(cluster.node("main").state.members.get("b")).toMatchObject({ inc: 2, status: "alive" });
  });
});

describe("disconnecting", () => {
  it("M8 P5 a peer holds everything, then the server leaves and its clients are told where to go", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("b").connect().join("alice");
    const bob = cluster.node("main").connect().join("bob");
    cluster.settle();
    alice.send("last words");
    expect(cluster.disconnect("b")?.status).toBe(200);
    expect(bob.texts).toEqual(["last words"]);
    expect(alice.last("exit")).toMatchObject({
      reason: "disconnect",
      servers: [{ status: "left" }, { name: "main", status: "alive" }],
    });
    expect(alice.open).toBe(false);
    expect(cluster.node("main").state.members.get("b")).toMatchObject({ status: "left", final: 1 });
    expect(bob.all("leave")).toEqual([]);
    cluster.pass(11_000);
    expect(bob.all("leave").map(({ name }) => name)).toEqual(["alice"]);
  });

  it("M8 a crowd is not sent on all at once", () => {
    const cluster = clusterOf("main", "b");
    const clients = Array.from({ length: 450 }, (_, i) => cluster.node("b").connect().join(`p${i}`));
    cluster.settle();
    expect(cluster.disconnect("b")?.status).toBe(200);
    const waits = Map.groupBy(clients, (client) => client.last("exit").after);
    expect([...waits].map(([after, those]) => [after, those.length])).toEqual([
      [undefined, 200],
      [100, 200],
      [200, 50],
    ]);
  });

  it("P5 M7 people of a server that left and came back at once go all the same", () => {
    const cluster = clusterOf("main", "b");
    cluster.node("b").connect().join("alice");
    const bob = cluster.node("main").connect().join("bob");
    cluster.settle();
    cluster.disconnect("b");
    cluster.start("b");
    expect(bob.all("leave")).toEqual([]);
    cluster.pass(11_000);
    expect(bob.all("leave").map(({ name }) => name)).toEqual(["alice"]);
  });

  it("M8 while it drains, the server takes nothing new", () => {
    const cluster = clusterOf("main", "b");
    const b = cluster.node("b");
    const alice = b.connect().join("alice");
    cluster.settle();
    alice.send("before");
    b.request((req) => ({ type: "disconnect", req, force: false }));
    alice.send("during");
    expect(alice.last("error")).toMatchObject({ code: "leaving", retry: 1000 });
    expect(b.connect().last("exit").reason).toBe("disconnect");
    const again = b.request((req) => ({ type: "start", req, boot: "main" }));
    expect(JSON.parse(cluster.reply(b, again).body).error.code).toBe("leaving");
    cluster.settle();
    expect(alice.texts).toEqual(["before"]);
    expect(list(cluster, "main")).toEqual(["b left", "main alive"]);
  });

  it("M9 without a peer that holds everything the server stays, unless forced; alone it may go", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("b").connect().join("alice");
    cluster.settle();
    cluster.down.add("main");
    alice.send("kept");
    expect(cluster.disconnect("b")).toBe(undefined);
    cluster.pass(10_000);
    expect(JSON.parse([...cluster.node("b").replies.values()].at(-1)?.body ?? "").error.code).toBe("no_peer");
    alice.send("still here");
    cluster.settle();
    expect(alice.texts).toEqual(["kept", "still here"]);
    expect(cluster.disconnect("b", true)).toBe(undefined);
    cluster.pass(10_000);
    expect(alice.last("exit").reason).toBe("disconnect");

    const alone = clusterOf("main");
    expect(alone.disconnect("main")?.status).toBe(200);
  });

  it("M10 M7 a server that left sends clients away, owes on, and comes back with its history", () => {
    const cluster = clusterOf("main", "b", "c");
    const alice = cluster.node("b").connect().join("alice");
    const carol = cluster.node("c").connect().join("carol");
    cluster.settle();
    cluster.down.add("c");
    alice.send("owed to c");
    expect(cluster.disconnect("b")?.status).toBe(200);
    expect(cluster.node("b").connect().last("exit").reason).toBe("disconnect");
    cluster.node("b").evict();
    cluster.down.clear();
    cluster.pass(60_000);
    expect(carol.texts).toEqual(["owed to c"]);
    expect(list(cluster, "c")).toContain("b left");
    expect(cluster.node("b").alarm).toBe(null);
    cluster.start("b");
    const back = cluster.node("b").connect().join("dora");
    cluster.settle();
    expect(back.texts).toEqual(["owed to c"]);
    expect(cluster.disconnect("b")?.status).toBe(200);
    expect(cluster.disconnect("b")?.status).toBe(200);
  });
});
