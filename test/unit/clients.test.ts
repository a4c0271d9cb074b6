/** What one server does for its clients. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf } from "./cluster.ts";

/** A chat of one server with some people in it. */
function room(...names: string[]) {
  const cluster = new Cluster();
  const main = cluster.node("main");
  const clients = names.map((name) => main.connect().join(name));
  cluster.settle();
  const [alice, bob] = clients;
  if (!alice || !bob) throw new Error("a room has at least two people");
  return { cluster, main, alice, bob };
}

describe("joining and leaving", () => {
  it("C1 M12 the first join starts main; everyone is told, the new one too", () => {
    const { alice, bob } = room("alice", "bob");
    expect(alice.got[0]).toMatchObject({
      type: "welcome",
      chat: "lobby",
      server: "main",
      name: "alice",
      n: 0,
      count: 2,
    });
    expect(alice.screen).toEqual(["[JOIN] alice", "[JOIN] bob"]);
    const later = alice.node.connect().join("carol");
    alice.node.cluster.settle();
    expect(later.screen).toEqual(["[JOIN] carol"]);
    expect(bob.screen.at(-1)).toBe("[JOIN] carol");
  });

  it("C3 C4 a session is secret and yields one id; joining with it again is the same person", () => {
    const { cluster, alice, bob } = room("alice", "bob");
    const { session, id } = alice.last("welcome");
    expect(session).toMatch(/^[0-9a-f]{32}$/);
    expect(id).toMatch(/^[0-9a-f]{20}$/);
    expect(bob.last("welcome").id).not.toBe(id);
    expect(JSON.stringify(bob.got)).not.toContain(session);
    alice.cut();
    const again = alice.node.connect().join("alice", { session });
    cluster.settle();
    expect(again.last("welcome")).toMatchObject({ id, session });
  });

  it("C5 a first join gets the last 50 lines at or below its cursor, and then what follows", () => {
    const { cluster, main, alice } = room("alice", "bob");
    for (let i = 1; i <= 60; i++) {
      alice.send(`${i}`);
      if (i % 7 === 0) cluster.settle();
    }
    cluster.settle();
    const carol = main.connect().join("carol");
    alice.send("61");
    cluster.settle();
    const { cursor } = carol.last("welcome");
    const seqs = carol.all("message").map(({ seq }) => seq);
    expect(seqs).toEqual(Array.from({ length: 51 }, (_, i) => i + 11));
    expect(Object.values(cursor)).toEqual([60]);
  });

  it("C5 L8 a join with a cursor gets all above it, whatever happened to the server's memory", () => {
    const { cluster, main, alice, bob } = room("alice", "bob");
    for (const text of ["1", "2", "3", "4"]) {
      alice.send(text);
      cluster.settle();
    }
    const { origin } = bob.last("message");
    const { session } = bob.last("welcome");
    main.evict("close");
    const back = main.connect().join("bob", { session, cursor: { [origin]: 2 }, n: 0 });
    cluster.settle();
    expect(back.last("welcome").cursor).toEqual({ [origin]: 2 });
    expect(back.texts).toEqual(["3", "4"]);
  });

  it("C5 a long absence is made up in frames of bearable size", () => {
    const { cluster, main, alice, bob } = room("alice", "bob");
    const { session, cursor } = bob.last("welcome");
    bob.cut();
    for (let i = 0; i < 600; i++) alice.send(String(i).padEnd(4096, "."));
    cluster.settle();
    const back = main.connect().join("bob", { session, cursor });
    cluster.settle();
    expect(back.texts.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 600 }, (_, i) => i));
    for (const frame of main.frames.get(back.key) ?? []) expect(frame.length).toBeLessThanOrEqual(262_144);
  });

  it("C5 S3 who joins and speaks in one breath starts before what they say", () => {
    const { cluster, main } = room("alice", "bob");
    const carol = main.connect();
    carol.say(
      { type: "client_join_req", name: "carol" },
      { type: "send", text: "hi" },
      { type: "send", text: "ho", n: 2 },
    );
    cluster.settle();
    expect(carol.last("welcome").n).toBe(0);
    expect(carol.all("message").map(({ n }) => n)).toEqual([1, 2]);
    const { session } = carol.last("welcome");
    carol.cut();
    const back = main.connect().join("carol", { session });
    cluster.settle();
    expect(back.last("welcome").n).toBe(2);
  });

  it("C6 P2 a crowd is one presence line, and a welcome names at most 100", () => {
    const { cluster, main, alice } = room("alice", "bob");
    for (let i = 0; i < 6; i++) main.connect().join(`p${i}`);
    cluster.settle();
    expect(alice.last("presence")).toMatchObject({ count: 8, joined: 6, left: 0 });
    expect(alice.last("presence").names?.length).toBe(8);
    for (let i = 0; i < 120; i++) main.connect().join(`q${i}`);
    const late = main.connect().join("late");
    cluster.settle();
    expect(alice.last("presence")).not.toHaveProperty("names");
    expect(late.last("welcome").names.length).toBe(100);
    expect(late.last("welcome").count).toBe(129);
  });

  it("C7 a connection joins once, and first", () => {
    const { main, alice } = room("alice", "bob");
    alice.join("mallory");
    expect(alice.last("error")).toMatchObject({ code: "already_joined" });
    const stranger = main.connect();
    stranger.send("hello?");
    expect(stranger.last("error")).toMatchObject({ code: "not_joined" });
    stranger.say({ type: "client_leave_req" });
    expect(stranger.all("error").length).toBe(2);
    expect(main.flushWanted).toBe(false);
  });

  it("C8 whoever leaves gets exit; the others hear what they said, then leave", () => {
    const { cluster, alice, bob } = room("alice", "bob");
    alice.say({ type: "send", text: "bye" }, { type: "client_leave_req" }, { type: "send", text: "unheard" });
    cluster.settle();
    expect(alice.got.at(-1)).toMatchObject({ type: "exit", reason: "leave" });
    expect(alice.screen.at(-1)).toBe("[alice] bye");
    expect(alice.open).toBe(false);
    expect(bob.screen.slice(-2)).toEqual(["[alice] bye", "[LEAVE] alice"]);
  });

  it("C9 a newer connection of a session replaces the older one, unnoticed by the others", () => {
    const { cluster, main, alice, bob } = room("alice", "bob");
    const { session } = alice.last("welcome");
    const before = bob.got.length;
    alice.send("from the old one");
    const newer = main.connect().join("alice", { session });
    newer.send("from the new one");
    cluster.settle();
    expect(alice.last("exit").reason).toBe("replaced");
    expect(alice.open).toBe(false);
    alice.cut();
    cluster.pass(60_000);
    expect(bob.got.slice(before).map(({ type }) => type)).toEqual(["message", "message"]);
    expect(bob.all("message").map(({ n }) => n)).toEqual([1, 2]);
  });

  it("C8 C9 who leaves and comes back in one breath is there", () => {
    const { cluster, main, alice, bob } = room("alice", "bob");
    const { session } = alice.last("welcome");
    alice.say({ type: "client_leave_req" });
    const back = main.connect().join("alice", { session });
    cluster.settle();
    cluster.pass(60_000);
    expect(back.last("welcome").count).toBe(2);
    expect(bob.all("leave")).toEqual([]);
    expect(alice.open).toBe(false);
    back.say({ type: "client_leave_req" });
    back.cut();
    cluster.settle();
    expect(bob.all("leave").map(({ name }) => name)).toEqual(["alice"]);
  });

  it("C10 ack is taken without a word", () => {
    const { alice } = room("alice", "bob");
    const before = alice.got.length;
    alice.say({ type: "ack", cursor: { "main#00000000": 3 } });
    expect(alice.got.length).toBe(before);
    alice.say({ type: "ack", cursor: { "main#00000000": -3 } });
    expect(alice.last("error").code).toBe("bad_cursor");
  });
});

