/** Long absences are made up in pieces, and who does not read is let go. */
import { describe, expect, it } from "vitest";
import type { Cursor } from "../../src/chat/wire.ts";
import type { Client } from "./client.ts";
import { Cluster } from "./cluster.ts";

const KEEP = { messages: 100, ms: 1000, batches: 100_000, size: 1e9 };
const MIB = 1024 * 1024;

/** A chat in which `count` long texts were said, each in a row of its own, and who said them. */
function talkative(count: number, cluster = new Cluster()) {
  const main = cluster.node("main");
  const alice = main.connect().join("alice");
  for (let i = 1; i <= count; i++) say(cluster, alice, i);
  return { cluster, main, alice };
}

/** Sixteen texts in one flush: some 66,000 characters. */
function say(cluster: Cluster, client: Client, i: number): void {
  for (let j = 0; j < 16; j++) client.send(`${i}.${j} `.padEnd(4096, "x"));
  cluster.settle();
  client.say({ type: "ack", cursor: allOf(client) });
}

/** What a client that reads everything has seen. */
const allOf = ({ node }: Client): Cursor => node.state.log.cursor();

const seenBy = (client: Client): Cursor => {
  const last = client.all("message").at(-1);
  return last ? { [last.origin]: last.seq } : {};
};

const sizeOf = (client: Client): number => client.got.reduce((sum, told) => sum + JSON.stringify(told).length + 1, 0);

describe("catching up", () => {
  it("C17 C5 takes an ack for every few MiB, and what is said meanwhile comes last", () => {
    const { cluster, main, alice } = talkative(200);
    const late = main.connect().join("late", { cursor: {} });
    cluster.settle();
    expect(sizeOf(late)).toBeGreaterThan(3.5 * MIB);
    expect(sizeOf(late)).toBeLessThan(4.5 * MIB);
    alice.send("said meanwhile");
    main.connect().join("bob");
    cluster.settle();
    expect(late.texts).not.toContain("said meanwhile");
    expect(late.all("join").map(({ name }) => name)).toContain("bob");
    for (let i = 0; i < 4; i++) {
      late.say({ type: "ack", cursor: seenBy(late) });
      cluster.settle();
    }
    expect(late.texts).toEqual(alice.texts);
    alice.send("live");
    cluster.settle();
    expect(late.texts.at(-1)).toBe("live");
    expect(new Set(late.all("message").map(({ seq }) => seq)).size).toBe(late.texts.length);
  });

  it("C17 one flush sends 4 MiB to all together, and the next goes on by itself", () => {
    const { cluster, main } = talkative(30);
    const late = Array.from({ length: 5 }, (_, i) => main.connect().join(`late ${i}`, { cursor: {} }));
    main.flush();
    const first = late.reduce((sum, client) => sum + sizeOf(client), 0);
    expect(first).toBeLessThan(4.6 * MIB);
    cluster.settle();
    for (const client of late) expect(client.texts.length).toBe(30 * 16);
  });

  it("C17 C10 who never acknowledges gets no further, and comes back for the rest", () => {
    const { cluster, main, alice } = talkative(150);
    let cursor: Cursor = {};
    const texts: string[] = [];
    for (let visit = 1; visit <= 3; visit++) {
      const late = main.connect().join("late", { cursor });
      cluster.settle();
      texts.push(...late.texts);
      cursor = seenBy(late);
      if (visit === 3) continue;
      expect(main.alarm).not.toBeNull();
      cluster.pass(9_000);
      expect(late.open).toBe(true);
      cluster.pass(2_000);
      expect(late.last("exit").reason).toBe("slow");
      expect(late.open).toBe(false);
    }
    expect(texts).toEqual(alice.texts);
  });

  it("C18 ends with the memory of its server, and when what is missing is trimmed", () => {
    const { cluster, main, alice } = talkative(80, new Cluster({ retention: KEEP }));
    const late = main.connect().join("late", { cursor: {} });
    cluster.settle();
    expect(late.texts.length).toBeLessThan(1280);
    main.evict();
    expect(late.open).toBe(false);
    const again = main.connect().join("late", { cursor: {} });
    cluster.settle();
    expect(again.open).toBe(true);
    cluster.pass(5_000);
    alice.send("and so the first are trimmed");
    cluster.settle();
    expect(again.open).toBe(false);
    const third = main.connect().join("late", { cursor: seenBy(again) });
    cluster.settle();
    expect(third.last("reset").reason).toBe("trimmed");
    expect(third.texts).toEqual(alice.texts.slice(-third.texts.length));
  });
});

describe("flow control", () => {
  it("C10 who is told more than 4 MiB and does not acknowledge for 10 s is let go, and loses nothing", () => {
    const { cluster, main, alice } = talkative(1);
    const [mute, good] = [main.connect().join("mute"), main.connect().join("good")];
    cluster.settle();
    const start = good.texts.length;
    for (let i = 2; i <= 100; i++) {
      say(cluster, alice, i);
      good.say({ type: "ack", cursor: allOf(good) });
    }
    expect([mute.open, good.open]).toEqual([true, true]);
    cluster.pass(10_000);
    for (let i = 101; i <= 105; i++) {
      say(cluster, alice, i);
      good.say({ type: "ack", cursor: allOf(good) });
    }
    expect(mute.last("exit").reason).toBe("slow");
    expect([mute.open, good.open]).toEqual([false, true]);
    const back = main.connect().join("mute", { session: mute.last("welcome").session, cursor: seenBy(mute) });
    cluster.settle();
    expect([...mute.texts, ...back.texts].slice(start)).toEqual(good.texts.slice(start));
    cluster.pass(60_000);
    expect(good.all("leave")).toEqual([]);
  });

  it("C10 16 MiB are too much at any time, but not all at once", () => {
    const { cluster, main, alice } = talkative(1);
    const mute = main.connect().join("mute");
    for (let i = 0; i < 4000; i++) alice.send("y".repeat(4096));
    cluster.settle();
    expect([mute.open, alice.open]).toEqual([true, true]);
    alice.say({ type: "ack", cursor: allOf(alice) });
    for (let i = 2; i <= 20; i++) say(cluster, alice, i);
    expect([mute.open, alice.open]).toEqual([false, true]);
  });

  it("C10 an ack of what was never told helps nobody", () => {
    const { cluster, main, alice } = talkative(1);
    const liar = main.connect().join("liar");
    for (let i = 2; i <= 100; i++) {
      say(cluster, alice, i);
      liar.say({ type: "ack", cursor: { "nobody#00000000": 9e15 } });
    }
    cluster.pass(10_000);
    for (let i = 101; i <= 105; i++) say(cluster, alice, i);
    expect(liar.last("exit").reason).toBe("slow");
  });
});
