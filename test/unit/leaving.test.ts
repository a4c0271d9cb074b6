/** An operator takes a server out, also when it is nothing to take out, twice, or with clients that wait. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf } from "./cluster.ts";

describe("disconnect", () => {
  it("H3 M13 a server that was never started, or is just being, is refused", () => {
    const cluster = new Cluster();
    expect(JSON.parse(cluster.disconnect("b")?.body ?? "").error.code).toBe("not_started");
    expect(cluster.disconnect("b")?.status).toBe(404);
    const b = cluster.node("b");
    b.request((req) => ({ type: "start", req, boot: "main" }));
    const req = b.request((req) => ({ type: "disconnect", req, force: false }));
    expect(cluster.reply(b, req).status).toBe(503);
    expect(JSON.parse(cluster.reply(b, req).body).error.code).toBe("starting");
  });

  it("M8 is answered with what became of the server, and who is left, each time it is asked", () => {
    const cluster = clusterOf("main", "b");
    const answer = {
      server: { name: "b", status: "left" },
      servers: [
        { name: "b", status: "left" },
        { name: "main", status: "alive" },
      ],
    };
    for (let twice = 0; twice < 2; twice++) {
      const { status, body } = cluster.disconnect("b") ?? { status: 0, body: "{}" };
      expect([status, JSON.parse(body)]).toMatchObject([200, answer]);
    }
  });

  it("M9 once forced it stays forced, and everyone who asked is answered, once", () => {
    const cluster = clusterOf("main", "b");
    const b = cluster.node("b");
    const alice = b.connect().join("alice");
    cluster.settle();
    cluster.down.add("main");
    alice.send("kept to herself");
    expect(cluster.disconnect("b", true)).toBe(undefined);
    cluster.pass(5_000);
    expect(cluster.disconnect("b")).toBe(undefined);
    const before = b.replies.size;
    cluster.pass(5_000);
    expect([...b.replies.values()].slice(before).map(({ status }) => status)).toEqual([200, 200]);
    expect(b.state.members.get("b")).toMatchObject({ status: "left", final: 1 });
  });

  it("M9 who asks without force is refused after 10 s from the first who asked", () => {
    const cluster = clusterOf("main", "b");
    const b = cluster.node("b");
    cluster.down.add("main");
    b.connect().join("alice").send("kept");
    cluster.disconnect("b");
    cluster.pass(6_000);
    cluster.disconnect("b");
    cluster.pass(3_999);
    expect(b.state.draining).not.toBe(undefined);
    cluster.pass(1);
    expect([...b.replies.values()].slice(-2).map(({ status }) => status)).toEqual([503, 503]);
  });
});

describe("clients that wait for their welcome", () => {
  /** Two people on b with a cursor of main's that b has not reached. */
  function waiting() {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    cluster.settle();
    alice.send("one");
    alice.node.flush();
    const { origin, seq } = alice.last("message");
    const held = cluster.posts.splice(0);
    const b = cluster.node("b");
    const [carol, dave] = [b.connect(), b.connect()];
    for (const client of [carol, dave]) client.join(client === carol ? "carol" : "dave", { cursor: { [origin]: seq } });
    b.flush();
    return { cluster, b, carol, dave, held, origin, seq };
  }

  it("C11 C12 one that vanishes holds up nobody, and the flush that brings what was missing welcomes the other", () => {
    const { cluster, b, carol, dave, held } = waiting();
    carol.cut();
    b.flush();
    for (const post of held.filter(({ verb }) => verb === "relay")) cluster.deliver(post);
    expect(b.flushWanted).toBe(true);
    b.flush();
    expect(dave.all("welcome").length).toBe(1);
    expect(carol.got).toEqual([]);
  });

  it("C9 C12 one that is replaced while it waits is told so, and is not welcome any more", () => {
    const { cluster, b, origin, seq } = waiting();
    const session = "0123456789abcdef0123456789abcdef";
    const older = b.connect().join("erin", { session, cursor: { [origin]: seq } });
    const newer = b.connect().join("erin", { session, cursor: { [origin]: seq } });
    cluster.pass(60_000);
    expect(older.got.map(({ type }) => type)).toEqual(["exit"]);
    expect(newer.got[0]?.type).toBe("welcome");
  });

  it("C12 L8 one dropped with the server's memory is not heard", () => {
    const { b, carol } = waiting();
    b.evict();
    carol.say("nonsense");
    expect(carol.got).toEqual([]);
  });

  it("M8 a message with a number is refused with it while the server leaves", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("b").connect().join("alice");
    cluster.settle();
    cluster.node("b").request((req) => ({ type: "disconnect", req, force: false }));
    alice.send("during", 1);
    expect(alice.last("error")).toMatchObject({ code: "leaving", n: 1 });
    alice.send("during");
    expect(alice.last("error")).not.toHaveProperty("n");
  });
});
