/** The set of servers as data: how two lists of them become one. */
import { describe, expect, it } from "vitest";
import { lacking, type Member, type Members, merge } from "../../src/chat/members.ts";

const ALIVE: Member = { inc: 1, status: "alive", epoch: "00000001" };

/** The entries two addresses can have, in every combination. */
function everyMap(): Members[] {
  const entries: (Member | undefined)[] = [undefined];
  for (const inc of [1, 2])
    for (const epoch of ["00000001", "00000002"])
      entries.push({ inc, status: "alive", epoch }, { inc, status: "left", epoch, final: 7 });
  return entries.flatMap((a) =>
    entries.map(
      (b) =>
        new Map([["a", a] as const, ["b", b] as const].flatMap(([k, v]): [string, Member][] => (v ? [[k, v]] : []))),
    ),
  );
}

const merged = (a: Members, b: Members): Members => {
  const into = new Map(a);
  merge(into, b);
  return into;
};
const plain = (members: Members) => Object.fromEntries([...members].sort());

describe("merging", () => {
  it("M3 is commutative, idempotent and associative", () => {
    const maps = everyMap();
    for (const a of maps) {
      expect(plain(merged(a, a))).toEqual(plain(a));
      for (const b of maps) expect(plain(merged(a, b))).toEqual(plain(merged(b, a)));
    }
    const some = maps.filter((_, i) => i % 7 === 0);
    for (const a of some)
      for (const b of some)
        for (const c of some) expect(plain(merged(merged(a, b), c))).toEqual(plain(merged(a, merged(b, c))));
  });

  it("M2 the greater incarnation wins, and of equals left wins", () => {
    const left: Member = { ...ALIVE, status: "left", final: 3 };
    const again: Member = { ...ALIVE, inc: 2 };
    expect(merged(new Map([["a", ALIVE]]), new Map([["a", left]])).get("a")).toBe(left);
    expect(merged(new Map([["a", left]]), new Map([["a", ALIVE]])).get("a")).toBe(left);
    expect(merged(new Map([["a", left]]), new Map([["a", again]])).get("a")).toBe(again);
    expect(lacking(new Map([["a", again], ["b", ALIVE]]), new Map([["a", left], ["b", ALIVE]]))).toEqual(new Map([["a", again]])); // biome-ignore format: two maps
  });
});
