/** What the log keeps, what it forgets, and how everyone who misses something is told. */
import { describe, expect, it } from "vitest";
import { Cluster, type Node, people, started } from "./cluster.ts";

/** Kept: 20 messages and a minute; at most 100 batches and a million characters. */
const KEEP = { messages: 20, ms: 60_000, batches: 100, size: 1_000_000 };

const cluster = (...names: string[]) => started(new Cluster({ retention: KEEP }), names);

/** Says numbered texts, each in a flush of its own. */
function talk(cluster: Cluster, say: (text: string) => void, count: number, from = 1): void {
  for (let i = from; i < from + count; i++) {
    say(`${i}`);
    cluster.settle();
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

/** Everything a server keeps, as texts in the order applied. */
const kept = (node: Node): string[] =>
  node.rows.flatMap(({ lines }) => lines.split("\n").map((text) => (JSON.parse(text) as { text: string }).text));

describe("trimming", () => {
  it("L9 trims what is both too much and too old, a tenth at a time, in a flush", () => {
    const chat = cluster("main");
    const main = chat.node("main");
    const alice = main.connect().join("alice");
    talk(chat, (text) => alice.send(text), 40);
    expect(kept(main)).toEqual(numbers(1, 40));
    chat.pass(61_000);
    expect(kept(main)).toEqual(numbers(1, 40));
    talk(chat, (text) => alice.send(text), 1, 41);
    expect(kept(main)).toEqual(numbers(22, 41));
    talk(chat, (text) => alice.send(text), 2, 42);
    chat.pass(61_000);
    talk(chat, (text) => alice.send(text), 1, 44);
    expect(kept(main)).toEqual(numbers(24, 44));
    expect(main.alarm).toBeNull();
  });

  it("L9 trims too many batches, and too many characters, whatever their age", () => {
    const chat = cluster("main");
    const alice = chat.node("main").connect().join("alice");
    talk(chat, (text) => alice.send(text), 101);
    expect(kept(chat.node("main"))).toEqual(numbers(12, 101));
    for (let i = 0; i < 250; i++) alice.send(`${i}`.padEnd(4096, "."));
    chat.settle();
    const size = chat.node("main").rows.reduce((sum, { lines }) => sum + lines.length, 0);
    expect(size).toBeLessThanOrEqual(900_000);
    expect(size).toBeGreaterThan(600_000);
  });

  it("L10 no number is given twice and no message told twice, also after the loss of memory", () => {
    const chat = cluster("main");
    const main = chat.node("main");
    const alice = main.connect().join("alice");
    talk(chat, (text) => alice.send(text), 30);
    chat.pass(61_000);
    talk(chat, (text) => alice.send(text), 1, 31);
    expect(kept(main)).toEqual(numbers(12, 31));
    const { session } = alice.last("welcome");
    const origin = alice.last("message").origin;
    for (const next of [32, 33]) {
      const again = main.connect().join("alice", { session, n: 4, cursor: { [origin]: next - 1 } });
      chat.settle();
      expect(again.last("welcome").n).toBe(next - 1);
      again.send("5", 5);
      again.send("next", next);
      chat.settle();
      expect(again.all("error")).toEqual([]);
      expect(again.all("message").map(({ n, seq, text }) => [n, seq, text])).toEqual([[next, next, "next"]]);
      main.evict("close");
    }
  });

  it("L10 sessions below the floor are forgotten after 30 days", () => {
    const chat = cluster("main");
    const main = chat.node("main");
    const alice = main.connect().join("alice");
    alice.send("old");
    chat.settle();
    const bob = main.connect().join("bob");
    talk(chat, (text) => bob.send(text), 30);
    chat.pass(61_000);
    talk(chat, (text) => bob.send(text), 1, 31);
    const remembered = () => [...main.state.log.trimmed.entries()].map(([id]) => id);
    expect(remembered()).toContain(alice.last("welcome").id);
    talk(chat, (text) => bob.send(text), 10, 32);
    chat.pass(31 * 86_400_000);
    talk(chat, (text) => bob.send(text), 3, 42);
    expect(remembered()).not.toContain(alice.last("welcome").id);
  });
});

describe("the floor", () => {
  it("R11 a server that was away for longer takes over the floor whole and tells its clients", () => {
    const chat = cluster("main", "b", "c");
    const { first, second, clients } = people(chat, "main", "b", "c");
    const cid = clients[2];
    chat.down.add("c");
    for (let i = 1; i <= 30; i++) {
      (i % 2 ? first : second).send(`${i}`);
      chat.settle();
    }
    chat.pass(61_000);
    talk(chat, (text) => first.send(text), 1, 31);
    chat.down.clear();
    chat.node("c").connect().join("carol");
    chat.pass(120_000);
    expect(cid?.texts).toEqual(numbers(12, 31));
    expect(cid?.all("reset").map(({ reason }) => reason)).toContain("trimmed");
    const floor = cid?.last("reset").cursor ?? {};
    for (const { seq, origin } of cid?.all("message") ?? []) expect(seq).toBeGreaterThan(floor[origin] ?? 0);
    const [c, main] = [chat.node("c"), chat.node("main")];
    expect(c.state.log.cursor()).toEqual(main.state.log.cursor());
    expect(kept(c)).toEqual(numbers(12, 31));
    c.evict();
    expect(c.state.log.cursor()).toEqual(main.state.log.cursor());
    expect([c.alarm, main.alarm]).toEqual([null, null]);
  });

  it("R11 L10 a new server starts at the floor, and knows which messages lie below it", () => {
    const chat = cluster("main");
    const alice = chat.node("main").connect().join("alice");
    talk(chat, (text) => alice.send(text), 30);
    chat.pass(61_000);
    talk(chat, (text) => alice.send(text), 1, 31);
    chat.start("b");
    const { session } = alice.last("welcome");
    alice.cut();
    const there = chat.node("b").connect().join("alice", { session, n: 3 });
    chat.settle();
    expect(there.texts).toEqual(numbers(12, 31));
    expect(there.all("reset")).toEqual([]);
    there.send("4", 4);
    chat.settle();
    expect(there.texts).toEqual(numbers(12, 31));
    expect(kept(chat.node("main"))).toEqual(numbers(12, 31));
  });

  it("L8 R10 what a server says after it adopted a floor and forgot that depends on all below it", () => {
    const chat = cluster("main", "b");
    const alice = chat.node("main").connect().join("alice");
    chat.node("b").connect().join("bob").send("first");
    chat.settle();
    chat.down.add("b");
    talk(chat, (text) => alice.send(text), 30);
    chat.pass(61_000);
    talk(chat, (text) => alice.send(text), 1, 31);
    chat.down.clear();
    chat.node("b").connect().join("carol");
    chat.pass(120_000);
    const b = chat.node("b");
    b.evict();
    const origin = alice.last("message").origin;
    expect(b.state.log.dependencies()[origin]).toBe(31);
  });

  it("R11 R8 a message of which a copy lies below an adopted floor is not told again to who is above it", () => {
    const chat = cluster("main", "b");
    const main = chat.node("main");
    const alice = main.connect().join("alice");
    const b = chat.node("b");
    const bob = b.connect().join("bob");
    chat.settle();
    const { session } = alice.last("welcome");
    for (const server of ["main", "b"]) chat.down.add(server);
    alice.send("1", 1);
    chat.settle();
    // The echo is lost, and alice says it again where it has not arrived.
    b.connect().join("alice", { session, n: 0 }).send("1", 1);
    chat.settle();
    talk(chat, (text) => alice.send(text), 30, 2);
    chat.pass(61_000);
    talk(chat, (text) => alice.send(text), 1, 32);
    chat.down.clear();
    chat.pass(3_600_000);
    b.connect().join("carol");
    chat.pass(60_000);
    const [main1 = ""] = Object.keys(alice.last("welcome").cursor).concat(alice.last("message").origin);
    for (const forget of [false, true]) {
      if (forget) b.evict();
      const back = b.connect().join("dora", { cursor: { [main1]: b.state.log.applied(main1) } });
      chat.settle();
      expect(back.texts).not.toContain("1");
    }
    expect(bob.texts.filter((text) => text === "1")).toEqual(["1"]);
  });

  it("C13 C15 who slept below the floor is told so, and from where it goes on; the next time nothing is missing", () => {
    const chat = cluster("main");
    const main = chat.node("main");
    const { alice, bob } = { alice: main.connect().join("alice"), bob: main.connect().join("bob") };
    talk(chat, (text) => alice.send(text), 2);
    const { session } = bob.last("welcome");
    const { origin, seq } = bob.last("message");
    bob.cut();
    talk(chat, (text) => alice.send(text), 30, 3);
    chat.pass(61_000);
    talk(chat, (text) => alice.send(text), 1, 33);
    const back = main.connect().join("bob", { session, cursor: { [origin]: seq } });
    chat.settle();
    expect(back.got[0]).toMatchObject({ type: "welcome", cursor: { [origin]: seq } });
    expect(back.got[1]).toEqual({ type: "reset", reason: "trimmed", cursor: { [origin]: 13 } });
    expect(back.texts).toEqual(numbers(14, 33));
    back.cut();
    const again = main.connect().join("bob", { session, cursor: { [origin]: 13 } });
    chat.settle();
    expect(again.all("reset")).toEqual([]);
    expect(again.texts).toEqual(numbers(14, 33));
  });
});
