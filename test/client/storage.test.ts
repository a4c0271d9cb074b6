/** What a client stores, and when. */
import { describe, expect, it } from "vitest";
import { Client, FullError, memoryStorage, type Storage, webStorage } from "../../client/lib/index.ts";
import { type Action, snapshotOf } from "../../client/lib/state.ts";
import { Bench } from "./bench.ts";
import { HOME, message, Rig, SESSION, URL, welcome } from "./rig.ts";

const options = { url: URL, chat: "lobby", name: "John" };
const good = { chat: HOME, session: SESSION, cursor: { "main#1": 3 }, n: 3, outbox: [{ n: 4, text: "mine" }] };
const others = (n: number) => message(n, "x", { id: "x" });

/** What is done, in short: saves and frames with their types. */
const deeds = (actions: Action[]) =>
  actions.flatMap((action) => {
    if (action.do === "save") return ["save"];
    return action.do === "send" ? [action.frame.split("\n").map((line) => JSON.parse(line).type).join(" ")] : []; // biome-ignore format: one thing
  });

describe("when it is stored", () => {
  const storing = () => new Rig({ storage: memoryStorage() });
  const saves = (actions: Action[]) => deeds(actions).filter((deed) => deed === "save").length;

  it("K22 the session before anything is said in it, and what is said before it goes out", () => {
    const rig = storing();
    expect(deeds(rig.say("early"))).toEqual(["save"]);
    rig.pass(20);
    rig.open();
    expect(deeds(rig.hear(welcome()))).toEqual(["save", "send"]);
    rig.pass(20);
    expect(deeds(rig.say("one", "two"))).toEqual(["save", "send send"]);
    rig.pass(20);
    // Before the turn is over, and in the same step as a leave.
    rig.state.outbox.add("last");
    expect(deeds(rig.happen({ type: "leave" }))).toEqual(["save", "send"]);
  });

  it("K22 what is said within 20 ms of a save waits for the next one, and then goes out in order", () => {
    const rig = storing();
    rig.welcome();
    expect(deeds(rig.say("one"))).toEqual([]);
    rig.pass(19);
    expect(deeds(rig.say("two"))).toEqual([]);
    const due = rig.pass(1);
    expect(deeds(due)).toEqual(["save", "send send"]);
    expect(rig.numbers(due)).toEqual([1, 2]);
  });

  it("K22 while offline as well, and what is sent again is not stored again", () => {
    const rig = storing();
    rig.welcome();
    rig.cut();
    rig.now += 20;
    expect(deeds(rig.say("offline"))).toEqual(["save"]);
    rig.pass(500);
    expect(deeds(rig.welcome())).toEqual(["send"]);
  });

  it("K23 what is heard within a second, also if it keeps coming, and at the end", () => {
    const rig = storing();
    rig.welcome();
    let count = 0;
    for (let n = 1; n <= 30; n++) {
      rig.hear(others(n));
      count += saves(rig.pass(100));
    }
    expect(count).toBe(3);
    rig.hear(others(31));
    expect(saves(rig.happen({ type: "close" }))).toBe(1);
  });

  it("K23 nothing is stored when nothing has changed, nor without a storage", () => {
    const rig = storing();
    rig.welcome();
    rig.pass(1000);
    const before = rig.done.length;
    rig.hear({ type: "join", name: "Mary", id: "2e" }, { type: "weather" });
    rig.hear("pong");
    rig.pass(5000);
    rig.happen({ type: "close" });
    expect(saves(rig.done.slice(before))).toBe(0);
    const without = new Rig();
    without.welcome();
    without.say("one");
    without.hear(message(1, "one"));
    without.happen({ type: "close" });
    expect(saves(without.done)).toBe(0);
  });

  it("K23 K12 who was replaced stores nothing more: what is stored is the other's", () => {
    const rig = storing();
    rig.welcome();
    rig.say("not stored yet");
    const end = rig.hear(others(1), { type: "exit", reason: "replaced", servers: [] });
    expect([rig.state.status.is, saves(end), saves(rig.pass(5000))]).toEqual(["offline", 0, 0]);
  });
});

