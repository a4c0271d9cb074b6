/** How a server comes back from its storage and its sockets: it knows what it knew, and tells nobody anything. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf, people } from "./cluster.ts";

function room() {
  const cluster = new Cluster();
  const main = cluster.node("main");
  const [alice, bob] = [main.connect().join("alice"), main.connect().join("bob")];
  cluster.settle();
  return { cluster, main, alice, bob };
}

describe("after a loss of memory", () => {
  it("L8 I2 nothing is told, written or asked for, and the next message is told as if nothing had been", () => {
    const { cluster, main, alice, bob } = room();
    alice.send("one");
    cluster.settle();
    const { length } = bob.got;
    main.evict();
    expect([main.flushWanted, main.alarm, bob.got.length]).toEqual([false, null, length]);
    alice.send("two");
    cluster.settle();
    expect(bob.got.slice(length)).toMatchObject([{ type: "message", text: "two", n: 2, seq: 2 }]);
    expect(main.rows.length).toBe(2);
  });

  it("L8 S3 a client's numbers go on from what it said here, and from what it claims to have said elsewhere", () => {
    const { cluster, main, alice } = room();
    for (const text of ["one", "two"]) alice.send(text);
    const carol = main.connect().join("carol", { n: 7 });
    cluster.settle();
    main.evict();
    alice.send("three", 3);
    carol.send("eight", 8);
    cluster.settle();
    expect([...alice.all("error"), ...carol.all("error")]).toEqual([]);
    expect(alice.texts).toEqual(["one", "two", "three", "eight"]);
  });

  it("L8 C7 a connection that had not joined has not, and one that had has", () => {
    const { main, alice } = room();
    const stranger = main.connect();
    main.evict();
    stranger.send("hello?");
    expect(stranger.last("error").code).toBe("not_joined");
    alice.join("alice");
    expect(alice.last("error").code).toBe("already_joined");
  });

  it("L8 C9 a session is known, and replaced by a newer connection", () => {
    const { cluster, main, alice, bob } = room();
    main.evict();
    const newer = main.connect().join("alice", { session: alice.last("welcome").session });
    cluster.settle();
    expect(alice.last("exit").reason).toBe("replaced");
    expect(newer.last("welcome").count).toBe(2);
    expect(bob.all("join").length).toBe(2);
  });

  it("P1 L8 versions of published sets go on, of the own one and of others", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const versions = () => [...cluster.nodes.values()].map(({ state }) => state.presenceVersion);
    const before = versions();
    for (const node of cluster.nodes.values()) node.evict();
    expect(versions()).toEqual(before);
    const known = [...first.node.state.published];
    expect(known).toEqual([["b", { epoch: first.node.state.members.get("b")?.epoch, version: 1 }]]);
    const carol = cluster.node("b").connect().join("carol");
    cluster.settle();
    expect(versions()).toEqual([1, 2]);
    expect(carol.last("welcome").count).toBe(3);
    for (const { screen } of [first, second]) expect(screen.at(-1)).toBe("[JOIN] carol");
  });

  it("P4 P5 whoever is shown without being connected begins 10 s, here and on servers that left", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    const main = cluster.node("main");
    const carol = main.connect().join("carol");
    cluster.settle();
    main.attachments.delete(carol.key);
    main.evict();
    expect([main.flushWanted, main.state.serverGraces.size]).toEqual([true, 0]);
    cluster.settle();
    expect(main.alarm).toBe(cluster.now + 10_000);
    cluster.disconnect("b");
    main.evict();
    cluster.settle();
    expect([...main.state.serverGraces]).toEqual([["b", cluster.now + 10_000]]);
    cluster.pass(9_999);
    expect(first.all("leave")).toEqual([]);
    cluster.pass(1);
    expect(
      first
        .all("leave")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["b-person", "carol"]);
  });

  it("M5 M11 a list of servers that is as it was is not told again", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    first.node.evict();
    cluster.down.add("b");
    const { length } = first.got;
    first.send("one");
    cluster.settle();
    cluster.pass(400);
    cluster.down.clear();
    cluster.pass(60_000);
    expect(first.got.slice(length).map(({ type }) => type)).toEqual(["message"]);
  });

  it("L8 I1 an alarm that is set stays set, for no later than what is owed", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    first.send("one");
    first.node.flush();
    const { alarm } = first.node;
    first.node.evict();
    expect(first.node.state.alarm).toBe(alarm);
    expect(first.node.alarm).toBe(alarm);
  });
});

describe("an event nobody knows", () => {
  it("F2 is logged with all it says, and changes nothing", () => {
    const { main } = room();
    const event = { type: "nonsense", more: 1 };
    expect(main.do(event as never)).toEqual([
      { do: "print", event: "unsupported", message: "unsupported message", detail: { message: { ...event, now: main.cluster.now } } }, // biome-ignore format: one effect
    ]);
  });
});