describe("sending", () => {
  it("S1 S6 a message reaches everyone under its sender's id and name, whatever the frame claims", () => {
    const { cluster, alice, bob } = room("alice", "bob");
    alice.say({ type: "send", text: "hi!", name: "bob", id: bob.last("welcome").id, n: 1, origin: "x#1", seq: 9 });
    cluster.settle();
    const { id, name } = alice.last("welcome");
    expect(alice.last("message")).toMatchObject({ text: "hi!", id, name, n: 1, seq: 1 });
    expect(bob.last("message")).toEqual(alice.last("message"));
  });

  it("S3 S7 n counts up by itself, or as the client counts", () => {
    const { cluster, alice, bob } = room("alice", "bob");
    alice.send("one");
    alice.send("two", 2);
    alice.send("three");
    cluster.settle();
    expect(bob.all("message").map(({ n, text }) => [n, text])).toEqual([[1, "one"], [2, "two"], [3, "three"]]); // biome-ignore format: a table
  });

  it("S4 a gap is refused, and the error names the next", () => {
    const { cluster, alice, bob } = room("alice", "bob");
    alice.send("one", 1);
    alice.send("three", 3);
    expect(alice.last("error")).toMatchObject({ code: "n_gap", n: 2 });
    alice.send("two", 2);
    cluster.settle();
    expect(bob.texts).toEqual(["one", "two"]);
  });

  it("S5 the same n is the same message, or an error; queued, written or after a loss of memory", () => {
    const { cluster, main, alice, bob } = room("alice", "bob");
    alice.send("one", 1);
    alice.send("one", 1);
    alice.send("other", 1);
    expect(alice.last("error")).toMatchObject({ code: "n_reused", n: 1 });
    cluster.settle();
    alice.send("one", 1);
    alice.send("other", 1);
    main.evict();
    alice.send("one", 1);
    alice.send("other", 1);
    cluster.settle();
    expect(alice.all("error").map(({ code }) => code)).toEqual(["n_reused", "n_reused", "n_reused"]);
    expect(bob.texts).toEqual(["one"]);
    alice.send("two", 2);
    cluster.settle();
    expect(bob.texts).toEqual(["one", "two"]);
  });

  it("S8 more than can be kept in memory is refused with a time to come back", () => {
    const { cluster, alice, bob } = room("alice", "bob");
    const text = "x".repeat(4096);
    for (let i = 0; i < 4097; i++) alice.send(text);
    expect(alice.all("error")).toMatchObject([{ code: "busy", retry: 1000, n: 4097 }]);
    cluster.settle();
    expect(bob.texts.length).toBe(4096);
    alice.send("again", 4097);
    cluster.settle();
    expect(bob.texts.at(-1)).toBe("again");
  });
});