describe("a client with a storage", () => {
  /** A storage that says what is saved, and is saved to when the time has come. */
  function stored(text?: string) {
    const saved: unknown[] = [];
    const memory = memoryStorage(text);
    const storage: Storage = {
      load: memory.load,
      save: (text) => {
        memory.save(text);
        saved.push(JSON.parse(text));
      },
    };
    return { storage, saved, memory };
  }

  it("K21 K2 K4 begins with what is there, and stores what it would need to go on", async () => {
    const { storage, saved } = stored(JSON.stringify(good));
    const bench = new Bench();
    const client = new Client({ ...options, storage }, bench).start();
    expect([client.state.is, client.waiting, client.snapshot()]).toEqual(["resuming", 1, good]);
    bench.open();
    bench.hear(welcome({ cursor: good.cursor, n: 3 }), message(4, "mine"));
    const sent = bench.socket.sent.map((frame) => JSON.parse(frame));
    expect(sent).toMatchObject([{ type: "client_join_req", session: SESSION, cursor: good.cursor, n: 3 }]);
    expect(saved).toEqual([{ ...good, cursor: { "main#1": 4 }, n: 4, outbox: [] }]);
    bench.time = 20;
    expect(client.send("five")).toBe(5);
    await Promise.resolve();
    expect(saved.at(-1)).toEqual(client.snapshot());
    expect(bench.socket.sent.at(-1)).toBe('{"type":"send","text":"five","n":5}');
  });

  it("K23 what is stored was told before, so who stores it with what is shown has each line once", async () => {
    const shown: number[] = [];
    const stored: { cursor?: object; shown: number[] }[] = [];
    const storage: Storage = {
      load: () => undefined,
      save: (text) => void stored.push({ ...JSON.parse(text), shown: [...shown] }),
    };
    const bench = new Bench();
    const client = new Client({ ...options, storage }, bench);
    client.on("object", (object) => {
      if (object.type !== "message") return;
      shown.push(object.seq);
      client.send("an answer");
    });
    client.start();
    bench.open();
    bench.hear(welcome(), others(1), others(2));
    for (const [time, seq] of [
      [30, 3],
      [500, 4],
      [1100, 5],
    ] as const) {
      // biome-ignore format: a list
      await Promise.resolve();
      bench.time = time;
      bench.hear(others(seq), others(seq + 10));
    }
    expect(stored.length).toBeGreaterThan(3);
    for (const { cursor, shown } of stored)
      expect(cursor).toEqual(shown.length ? { "main#1": Math.max(...shown) } : {});
  });

  it("K25 a storage that throws is told once and stops nobody; it is tried again when something has changed", async () => {
    let tries = 0;
    const full = new Error("quota");
    const storage: Storage = {
      load: () => undefined,
      save: () => {
        tries++;
        throw full;
      },
    };
    for (const ears of [1, 0]) {
      tries = 0;
      const told: unknown[] = [];
      const bench = new Bench();
      const client = new Client({ ...options, storage }, bench);
      if (ears === 1) client.on("unsaved", (error) => told.push(error));
      client.start();
      bench.open();
      bench.hear(welcome());
      for (const n of [1, 2]) {
        bench.time += 20;
        client.send(`${n}`);
        await Promise.resolve();
        bench.hear(message(n, `${n}`));
      }
      expect(tries).toBe(3);
      expect([client.waiting, client.state.is]).toEqual([0, "online"]);
      const reported = bench.timers.filter(({ ms }) => ms === 0);
      expect([told, reported.length]).toEqual([ears === 1 ? [full] : [], 1 - ears]);
      for (const { callback } of reported) expect(callback).toThrow(full);
    }
  });

  it("K22 a storage that is slow is left in peace as long as one that is fast", async () => {
    const bench = new Bench();
    const saves: number[] = [];
    const storage: Storage = {
      load: () => undefined,
      save: () => {
        bench.time += 100;
        saves.push(bench.time);
      },
    };
    const client = new Client({ ...options, storage }, bench).start();
    for (let n = 1; n <= 30; n++) {
      client.send("x");
      await Promise.resolve();
      bench.time++;
    }
    expect(saves).toEqual([100, 220]);
    expect(client.waiting).toBe(30);
  });

  it("K26 K3 4096 messages may wait, of together 1,048,576 characters; one more takes no number", () => {
    const many = new Client(options, new Bench());
    for (let n = 1; n <= 4096; n++) expect(many.send("x")).toBe(n);
    expect(() => many.send("x")).toThrow(FullError);
    const bench = new Bench();
    const long = new Client(options, bench).start();
    for (let n = 1; n <= 256; n++) long.send("x".repeat(4096));
    expect(() => long.send("x")).toThrow(FullError);
    bench.open();
    bench.hear(welcome(), message(1, "x".repeat(4096)), { type: "error", code: "bad_text", message: "", n: 255 });
    expect(long.send("x".repeat(4096))).toBe(255);
    for (const n of [256, 257]) expect(long.send("x".repeat(4096))).toBe(n);
    expect(() => long.send("x")).toThrow(FullError);
    // As large as it gets, it can be read again.
    const worst = new Rig();
    worst.welcome();
    worst.state.cursor = Object.fromEntries(
      Array.from({ length: 4096 }, (_, i) => [`${"s".repeat(32)}#${i}`, 2 ** 53 - 1]),
    );
    for (let n = 0; n < 256; n++) worst.state.outbox.add("\u0001".repeat(4096));
    const text = JSON.stringify(snapshotOf(worst.state));
    expect(new Client({ ...options, storage: memoryStorage(text) }, new Bench()).waiting).toBe(256);
  });

  it("K21 a page's storage is used under its key", () => {
    const items = new Map<string, string>();
    const of = (key: string) =>
      webStorage({ getItem: (name) => items.get(name) ?? null, setItem: (name, value) => void items.set(name, value) }, key); // biome-ignore format: one thing
    expect(of("john").load()).toBeNull();
    const bench = new Bench();
    new Client({ ...options, storage: of("john") }, bench).start();
    bench.open();
    bench.hear(welcome({ n: 7 }));
    expect([...items.keys()]).toEqual(["john"]);
    const again = new Client({ ...options, storage: of("john") }, new Bench());
    expect([again.state.is, again.snapshot().session]).toEqual(["resuming", SESSION]);
    expect(new Client({ ...options, storage: of("mary") }, new Bench()).state.is).toBe("connecting");
  });
});
