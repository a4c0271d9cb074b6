/** What servers send each other: round trips, and bodies that are refused whole. */
import { describe, expect, it } from "vitest";
import type { Batch } from "../../src/chat/batch.ts";
import { read } from "../../src/chat/body.ts";
import { parseMembersRequest, writeMembersRequest } from "../../src/chat/members-wire.ts";
import { parseRelayAnswer } from "../../src/chat/relay-answer.ts";
import { parseRelay, writeRelay } from "../../src/chat/relay-wire.ts";
import { clusterOf } from "./cluster.ts";

/** A deployment others do not know. */
const HERE = { chat: "lobby", host: undefined };
const ID = "0123456789abcdef0123";
const line = (seq: number, n: number, more = {}) =>
  JSON.stringify({
    type: "message",
    name: "a",
    text: `"${n}"\u2028`,
    id: ID,
    n,
    origin: "b#00000001",
    seq,
    time: 5,
    ...more,
  });
const lines = [line(1, 4), line(2, 5)].join("\n");
const batch: Batch = {
  head: {
    origin: "b#00000001",
    first: 1,
    count: 2,
    time: 5,
    dep: { "c#00000002": 7 },
    ids: [ID],
    by: [0, 4, 0, 5],
    size: lines.length,
  },
  lines,
};
const relay = { from: "b", vv: { "b#00000001": 2 }, batches: [batch, { head: { ...batch.head }, lines }] };
const body = writeRelay("main", relay, HERE);
const reason = (text: string, chat = "lobby") => {
  const result = read(parseRelay, text, { ...HERE, chat });
  return result.ok ? "" : result.reason;
};

describe("relay bodies", () => {
  it("L5 lines come out as they went in", () => {
    expect(read(parseRelay, body, HERE)).toEqual({ ok: true, value: relay });
    const presence = { epoch: "00000001", version: 3, people: [[ID, "ann"]] as [string, string][] };
    const some = { from: "b", vv: {}, presence, batches: [] };
    expect(read(parseRelay, writeRelay("main", some, HERE), HERE)).toEqual({ ok: true, value: some });
  });

  it("R7 whatever is wrong with a relay is named", () => {
    expect(reason("")).toContain("not JSON");
    expect(reason("[]")).toContain("not a JSON object");
    expect(reason(body, "kitchen")).toContain("chat must be");
    const changed: [string, string, string][] = [
      ['"from":"b"', '"from":"B!"', "from must be"],
      ['"vv":{"b#00000001":2}', '"vv":{"b#00000001":-2}', "vv must be"],
      ['"dep":{"c#00000002":7}', '"dep":[]', "dep must be"],
      ['"origin":"b#00000001"', '"origin":"b#1"', "server#epoch"],
      ['"first":1', '"first":0', "whole numbers"],
      ['"first":1', '"first":2', "must be the message"],
      ['"count":2', '"count":1', "an author and a number per message"],
      ['"by":[0,4', '"by":[1,4', "refer to ids"],
      ['"by":[0,4', '"by":[0,9', "author its batch says"],
      [`"ids":["${ID}"]`, '"ids":["x"]', "list of ids"],
      [`"size":${lines.length}`, '"size":50', "line"],
      [`"size":${lines.length}`, `"size":${lines.length + 1}`, "line per message"],
      ['"type":"message"', '"type":"welcome"', "must be the message"],
      ['"name":"a"', '"name":123', "a name and a text"],
      ['"batches":[', '"batches":7,"x":[', "must be a list"],
      ['"batches":[', '"presence":7,"batches":[', "presence must be"],
      ['"batches":[', '"presence":{"epoch":"00000001","version":1,"people":[["x"]]},"batches":[', "[id, name]"],
    ];
    for (const [from, to, why] of changed) {
      expect(body).toContain(from);
      expect(reason(body.replace(from, to))).toContain(why);
    }
    expect(reason(`${body}\n${line(3, 6)}`)).toContain("not as long");
    expect(reason(body.slice(0, -5))).not.toBe("");
    expect(read(parseRelayAnswer, '{"vv":{"a":-1}}', HERE)).toMatchObject({ ok: false });
  });
});

describe("members bodies", () => {
  const members: [string, unknown][] = [["b", { inc: 1, status: "left", epoch: "00000001", final: 4 }]];
  const why = (value: unknown) => {
    const result = read(parseMembersRequest, JSON.stringify({ chat: "lobby", from: "b", members: value }), HERE);
    return result.ok ? "" : result.reason;
  };

  it("R7 whatever is wrong with a list of members is named", () => {
    const good = writeMembersRequest("main", "b", members as never, HERE);
    expect(read(parseMembersRequest, good, HERE)).toEqual({ ok: true, value: { from: "b", members } });
    expect(why([])).toContain("must be an object");
    expect(why({ "B!": {} })).toContain("not the address");
    expect(why({ b: 1 })).toContain("must be an object");
    const entry = { inc: 1, status: "alive", epoch: "00000001" };
    expect(why({ b: { ...entry, inc: 0 } })).toContain("inc of 'b'");
    expect(why({ b: { ...entry, status: "dead" } })).toContain("status of 'b'");
    expect(why({ b: { ...entry, epoch: "x" } })).toContain("epoch of 'b'");
    expect(why({ b: { ...entry, status: "left" } })).toContain("final of 'b'");
    expect(why(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`s${i}`, entry])))).toContain("at most 1000");
  });

  it("R7 a refused request changes nothing", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const before = [structuredClone([...main.kv]), main.rows.length];
    for (const type of ["relay", "update_servers", "server_join_req"] as const)
      for (const text of [
        "",
        "{}",
        '{"chat":"lobby","from":"b","members":{"b":1}}',
        body.replace('"first":1', '"first":9'),
      ]) {
        const req = main.request((req) => ({ type, req, body: text }));
        cluster.settle();
        expect(cluster.reply(main, req).status).toBe(400);
      }
    expect([structuredClone([...main.kv]), main.rows.length]).toEqual(before);
  });
});
