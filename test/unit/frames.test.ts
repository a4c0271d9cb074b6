/** Frames and what stands in them: whatever a client sends is answered to it alone. */
import { describe, expect, it } from "vitest";
import { parseLine } from "../../src/chat/parse.ts";
import { Cluster } from "./cluster.ts";

const code = (value: unknown) => {
  const parsed = parseLine(typeof value === "string" ? value : JSON.stringify(value));
  return "code" in parsed ? parsed.code : "ok";
};
const join = (fields: Record<string, unknown>) => code({ type: "client_join_req", name: "x", ...fields });
const send = (fields: Record<string, unknown>) => code({ type: "send", text: "x", ...fields });

describe("lines", () => {
  it("F2 a line that is not an object of the contract says why", () => {
    expect(["", "{", "nonsense", '"send"', "[]", "null", "1"].map(code)).toEqual(Array(7).fill("bad_json"));
    for (const line of ["{", "[]"]) expect(parseLine(line)).toMatchObject({ message: expect.stringContaining("JSON") });
  });

  it("F4 an unknown field is ignored, an unknown type is not", () => {
    expect(send({ colour: "red" })).toBe("ok");
    expect([{}, { type: 1 }, { type: "Send" }, { type: "__proto__" }].map(code)).toEqual(Array(4).fill("unknown_type"));
  });

  it("C2 a name has 1 to 32 characters, counted as code points, that can be shown", () => {
    const good = ["a", "x".repeat(32), "🦜".repeat(32), "Jürgen", "李", "a b", "👩‍👩‍👧"];
    const bad = [
      "",
      " ",
      "x".repeat(33),
      "🦜".repeat(33),
      "a\nb",
      "a\u001b[31m",
      "a\u0085",
      "\u202eb",
      "a\u2028",
      5,
      null,
    ];
    expect(good.map((name) => join({ name }))).toEqual(good.map(() => "ok"));
    expect(bad.map((name) => join({ name }))).toEqual(bad.map(() => "bad_name"));
  });

  it("S2 a text has 1 to 4096 characters, counted as code points", () => {
    expect(["x", "x".repeat(4096), "🦜".repeat(4096), "\n", "\u001b[2J"].map((text) => send({ text }))).toEqual(
      Array(5).fill("ok"),
    );
    expect(["", "x".repeat(4097), "🦜".repeat(4097), 1, null, {}].map((text) => send({ text }))).toEqual(
      Array(6).fill("bad_text"),
    );
  });

  it("F2 S4 numbers, sessions and cursors are what they should be", () => {
    expect([0, -1, 1.5, "1", 2 ** 53].map((n) => send({ n }))).toEqual(Array(5).fill("bad_n"));
    expect([-1, "1", null].map((n) => join({ n }))).toEqual(Array(3).fill("bad_n"));
    expect(["", "x", "A".repeat(32), 1].map((session) => join({ session }))).toEqual(Array(4).fill("bad_session"));
    expect([[], "x", { a: -1 }, { a: "1" }, null].map((cursor) => join({ cursor }))).toEqual(
      Array(5).fill("bad_cursor"),
    );
    expect(join({ session: "0".repeat(32), cursor: { "main#00000000": 3 }, n: 0 })).toBe("ok");
  });
});

describe("frames", () => {
  function pair() {
    const cluster = new Cluster();
    const alice = cluster.node("main").connect().join("alice");
    const bob = cluster.node("main").connect().join("bob");
    cluster.settle();
    return { cluster, alice, bob };
  }

  it("F1 F2 each line is read for itself: bad ones are answered, good ones count, blank ones do not", () => {
    const { cluster, alice, bob } = pair();
    const before = bob.got.length;
    alice.say({ type: "send", text: "one" }, "", "{broken", "  ", { type: "dance" }, { type: "send", text: "two" });
    cluster.settle();
    expect(alice.all("error").map(({ code }) => code)).toEqual(["bad_json", "unknown_type"]);
    expect(bob.got.slice(before).map((m) => m.type === "message" && m.text)).toEqual(["one", "two"]);
  });

  it("F3 a frame beyond the limit is dropped whole", () => {
    const { cluster, alice, bob } = pair();
    alice.say(JSON.stringify({ type: "send", text: "x" }) + " ".repeat(262_144));
    cluster.settle();
    expect(alice.last("error").code).toBe("frame_too_large");
    expect(bob.texts).toEqual([]);
  });

  it("F6 a binary frame is refused", () => {
    const { alice } = pair();
    alice.node.do({ type: "frame", client: alice.key, data: null });
    expect(alice.last("error").code).toBe("binary");
  });

  it("S2 a text arrives exactly as it was sent", () => {
    const { cluster, alice, bob } = pair();
    const texts = ["\u0000\u001b[2J\r\n\t", '"}\\', "\u2028\u2029", "\ud800", "🦜 ünï 漢字", "__proto__"];
    for (const text of texts) alice.send(text);
    cluster.settle();
    expect(bob.texts).toEqual(texts);
  });

  it("F2 a stray event never kills the server", () => {
    const { cluster, alice, bob } = pair();
    alice.node.do({ type: "nonsense" } as never);
    alice.node.do({ type: "frame", client: 999, data: "{}" });
    alice.node.do({ type: "close", client: 999 });
    expect(alice.node.printed.at(-1)).toBe("unsupported message");
    alice.send("still here");
    cluster.settle();
    expect(bob.texts).toEqual(["still here"]);
  });
});