describe("presence", () => {
  it("P3 who loses the connection stays shown for 10 s", () => {
    const { cluster, main, alice, bob } = room("alice", "bob");
    alice.cut();
    cluster.settle();
    cluster.pass(9_000);
    expect(bob.all("leave")).toEqual([]);
    main.connect().join("alice", { session: alice.last("welcome").session });
    cluster.settle();
    cluster.pass(60_000);
    expect(bob.all("leave")).toEqual([]);
    expect(bob.all("join").map(({ name }) => name)).toEqual(["alice", "bob"]);
  });

  it("P3 P4 who does not come back goes, also when the server forgot in between", () => {
    const { cluster, main, alice, bob } = room("alice", "bob");
    alice.cut();
    main.evict();
    cluster.settle();
    cluster.pass(11_000);
    expect(bob.all("leave")).toMatchObject([{ name: "alice" }]);
    expect(main.alarm).toBe(null);
  });

  it("P1 P3 P10 who moves to another server within 10 s neither leaves nor joins, there or elsewhere", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    const bob = cluster.node("b").connect().join("bob");
    cluster.settle();
    expect(bob.last("welcome").count).toBe(1);
    const before = bob.got.length;
    const { session, id } = alice.last("welcome");
    alice.cut();
    cluster.pass(5_000);
    cluster.node("b").connect().join("alice", { session });
    cluster.settle();
    cluster.pass(60_000);
    expect(bob.got.slice(before)).toEqual([{ type: "move", name: "alice", id, server: "b" }]);
  });
});
