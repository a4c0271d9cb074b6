/** Connections that end, are replaced or come back at an awkward moment, and numbers that arrive by two ways. */
import { describe, expect, it } from "vitest";
import { Cluster, clusterOf, people } from "./cluster.ts";

function room() {
  const cluster = new Cluster();
  const main = cluster.node("main");
  const [alice, bob] = [main.connect().join("alice"), main.connect().join("bob")];
  cluster.settle();
  return { cluster, main, alice, bob };
}

/** Alice is on b already when what she said on main arrives there. */
function lateWords(...texts: string[]) {
  const cluster = clusterOf("main", "b");
  const { first, second: bob } = people(cluster, "main", "b");
  const { session } = first.last("welcome");
  for (const [i, text] of texts.entries()) first.send(text, i + 1);
  first.node.flush();
  const held = cluster.posts.splice(0);
  const alice = cluster.node("b").connect().join("main-person", { session });
  cluster.node("b").flush();
  for (const post of held) cluster.deliver(post);
  cluster.settle();
  return { cluster, alice, bob };
}

describe("the end of a connection", () => {
  it("P3 I1 who loses it and does not come back goes after 10 s, and not before", () => {
    const { cluster, main, alice, bob } = room();
    alice.cut();
    cluster.settle();
    expect(main.alarm).toBe(cluster.now + 10_000);
    cluster.pass(9_999);
    expect(bob.all("leave")).toEqual([]);
    cluster.pass(1);
    expect(bob.all("leave").map(({ name }) => name)).toEqual(["alice"]);
    expect([main.alarm, bob.node.state.presence.count]).toEqual([null, 1]);
  });

  it("C1 who goes in the turn of the join was never there; others of that turn are welcome", () => {
    const { cluster, main, bob } = room();
    const carol = main.connect().join("carol");
    const dave = main.connect().join("dave");
    carol.cut();
    cluster.settle();
    expect(carol.got).toEqual([]);
    expect(dave.last("welcome").names.map(({ name }) => name)).toEqual(["alice", "bob", "dave"]);
    expect(bob.screen.slice(-2)).toEqual(["[JOIN] bob", "[JOIN] dave"]);
  });

  it("L7 who never joined ends without a flush", () => {
    const { main } = room();
    main.connect().cut();
    expect(main.flushWanted).toBe(false);
  });

  it("C8 C9 M8 the socket closes with a code that says why", () => {
    const { cluster, main, alice, bob } = room();
    const codes = (effects: ReturnType<typeof main.do>) =>
      effects.flatMap((effect) => (effect.do === "close" ? [[effect.code, effect.reason]] : []));
    const again = main.connect();
    const join = { type: "client_join_req", name: "bob", session: bob.last("welcome").session };
    const frame = { type: "frame", client: again.key, data: JSON.stringify(join) } as const;
    expect(codes(main.do(frame))).toEqual([[4001, "replaced"]]);
    cluster.settle();
    alice.say({ type: "client_leave_req" });
    main.flushWanted = false;
    expect(codes(main.do({ type: "flush" }))).toEqual([[1000, "leave"]]);
    main.request((req) => ({ type: "disconnect", req, force: false }));
    main.flushWanted = false;
    expect(codes(main.do({ type: "flush" }))).toEqual([[1001, "disconnect"]]);
    expect(alice.all("exit").length).toBe(1);
  });

  it("C9 who was replaced is not heard, and who came back can be replaced", () => {
    const { cluster, main, alice, bob } = room();
    const { session } = alice.last("welcome");
    alice.say({ type: "client_leave_req" });
    const second = main.connect().join("alice", { session });
    cluster.settle();
    const third = main.connect().join("alice", { session });
    second.send("unheard");
    third.send("heard");
    cluster.settle();
    expect(second.last("exit").reason).toBe("replaced");
    expect(bob.texts).toEqual(["heard"]);
  });
});

describe("frames", () => {
  it("F1 F3 one of exactly 262,144 characters is read, a blank one is nothing", () => {
    const { cluster, alice, bob } = room();
    alice.say(JSON.stringify({ type: "send", text: "x" }).padEnd(262_144));
    cluster.settle();
    expect(bob.texts).toEqual(["x"]);
    const { length } = alice.got;
    for (const blank of ["", "  ", "\t"]) alice.say(blank);
    expect(alice.got.length).toBe(length);
  });
});

describe("numbers", () => {
  it("S3 without n a message takes the next of all that are known, however they came", () => {
    const { cluster, alice, bob } = lateWords("one", "two");
    alice.send("three");
    cluster.settle();
    expect(bob.all("message").map(({ n, text }) => [n, text])).toEqual([[1, "one"], [2, "two"], [3, "three"]]); // biome-ignore format: a table
  });

  it("S4 S5 what was sent again and had arrived counts, and the next number follows it", () => {
    const { cluster, alice, bob } = lateWords("one", "two");
    for (const [n, text] of [[1, "one"], [2, "two"], [1, "one"], [3, "three"]] as const) alice.send(text, n); // biome-ignore format: a table
    cluster.settle();
    expect(alice.all("error")).toEqual([]);
    expect(bob.texts).toEqual(["one", "two", "three"]);
  });

  it("S5 of all that waits, a message is compared with the one of its sender and number", () => {
    const { cluster, alice, bob } = room();
    for (let twice = 0; twice < 2; twice++)
      for (const [n, text] of ["one", "two"].entries()) {
        alice.send(`alice ${text}`, n + 1);
        bob.send(`bob ${text}`, n + 1);
      }
    cluster.settle();
    expect([...alice.all("error"), ...bob.all("error")]).toEqual([]);
    expect(bob.texts).toEqual(["alice one", "bob one", "alice two", "bob two"]);
  });

  it("S4 a number below what a join claims, which nobody here knows, names the next", () => {
    const { main, cluster } = room();
    const carol = main.connect().join("carol", { n: 5 });
    cluster.settle();
    carol.send("lost elsewhere", 3);
    expect(carol.last("error")).toMatchObject({ code: "n_gap", n: 6 });
    carol.send("next", 6);
    cluster.settle();
    expect(carol.texts).toEqual(["next"]);
  });
});
