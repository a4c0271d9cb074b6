/** What a client sends, sends again, hears and drops. */
import { describe, expect, it } from "vitest";
import { readLine } from "../../client/lib/read.ts";
import { snapshotOf } from "../../client/lib/state.ts";
import { entry, HOME, ID, message, Rig, SESSION, welcome } from "./rig.ts";

const texts = (count: number, from = 1) => Array.from({ length: count }, (_, i) => `text ${i + from}`);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => i + from);

describe("the outbox", () => {
  it("K4 what was not echoed is sent again after each welcome, in order, before anything new", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("one", "two", "three");
    rig.hear(message(1, "one"));
    rig.cut();
    rig.say("four");
    rig.pass(500);
    rig.open();
    const back = rig.hear(welcome({ n: 2, cursor: { "main#1": 1 } }), message(2, "two"));
    expect(rig.sent(back)).toEqual([
      { type: "send", text: "three", n: 3 },
      { type: "send", text: "four", n: 4 },
    ]);
    expect(rig.all("echoed").map(({ message: { n } }) => n)).toEqual([1, 2]);
    expect(rig.all("tell").filter(({ object }) => object.type === "message").length).toBe(2);
  });

  it("K2 K4 a snapshot goes on with the numbers, and with what was not echoed", () => {
    const first = new Rig();
    first.welcome({ cursor: { "b#1": 4 } });
    first.say("one", "two");
    first.hear(message(1, "one"));
    const resume = JSON.parse(JSON.stringify(snapshotOf(first.state)));
    expect(resume).toEqual({
      chat: HOME,
      session: SESSION,
      cursor: { "b#1": 4, "main#1": 1 },
      n: 1,
      outbox: [{ n: 2, text: "two" }],
    });
    const second = new Rig({ resume });
    second.welcome({ n: 1, cursor: resume.cursor });
    expect(second.numbers()).toEqual([2]);
    expect(second.numbers(second.say("three"))).toEqual([3]);
    const third = new Rig({ resume: { session: SESSION, n: 0, outbox: [] } });
    third.welcome({ n: 7 });
    expect(third.numbers(third.say("after what the server knows"))).toEqual([8]);
  });

  it("K6 many lines per frame, at most 65,536 bytes in each, and at most 1024 in flight", () => {
    const rig = new Rig();
    rig.welcome();
    const wide = rig.say(...Array.from({ length: 30 }, () => "\u{1F600}".repeat(4096)));
    const frames = rig.all("send", wide).map(({ frame }) => frame);
    expect(frames.map((frame) => frame.split("\n").length)).toEqual(Array(10).fill(3));
    for (const frame of frames) expect(new TextEncoder().encode(frame).length).toBeLessThanOrEqual(65_536);
    const many = rig.say(...texts(1500, 31));
    expect(rig.numbers(many)).toEqual(range(31, 1024));
    expect(rig.all("send", many).length).toBeLessThan(5);
    const echo = rig.hear(...range(1, 30).map((n) => message(n, "\u{1F600}".repeat(4096))));
    expect(rig.numbers(echo)).toEqual(range(1025, 1054));
  });

  it.each(["busy", "leaving"])(
    "K7 after %s everything from there waits, and is sent again once and in order",
    (code) => {
      const rig = new Rig();
      rig.welcome();
      rig.say("one", "two", "three", "four");
      const answers = [
        { type: "error", code, message: "later", n: 2, retry: 1000 },
        { type: "error", code: "n_gap", message: "2 is next", n: 2 },
        { type: "error", code: "n_gap", message: "2 is next", n: 2 },
      ];
      expect(rig.numbers(rig.hear(...answers, message(1, "one")))).toEqual([]);
      expect(rig.numbers(rig.say("five"))).toEqual([]);
      expect(rig.numbers(rig.pass(999))).toEqual([]);
      expect(rig.numbers(rig.pass(1))).toEqual([2, 3, 4, 5]);
      expect(rig.state.status.is).toBe("online");
    },
  );

  it("K7 the wait is a minute at most, and no echo is expected during it", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("one");
    rig.hear({ type: "error", code: "busy", message: "later", n: 1, retry: 1e12 });
    for (let i = 0; i < 3; i++) {
      rig.pass(15_000);
      rig.hear("pong");
    }
    expect(rig.numbers(rig.pass(14_999))).toEqual([]);
    rig.hear("pong");
    expect(rig.numbers(rig.pass(1))).toEqual([1]);
  });

  it("K7 n_gap goes back to the number it names, once for all answers to what was sent together", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say(...texts(4));
    const gap = { type: "error", code: "n_gap", message: "2 is next", n: 2 };
    expect(rig.numbers(rig.hear(message(1, "text 1"), gap, gap))).toEqual([2, 3, 4]);
    expect(rig.numbers(rig.hear(gap))).toEqual([]);
    rig.pass(1000);
    expect(rig.numbers(rig.hear(gap))).toEqual([2, 3, 4]);
    expect(rig.numbers(rig.hear({ ...gap, n: 3 }))).toEqual([3, 4]);
    expect(rig.numbers(rig.hear({ ...gap, n: 9 }))).toEqual([]);
  });

  it("K7 answers during a wait, or on a connection before, do not hide an n_gap that comes after", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("one", "two");
    const gap = { type: "error", code: "n_gap", message: "1 is next", n: 1 };
    rig.hear({ type: "error", code: "busy", message: "later", retry: 300 }, gap);
    expect(rig.numbers(rig.pass(300))).toEqual([1, 2]);
    expect(rig.numbers(rig.hear(gap))).toEqual([1, 2]);
    rig.random = 0;
    rig.cut();
    expect(rig.numbers(rig.welcome())).toEqual([1, 2]);
    expect(rig.numbers(rig.hear(gap))).toEqual([1, 2]);
  });

  it("K8 n_reused fails the message it names and no other, aloud and once", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("one", "two", "three");
    const refusal = { type: "error", code: "n_reused", message: "another text", n: 2 };
    const told = rig.hear(refusal, refusal, { ...refusal, n: 9 });
    expect(rig.all("failed", told)).toEqual([
      { do: "failed", message: { n: 2, text: "two", code: "n_reused", message: "another text" } },
    ]);
    rig.hear(message(1, "one"), message(3, "three"));
    expect(rig.state.outbox.waiting).toEqual([]);
    expect(rig.numbers(rig.say("four"))).toEqual([4]);
    // The message that failed takes with it the time in which its echo was due.
    rig.hear({ ...refusal, n: 4 });
    rig.pass(20_000);
    expect(rig.state.status.is).toBe("online");
  });

  it("K8 an own number with another text fails what had that number here", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("mine");
    const told = rig.hear(message(1, "of a twin"));
    expect(rig.all("failed", told)).toMatchObject([{ message: { n: 1, text: "mine", code: "n_reused" } }]);
    expect(rig.all("echoed")).toEqual([]);
    expect(rig.all("tell", told)).toMatchObject([{ object: { text: "of a twin" } }]);
  });

  it("K8 a refused text fails with what came behind it, and its number is free again", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("one", "two", "three");
    rig.hear(message(1, "one"));
    const told = rig.hear({ type: "error", code: "bad_text", message: "not here", n: 2 });
    expect(rig.all("failed", told).map(({ message: { n, code } }) => [n, code])).toEqual([
      [2, "bad_text"],
      [3, "bad_text"],
    ]);
    expect(rig.numbers(rig.say("again"))).toEqual([2]);
  });
});

