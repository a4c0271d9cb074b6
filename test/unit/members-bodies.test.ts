/** The bodies of `server_join_req` and `update_servers`, of their answers and of refusals, field by field. */
import { describe, expect, it } from "vitest";
import { read } from "../../src/chat/body.ts";
import type { Member } from "../../src/chat/members.ts";
import {
  parseMembersAnswer,
  parseMembersRequest,
  parseRefusal,
  writeMembers,
  writeMembersRequest,
} from "../../src/chat/members-wire.ts";

const HERE = { chat: "lobby", host: undefined };
const AT_A = { chat: "lobby", host: "a.example" };
const AT_B = { chat: "lobby", host: "b.example" };
const ALIVE: Member = { inc: 1, status: "alive", epoch: "0000000a" };
const LEFT: Member = { inc: 2, status: "left", epoch: "0000000b", final: 0 };

const request = (members: unknown, more = {}) => JSON.stringify({ chat: "lobby", from: "b", members, ...more });
const isRead = (members: unknown) => read(parseMembersRequest, request(members), HERE).ok;

describe("members", () => {
  it("M1 R7 come out as they went in, without what is no field of theirs", () => {
    const members: [string, Member][] = [["b", ALIVE], ["c", LEFT]]; // biome-ignore format: a list
    const body = writeMembersRequest("main", "b", members, HERE);
    expect(read(parseMembersRequest, body, HERE)).toStrictEqual({ ok: true, value: { from: "b", members } });
    const more = request({ b: { ...ALIVE, final: 3, colour: "red" }, c: { ...LEFT, colour: "red" } });
    expect(read(parseMembersRequest, more, HERE)).toStrictEqual({ ok: true, value: { from: "b", members } });
    const answer = JSON.stringify({ members: writeMembers("main", members, HERE) });
    expect(read(parseMembersAnswer, answer, HERE)).toStrictEqual({ ok: true, value: members });
  });

  it("R7 every field is checked", () => {
    const wrong: Record<string, unknown>[] = [0, -1, 1.5, "1", 2 ** 31].map((inc) => ({ inc }));
    for (const epoch of [1, "", "0000000a0", "x0000000a", "0000000A", ["0000000a"]]) wrong.push({ epoch });
    for (const status of ["", "dead", "Alive", null]) wrong.push({ status });
    expect(wrong.filter((fields) => isRead({ b: { ...ALIVE, ...fields } }))).toEqual([]);
    for (const final of [undefined, null, -1, 0.5, "0"]) expect(isRead({ b: { ...LEFT, final } })).toBe(false);
    expect(isRead({ b: { ...ALIVE, inc: 2 ** 31 - 1 } })).toBe(true);
    for (const members of [undefined, null, [], "b", { b: null }, { b: [] }, { "": ALIVE }, { "b@": ALIVE }])
      expect(isRead(members)).toBe(false);
  });

  it("R7 a thousand may be listed at once", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, ALIVE]));
    expect(isRead(many(1000))).toBe(true);
    expect(isRead(many(1001))).toBe(false);
  });

  it("R7 chat and sender are checked", () => {
    for (const more of [{ chat: "x" }, { chat: undefined }, { from: undefined }, { from: 1 }, { from: "B" }])
      expect(read(parseMembersRequest, request({}, more), HERE).ok).toBe(false);
    for (const text of ["", "null", "1", "[]", '"x"']) expect(read(parseMembersRequest, text, HERE).ok).toBe(false);
  });
});

describe("addresses on the way", () => {
  it("X4 what goes to another deployment names this one's servers with its host, and comes home without", () => {
    const members: [string, Member][] = [["main", ALIVE], ["b", LEFT], ["x@b.example", ALIVE], ["y@c.example", ALIVE]]; // biome-ignore format: a list
    const body = writeMembersRequest("x@b.example", "main", members, AT_A);
    expect(JSON.parse(body).from).toBe("main@a.example");
    const there = read(parseMembersRequest, body, AT_B);
    expect(there.ok && there.value.from).toBe("main@a.example");
    expect(there.ok && there.value.members.map(([address]) => address)).toEqual([
      "main@a.example",
      "b@a.example",
      "x",
      "y@c.example",
    ]);
    const back = read(parseMembersRequest, body, AT_A);
    expect(back).toEqual({ ok: true, value: { from: "main", members } });
  });

  it("X4 what stays in the deployment names its servers as it knows them", () => {
    const body = writeMembersRequest("b", "main", [["main", ALIVE]], AT_A);
    expect(JSON.parse(body)).toEqual({ chat: "lobby", from: "main", members: { main: ALIVE } });
  });

  it("X2 without a host of its own a deployment hears no other", () => {
    const from = (address: string, place: { chat: string; host: string | undefined }) =>
      read(parseMembersRequest, request({}, { from: address }), place).ok;
    expect([from("b@b.example", HERE), from("b", HERE), from("b@b.example", AT_A)]).toEqual([false, true, true]);
  });
});

describe("a refusal", () => {
  it("H7 M10 says a code and a message, and brings members if there are any", () => {
    const error = { code: "left", message: "gone" };
    const refusal = (value: unknown) => read(parseRefusal, JSON.stringify(value), HERE);
    expect(refusal({ error })).toEqual({ ok: true, value: { ...error, members: [] } });
    expect(refusal({ error, members: { b: LEFT } })).toEqual({ ok: true, value: { ...error, members: [["b", LEFT]] } });
    for (const bad of [
      {},
      { error: null },
      { error: "left" },
      { error: { ...error, code: 1 } },
      { error: { code: "left" } },
    ])
      expect(refusal(bad).ok).toBe(false);
    expect(refusal({ error, members: null }).ok).toBe(false);
    expect(refusal({ error, members: { b: 1 } }).ok).toBe(false);
  });
});
