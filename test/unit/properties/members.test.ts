/** Members merge: whoever hears of what, in whatever order and however often, ends with the same set. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lacking, type Member, type Members, merge, replaces } from "../../../src/chat/members.ts";
import { ADDRESSES, entries, member } from "./arbitraries.ts";

/** Few addresses, so that maps meet in them. */
const members: fc.Arbitrary<Members> = entries(ADDRESSES.slice(0, 5)).map((list) => new Map(list));

const merged = (...maps: Members[]): Members => {
  const into: Members = new Map();
  for (const map of maps) merge(into, map);
  return into;
};
const plain = (members: Members) => Object.fromEntries(members);
const equal = (a: Member, b: Member) => JSON.stringify(a) === JSON.stringify(b);

describe("merging", () => {
  it("M3 is associative, commutative and idempotent", () => {
    fc.assert(
      fc.property(members, members, members, (a, b, c) => {
        expect(plain(merged(merged(a, b), c))).toEqual(plain(merged(a, merged(b, c))));
        expect(plain(merged(a, b))).toEqual(plain(merged(b, a)));
        expect(plain(merged(a, b, b, a))).toEqual(plain(merged(a, b)));
      }),
    );
  });

  it("M2 M3 any order and repetition of the same news ends in the same set", () => {
    const news = fc.array(members, { minLength: 1, maxLength: 4 });
    const orders = fc.array(fc.nat(3), { maxLength: 12 });
    fc.assert(
      fc.property(news, orders, (maps, order) => {
        const heard = order.map((i) => maps[i % maps.length] as Members);
        expect(plain(merged(...heard, ...maps))).toEqual(plain(merged(...maps)));
      }),
    );
  });

  it("M2 is monotone: each entry is one of those there were, none is smaller, and the changed ones are named", () => {
    fc.assert(
      fc.property(members, members, (a, b) => {
        const into = new Map(a);
        const changed = merge(into, b);
        expect([...into.keys()].sort()).toEqual([...new Set([...a.keys(), ...b.keys()])].sort());
        for (const [address, entry] of into) {
          const before = [a.get(address), b.get(address)].filter((entry) => entry !== undefined);
          expect(before).toContainEqual(entry);
          expect(before.filter((old) => replaces(old, entry))).toEqual([]);
        }
        expect(changed.sort()).toEqual([...into.keys()].filter((key) => into.get(key) !== a.get(key)).sort());
      }),
    );
  });

  it("M4 what someone lacks is all they need, and nothing more", () => {
    fc.assert(
      fc.property(members, members, (ours, theirs) => {
        const lack = lacking(ours, theirs);
        const all = plain(merged(theirs, ours));
        expect(plain(merged(theirs, lack))).toEqual(all);
        for (const address of lack.keys()) {
          const less = new Map([...lack].filter(([other]) => other !== address));
          expect(plain(merged(theirs, less))).not.toEqual(all);
        }
        expect(lacking(ours, merged(theirs, lack)).size).toBe(0);
      }),
    );
  });
});

describe("the order of a server's entries", () => {
  it("M2 the greater incarnation replaces, and of equals left replaces alive", () => {
    fc.assert(
      fc.property(member, member, (a, b) => {
        if (a.inc !== b.inc) expect(replaces(a, b)).toBe(a.inc > b.inc);
        else if (a.status !== b.status) expect(replaces(a, b)).toBe(a.status === "left");
        expect(replaces(a, undefined)).toBe(true);
      }),
    );
  });

  it("M3 is strict and total: of two that differ exactly one replaces the other, and it is transitive", () => {
    fc.assert(
      fc.property(member, member, member, (a, b, c) => {
        expect(replaces(a, { ...a })).toBe(false);
        expect([replaces(a, b), replaces(b, a)].filter(Boolean).length).toBe(equal(a, b) ? 0 : 1);
        if (replaces(a, b) && replaces(b, c)) expect(replaces(a, c)).toBe(true);
      }),
    );
  });
});