describe("hearing", () => {
  it("K5 the cursor begins where welcome says and is raised by each message", () => {
    const rig = new Rig();
    rig.welcome({ cursor: { "a#1": 10, "b#1": 5 } }, message(1, "old", { id: "x", origin: "a#1", seq: 3 }));
    expect(rig.state.cursor).toEqual({ "a#1": 10, "b#1": 5 });
    rig.hear(
      message(2, "new", { id: "x", origin: "a#1", seq: 11 }),
      message(1, "c", { id: "y", origin: "c#1", seq: 1 }),
    );
    expect(rig.state.cursor).toEqual({ "a#1": 11, "b#1": 5, "c#1": 1 });
  });

  it("K5 a repetition raises the cursor and is not told; a late message is told", () => {
    const rig = new Rig();
    rig.welcome();
    const told = [
      rig.hear(message(2, "two", { id: "x", seq: 1 })),
      rig.hear(message(2, "two", { id: "x", origin: "b#1", seq: 9 })),
      rig.hear(message(1, "one", { id: "x", seq: 2 })),
    ].map((actions) => rig.all("tell", actions).length);
    expect(told).toEqual([1, 0, 1]);
    expect(rig.state.cursor).toEqual({ "main#1": 2, "b#1": 9 });
  });

  it("K27 a repetition is told as such, with where it is from this time", () => {
    const rig = new Rig();
    rig.welcome();
    expect(rig.all("repeated", rig.hear(message(2, "two", { id: "x", seq: 1 })))).toEqual([]);
    const again = rig.hear(message(2, "two", { id: "x", origin: "b#1", seq: 9 }));
    expect(rig.all("repeated", again)).toMatchObject([{ message: { id: "x", n: 2, text: "two", origin: "b#1" } }]);
    expect(rig.all("tell", again)).toEqual([]);
  });

  it("K5 at least the last 8192 are remembered, and not many more", () => {
    const rig = new Rig();
    rig.welcome();
    const hear = (n: number) => rig.all("tell", rig.hear(message(n, "", { id: "x" }))).length;
    for (const n of range(1, 20_000)) hear(n);
    expect(range(20_000 - 8191, 20_000).map(hear)).toEqual(Array(8192).fill(0));
    expect(hear(1)).toBe(1);
  });

  it("K15 reset is told; the cursor stays, or is the one it carries", () => {
    const rig = new Rig();
    rig.welcome({ cursor: { "a#1": 1 } });
    expect(rig.all("tell", rig.hear({ type: "reset", reason: "trimmed" }))).toMatchObject([
      { object: { type: "reset", reason: "trimmed" } },
    ]);
    expect(rig.state.cursor).toEqual({ "a#1": 1 });
    rig.hear({ type: "reset", reason: "trimmed", cursor: { "a#1": 7 } });
    expect(rig.state.cursor).toEqual({ "a#1": 7 });
    rig.cut();
    rig.pass(500);
    rig.welcome({ cursor: { "a#2": 3 } });
    expect(rig.state.cursor).toEqual({ "a#2": 3 });
  });

  it("K20 what was trimmed while it waited for its echo is delivered; what the server does not know goes on waiting", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("one", "two", "three");
    rig.cut();
    rig.pass(500);
    rig.open();
    const back = rig.hear(welcome({ n: 2, cursor: {} }), {
      type: "reset",
      reason: "trimmed",
      cursor: { "main#1": 40 },
    });
    expect(rig.all("echoed", back).map(({ message: { n } }) => n)).toEqual([1, 2]);
    expect(snapshotOf(rig.state)).toMatchObject({ n: 2, outbox: [{ n: 3, text: "three" }], cursor: { "main#1": 40 } });
  });

  it("K19 what is no object of the contract is told as unsupported, and what a newer server says as it is", () => {
    const rig = new Rig();
    rig.welcome();
    const nowhere = JSON.stringify(message(1, "x", { id: "y", origin: "constructor" }));
    const odd = ["{", "[]", "7", nowhere, '{"type":"exit","reason":"leave","servers":[{}]}'];
    const told = rig.all("tell", rig.hear(...odd, { type: "weather", rain: true }, message(1, "x", { id: "y" })));
    expect(told.map(({ object }) => object)).toMatchObject([
      ...odd.map((line) => ({ type: "unsupported", line })),
      { type: "unknown", object: { type: "weather", rain: true } },
      { type: "message", text: "x" },
    ]);
    const binary = rig.happen({ type: "frame", socket: 1, data: null });
    expect(rig.all("tell", binary)).toMatchObject([{ object: { type: "unsupported" } }]);
    expect(rig.state.status.is).toBe("online");
  });

  it("K19 every object of the contract is read, with fields it does not know", () => {
    const servers = [entry("main")];
    const objects = [
      welcome(),
      message(1, "x"),
      { type: "join", name: "John", id: ID },
      { type: "leave", name: "John", id: ID },
      { type: "presence", count: 7, joined: 6, left: 0 },
      { type: "update_servers", servers },
      { type: "exit", reason: "slow", servers, after: 5 },
      { type: "reset", reason: "ahead" },
      { type: "error", code: "busy", message: "later", n: 1, retry: 7 },
    ].map((object) => ({ ...object, later: 1 }));
    for (const object of objects) expect(readLine(JSON.stringify(object))).toEqual(object);
    for (const { later, ...object } of objects)
      for (const field of ["name", "server", "reason", "message", "servers", "count"])
        if (field in object)
          expect([later, readLine(JSON.stringify({ ...object, [field]: {} }))]).toEqual([1, undefined]);
  });
});
