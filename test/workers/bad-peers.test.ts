/** Whatever another server sends: a malformed request is refused whole, with a reason, and leaves no trace. */
import { exports } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { type Client, pair } from "./client.ts";
import { COOKIE, codeOf, listServers, memberOf, order, rows, stubOf } from "./helpers.ts";

type Fields = Record<string, unknown>;

/** A relay of one message and one person from b, or parts of it as they must not be; undefined leaves a field out. */
interface Relay {
  header?: Fields;
  head?: Fields;
  message?: Fields;
  presence?: Fields;
  /** Instead of the message, or behind it. */
  lines?: string;
  more?: string;
}

let chat = "";
let ann: Client;
let bob: Client;
let origin = "";
beforeEach(async () => {
  ({ chat, ann, bob } = await pair());
  origin = `b#${(await memberOf(chat, "b")).epoch}`;
});

const ID = "0123456789abcdef0123";

function written({ header, head, message, presence, lines, more = "" }: Relay): string {
  const time = Number(head?.time ?? Date.now());
  const said = { type: "message", name: "Eve", text: "hi", id: ID, n: 1, origin, seq: 1, time, ...message };
  const text = lines ?? JSON.stringify(said);
  const batch = { origin, first: 1, count: 1, time, ids: [ID], by: [0, 1], dep: {}, size: text.length, ...head };
  const people = presence && { epoch: "00000000", version: 99, people: [[ID, "Eve"]], ...presence };
  return `${JSON.stringify({ chat, from: "b", vv: {}, presence: people, batches: [batch], ...header })}\n${text}${more}`;
}

const relay = (parts: Relay) => order(chat, "main", "relay", written(parts));

/** All that main has stored. */
const stored = async () => [
  await rows(chat, "main", "SELECT * FROM log_0"),
  await rows(chat, "main", "SELECT * FROM state ORDER BY key"),
  await listServers(chat, "main"),
];

/** Sends bodies that are to be refused; neither main's storage nor its people notice. */
async function refused(code: string, status: number, verb: string, bodies: string[]): Promise<void> {
  const before = await stored();
  const heard = ann.got.length;
  for (const body of bodies) {
    const answer = await order(chat, "main", verb, body);
    expect({ body: body.slice(0, 300), status: answer.status }).toEqual({ body: body.slice(0, 300), status });
    expect(codeOf(answer)).toBe(code);
    expect(answer.body).not.toMatch(/\bat .*:\d+|Error:|\.ts\b|\bundefined\b/);
  }
  expect(await stored()).toEqual(before);
  const text = `after ${code} ${crypto.randomUUID()}`;
  ann.send(text);
  await bob.hears(text);
  await ann.hears(text);
  expect(ann.got.slice(heard).map(({ type }) => type)).toEqual(["message"]);
}

const each = <T>(values: T[], parts: (value: T) => Relay): Relay[] => values.map(parts);
const heads = (field: string, ...values: unknown[]): Relay[] => each(values, (value) => ({ head: { [field]: value } }));
const headers = (field: string, ...values: unknown[]) => each(values, (value) => ({ header: { [field]: value } }));
const messages = (field: string, ...values: unknown[]) => each(values, (value) => ({ message: { [field]: value } }));
const people = (...values: unknown[]) => each(values, (value) => ({ presence: { people: value } }));
const BAD_COUNTS = [undefined, null, 0, -1, 1.5, "1", 2 ** 53];

const BAD_RELAYS: [what: string, relays: Relay[]][] = [
  ["chat", headers("chat", undefined, "other", 7)],
  ["sender", headers("from", undefined, 7, "", "No", "b/c")],
  ["account of what it has", headers("vv", undefined, null, 7, [], { a: -1 }, { a: 1.5 }, { a: "1" })],
  ["list of batches", headers("batches", undefined, null, {}, "x", [null], [7], [[]])],
  ["origin of a batch", heads("origin", undefined, 7, "b", "b#00", "b#00000000\n")],
  ["first number", heads("first", ...BAD_COUNTS)],
  ["count", heads("count", ...BAD_COUNTS, 2, 1e9)],
  ["time", heads("time", null, -1, 1.5, "x")],
  ["list of what it rests on", heads("dep", undefined, null, 7, [], { a: -1 }, { a: 1.5 }, { a: "1" })],
  ["authors", heads("ids", undefined, null, {}, [], [7], ["x"], [ID.toUpperCase()], [[ID]])],
  [
    "numbers of authors",
    heads("by", undefined, {}, [], [0], [0, 1, 0, 2], [1, 1], [-1, 1], [0, 0], [0, "1"], [0.5, 1]),
  ],
  ["size", heads("size", ...BAD_COUNTS, 5, 1000)],
  [
    "line that is no message",
    [{ lines: "hello" }, { lines: "[]" }, { lines: "" }, { lines: "{}" }, ...messages("type", "join", 7)],
  ],
  ["line of another batch", [...messages("origin", "b#ffffffff"), ...messages("seq", 2, "1"), ...messages("time", 7)]],
  ["line of another author", [...messages("id", "f".repeat(20), 7), ...messages("n", 2, "1", undefined)]],
  ["name or text", [...messages("name", undefined, 7, null), ...messages("text", undefined, 7, {})]],
  ["more lines than said", [{ more: "\n" }, { more: "\n{}" }, { more: " " }]],
  ["lines without a batch", [{ header: { batches: [] }, lines: "hello" }]],
  [
    "presence",
    [...headers("presence", null, 7, [], {}), ...each([undefined, 7, "x"], (epoch) => ({ presence: { epoch } }))],
  ],
  ["version of the people", each([undefined, null, -1, 0.5, "1"], (version) => ({ presence: { version } }))],
  [
    "people",
    people(undefined, {}, [ID], [7], [null], [[]], [[ID]], [[7, "x"]], [["x", "x"]], [[ID, 7]], [[ID, "x".repeat(65)]]),
  ],
  ["id within a list", people([[[ID], "x"]])],
];

