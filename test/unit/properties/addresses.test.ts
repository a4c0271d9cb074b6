/** Addresses that go abroad and come home, alone and in the bodies that carry them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { abroad, atHome, hostOf, isAddress, nameOf } from "../../../src/chat/address.ts";
import { read } from "../../../src/chat/body.ts";
import type { Member } from "../../../src/chat/members.ts";
import {
  parseMembersAnswer,
  parseMembersRequest,
  parseRefusal,
  writeMembers,
  writeMembersRequest,
} from "../../../src/chat/members-wire.ts";
import { ADDRESSES, anything, entries, HOSTS, runs } from "./arbitraries.ts";
import { tampered } from "./mutations.ts";

const host = fc.constantFrom(...HOSTS);
/** Addresses as nobody calls their own: each with its host. */
const GLOBAL = ADDRESSES.filter((address) => hostOf(address) !== undefined);
const members = entries(GLOBAL);
const seenFrom = (host: string, members: [string, Member][]) =>
  members.map(([address, member]): [string, Member] => [atHome(address, host), member]);

/** Whether an entry is one of the contract, with nothing else in it. */
const isSound = ({ inc, status, epoch, final, ...rest }: Member) =>
  Number.isSafeInteger(inc) &&
  inc >= 1 &&
  /^[0-9a-f]{8}$/.test(epoch) &&
  (status === "alive" ? final === undefined : status === "left" && Number.isSafeInteger(final) && Number(final) >= 0) &&
  Object.keys(rest).length === 0;

describe("an address", () => {
  it("X1 X4 that goes abroad comes home as it was, and the other way round", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ADDRESSES), host, (address, host) => {
        const home = atHome(address, host);
        const away = abroad(home, host);
        expect(atHome(away, host)).toBe(home);
        expect(abroad(atHome(away, host), host)).toBe(away);
        expect([away, home].filter((address) => !isAddress(address))).toEqual([]);
        expect(away).toBe(hostOf(address) === undefined ? `${address}@${host}` : address);
        expect(hostOf(home)).not.toBe(host);
        expect([nameOf(home), nameOf(away)]).toEqual([nameOf(address), nameOf(address)]);
        expect(atHome(address, undefined)).toBe(address);
      }),
    );
  });

  it("X1 is a name, or a name and a host, and nothing else", () => {
    const piece = fc.string({ unit: fc.constantFrom(..."a-9.@:#A é\n"), maxLength: 6 });
    fc.assert(
      fc.property(fc.oneof(piece, anything, fc.constantFrom(...ADDRESSES)), (text) => {
        const [name = "", ...rest] = text.split("@");
        const host = rest.length > 0 ? rest.join("@") : undefined;
        const isName = name !== "" && name.length <= 32 && !name.startsWith("-") && !/[^a-z0-9-]/.test(name);
        const isHost = host === undefined || (/^[a-z0-9.-]+(:\d{1,5})?$/.test(host) && !/^[.-]|[.-](:|$)/.test(host));
        expect(isAddress(text)).toBe(isName && isHost);
      }),
      runs(500),
    );
  });
});

describe("bodies about members", () => {
  it("X4 M1 a list is read by each deployment with its own servers at home", () => {
    fc.assert(
      fc.property(members, fc.constantFrom(...GLOBAL), host, host, (members, from, writer, reader) => {
        const place = { chat: "lobby", host: writer };
        const to = atHome(`main@${reader}`, writer);
        const sent = seenFrom(writer, members);
        const there = { chat: "lobby", host: reader };
        const got = seenFrom(reader, members);
        const request = writeMembersRequest(to, atHome(from, writer), sent, place);
        const written = writer === reader ? got : members;
        expect(Object.entries(JSON.parse(request).members)).toEqual(written);
        expect(read(parseMembersRequest, request, there)).toEqual({
          ok: true,
          value: { from: atHome(from, reader), members: got },
        });
        const answer = JSON.stringify({ members: writeMembers(to, sent, place) });
        expect(read(parseMembersAnswer, answer, there)).toEqual({ ok: true, value: got });
        const error = { code: "left", message: "gone" };
        const refusal = JSON.stringify({ error, members: writeMembers(to, sent, place) });
        expect(read(parseRefusal, refusal, there)).toEqual({ ok: true, value: { ...error, members: got } });
      }),
    );
  });

  it("R7 one that was tampered with is refused with a reason, or says members that can be passed on", () => {
    const place = { chat: "lobby", host: HOSTS[0] };
    const bad = { ok: false, reason: expect.stringMatching(/./) };
    let taken = 0;
    const bodies = members.map((members) => writeMembersRequest("main", "b", seenFrom(HOSTS[0], members), place));
    fc.assert(
      fc.property(tampered(bodies), (body) => {
        const result = read(parseMembersRequest, body, place);
        if (!result.ok) {
          expect(result).toEqual(bad);
          return;
        }
        taken++;
        expect(result.value.members.filter(([address, member]) => !isAddress(address) || !isSound(member))).toEqual([]);
        const again = writeMembersRequest("main", result.value.from, result.value.members, place);
        expect(read(parseMembersRequest, again, place)).toEqual(result);
      }),
      runs(1000),
    );
    expect(taken).toBeGreaterThan(20);
    fc.assert(
      fc.property(fc.oneof(anything, fc.json()), (body) => {
        for (const parse of [parseMembersRequest, parseMembersAnswer, parseRefusal])
          expect(read<unknown>(parse, body, place)).toEqual(bad);
      }),
    );
  });
});
