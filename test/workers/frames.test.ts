/** Frames at the edge of what is allowed: several lines, unknown fields, the longest names, texts and frames. */
import { expect, it } from "vitest";
import { Client } from "./client.ts";
import { freshChat } from "./helpers.ts";

const send = (fields: Record<string, unknown>): string => JSON.stringify({ type: "send", ...fields });

/** Ann and Bob in a fresh chat, both of whom have been told so. */
async function two() {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  const bob = await Client.join(chat, "Bob");
  for (const person of [ann, bob]) await person.until(() => person.of("join").at(-1)?.id === bob.id, "Bob's join");
  return { chat, ann, bob };
}

it("F1 F2 of a frame with good and bad lines the good ones count, in their order", async () => {
  const { ann, bob } = await two();
  const lines = [
    send({ text: "one" }),
    "nonsense",
    "",
    " \t ",
    send({ text: "" }),
    send({ text: "two" }),
    "[]",
    send({ text: "three" }),
  ];
  const before = bob.got.length;
  ann.raw(`\n${lines.join("\n")}\n`);
  await bob.hears("three");
  await ann.hears("three");
  expect(bob.texts).toEqual(["Ann: one", "Ann: two", "Ann: three"]);
  expect(bob.got.slice(before).every(({ type }) => type === "message")).toBe(true);
  expect(ann.of("error").map(({ code }) => code)).toEqual(["bad_json", "bad_text", "bad_json"]);
});

it("F1 C1 S1 C8 a whole visit fits one frame", async () => {
  const { chat, ann } = await two();
  const cid = await new Client(chat, "Cid").open();
  cid.raw(`{"type":"client_join_req","name":"Cid"}\n${send({ text: "hi" })}\r\n{"type":"client_leave_req"}`);
  await cid.until(({ closed }) => closed?.code === 1000, "the end");
  expect(cid.got.map(({ type }) => type).filter((type) => type !== "join")).toEqual(["welcome", "message", "exit"]);
  await ann.until(() => ann.of("leave").length === 1, "leave");
  expect(ann.texts).toEqual(["Cid: hi"]);
});

it("F4 S6 unknown fields are ignored, and nobody speaks under another's name", async () => {
  const { ann, bob } = await two();
  ann.raw(
    send({
      text: "it's me, Bob",
      name: "Bob",
      id: bob.id,
      session: bob.session,
      origin: "x#00000000",
      seq: 9,
      time: 1,
    }),
  );
  ann.raw('{"type":"send","text":"again","__proto__":{"name":"Bob"},"constructor":7}');
  await bob.hears("again");
  for (const { name, id, origin } of bob.shown) {
    expect({ name, id }).toEqual({ name: "Ann", id: ann.id });
    expect(origin).toMatch(/^main#/);
  }
  expect(bob.shown.map(({ seq }) => seq)).toEqual([1, 2]);
});

it.for(["x".repeat(32), "😀".repeat(32), "José Ñandú", "漢字", "ا ب", "👩‍👩‍👧", "<b>&\"'\\", "__proto__"])(
  "C2 C1 %s is a name",
  async (name) => {
    const { chat, ann } = await two();
    const cid = await Client.join(chat, name);
    expect(cid.of("welcome")[0]?.name).toBe(name);
    await ann.until(() => ann.of("join").some((join) => join.name === name), "join");
    cid.send("hello");
    await ann.hears("hello");
    expect(ann.shown[0]?.name).toBe(name);
  },
);

it("S2 F3 the longest texts and the longest frame arrive", async () => {
  const { ann, bob } = await two();
  const texts = ["y".repeat(4096), "😀".repeat(4096), "\u0000".repeat(4096)];
  for (const text of texts) ann.raw(send({ text }));
  ann.raw(send({ text: "the longest frame" }).padEnd(262_144));
  await bob.hears("the longest frame");
  expect(bob.shown.map(({ text }) => text)).toEqual([...texts, "the longest frame"]);
  expect(ann.of("error")).toEqual([]);
});

it("S3 S4 S5 numbers: given, left out, left over, used again", async () => {
  const { ann, bob } = await two();
  ann.raw([send({ text: "one", n: 1 }), send({ text: "two" }), send({ text: "one", n: 1 })].join("\n"));
  await bob.hears("two");
  ann.raw(send({ text: "one", n: 1 }));
  ann.raw(send({ text: "another", n: 2 }));
  ann.raw(send({ text: "four", n: 4 }));
  await ann.until(() => ann.of("error").length === 2, "two refusals");
  expect(ann.of("error").map(({ code, n }) => ({ code, n }))).toEqual([
    { code: "n_reused", n: 2 },
    { code: "n_gap", n: 3 },
  ]);
  ann.raw(send({ text: "three", n: 3 }));
  await bob.hears("three");
  for (const person of [ann, bob])
    expect(person.shown.map(({ n, text }) => `${n} ${text}`)).toEqual(["1 one", "2 two", "3 three"]);
});

it("C10 an ack is taken without a word", async () => {
  const { ann, bob } = await two();
  bob.send("hi");
  await ann.hears("hi");
  const before = ann.got.length;
  for (const cursor of [ann.cursor, {}, { "nobody#00000000": 7 }]) ann.raw(JSON.stringify({ type: "ack", cursor }));
  ann.send("got it");
  await bob.hears("got it");
  await ann.hears("got it");
  expect(ann.got.slice(before).map(({ type }) => type)).toEqual(["message"]);
});

it("C9 a newer connection of a session replaces the older one, and nobody else notices", async () => {
  const { chat, ann, bob } = await two();
  ann.send("here");
  await bob.hears("here");
  const before = bob.got.length;
  const newer = new Client(chat, "Ann");
  Object.assign(newer, { session: ann.session, cursor: ann.cursor, n: 1, said: 1 });
  await newer.connect();
  await ann.until(({ closed }) => closed !== undefined, "exit");
  expect(ann.of("exit")).toMatchObject([{ reason: "replaced" }]);
  expect(ann.closed?.code).toBe(4001);
  expect(newer.of("welcome")).toMatchObject([{ id: ann.id, n: 1, count: 2 }]);
  newer.send("and there");
  await bob.hears("and there");
  expect(bob.got.slice(before).map(({ type }) => type)).toEqual(["message"]);
  expect(bob.shown.map(({ n }) => n)).toEqual([1, 2]);
});