it.for(BAD_RELAYS)("R7 H7 a relay with a bad %s is refused whole", async ([, relays]) => {
  await refused(
    "bad_request",
    400,
    "relay",
    relays.map((parts) => written({ presence: {}, ...parts })),
  );
});

it("R7 bodies that are none are refused", async () => {
  const bodies = ["", "{", "[]", "null", "7", "\n", "{}\n"];
  for (const verb of ["relay", "update_servers", "server_join_req"]) await refused("bad_request", 400, verb, bodies);
});

const EVE = { inc: 1, status: "alive", epoch: "00000000" };
const BAD_MEMBERS: [what: string, members: unknown][] = [
  ["no members", undefined],
  ["a list", []],
  ["null", null],
  ["a bad address", { "No Name": EVE }],
  ["no object", { eve: null }],
  ["a list for a member", { eve: [] }],
  ...BAD_COUNTS.map((inc): [string, unknown] => [`inc ${inc}`, { eve: { ...EVE, inc } }]),
  ...[undefined, "gone", 7].map((status): [string, unknown] => [`status ${status}`, { eve: { ...EVE, status } }]),
  ...[undefined, "0", "FFFFFFFF", 7].map((epoch): [string, unknown] => [`epoch ${epoch}`, { eve: { ...EVE, epoch } }]),
  ...[undefined, -1, "0"].map((final): [string, unknown] => [
    `final ${final}`,
    { eve: { ...EVE, status: "left", final } },
  ]),
  ["a bad one behind a good one", { eve: EVE, mallory: {} }],
  ["too many", Object.fromEntries([...Array(1001).keys()].map((i) => [`eve-${i}`, EVE]))],
];

it.for(BAD_MEMBERS)("R7 M2 %s as members is refused whole", async ([, members]) => {
  const body = JSON.stringify({ chat, from: "b", members });
  for (const verb of ["update_servers", "server_join_req"]) await refused("bad_request", 400, verb, [body]);
});

it("R7 members of another chat, or from nobody, are refused", async () => {
  const bodies = [{ chat: "other" }, { chat: undefined }, { from: undefined }, { from: "No" }, { from: 7 }];
  const written = bodies.map((fields) => JSON.stringify({ chat, from: "b", members: { eve: EVE }, ...fields }));
  for (const verb of ["update_servers", "server_join_req"]) await refused("bad_request", 400, verb, written);
});

it("R9 a relay of a server that is no member, or of the server itself, is refused", async () => {
  const strangers = [{ from: "eve" }, { from: "main" }];
  await refused(
    "unknown_server",
    409,
    "relay",
    strangers.map((header) => written({ presence: {}, header })),
  );
});

it("R6 a batch from the far future is refused whole, one from the near future is not", async () => {
  const far = [300_500, 86_400_000, 1e15].map((ahead) => written({ presence: {}, head: { time: Date.now() + ahead } }));
  await refused("clock_ahead", 409, "relay", far);
});

it("R3 R4 a batch beyond the next is left out, the next one is taken, the same again is not told again", async () => {
  const beyond = { head: { first: 2 }, message: { seq: 2, text: "too early" } };
  for (const [parts, seq] of [
    [beyond, 0],
    [{}, 1],
    [{}, 1],
  ] as [Relay, number][]) {
    const answer = await relay(parts);
    expect(answer.status).toBe(200);
    expect((JSON.parse(answer.body) as { vv: Record<string, number> }).vv[origin] ?? 0).toBe(seq);
  }
  await ann.until(() => ann.texts.includes("Eve: hi"), "Eve");
  ann.send("once is enough");
  await ann.hears("once is enough");
  expect(ann.texts.filter((text) => text.startsWith("Eve"))).toEqual(["Eve: hi"]);
  expect(ann.repeated).toEqual([]);
  const near = { head: { first: 2, time: Date.now() + 290_000 }, message: { seq: 2, n: 2, text: "soon" } };
  expect((await relay({ ...near, head: { ...near.head, by: [0, 2] } })).status).toBe(200);
  await ann.hears("soon");
});

it("R20 only another object can be a neighbour, whose lines are believed; from outside they are checked under every host", async () => {
  const url = `https://neighbour/chats/${chat}/servers/main/relay`;
  const said = { method: "POST", headers: COOKIE, body: written({ message: { n: 7, text: "believed" } }) };
  expect((await exports.default.fetch(url, said)).status).toBe(400);
  expect(ann.texts).not.toContain("Eve: believed");
  expect((await stubOf(chat, "main").fetch(url, said)).status).toBe(200);
  await ann.until(() => ann.texts.includes("Eve: believed"), "Eve");
});

it("M2 M4 a claim of the greatest possible incarnation does not silence a server", async () => {
  const claim = { ...(await memberOf(chat, "b")), inc: Number.MAX_SAFE_INTEGER, status: "left", final: 0 };
  await order(chat, "b", "update_servers", { chat, from: "main", members: { b: claim } });
  bob.send("I am still alive");
  await ann.hears("I am still alive");
});
