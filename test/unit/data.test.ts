/** The plain data types under the core, at their edges. */
import { describe, expect, it } from "vitest";
import { hostOf, isLoopback } from "../../src/chat/address.ts";
import { addressFor, read } from "../../src/chat/body.ts";
import { type Member, replaces } from "../../src/chat/members.ts";
import { Presence } from "../../src/chat/presence.ts";
import { Seen } from "../../src/chat/seen.ts";

describe("which member replaces which", () => {
  const alive = (inc: number, epoch: string): Member => ({ inc, status: "alive", epoch });
  const left = (inc: number, epoch: string, final: number): Member => ({ inc, status: "left", epoch, final });

  it("M2 M3 the order is total: inc, then left, then epoch, then final", () => {
    const { final: _, ...unsure } = left(2, "0000000c", 0);
    const order: Member[] = [
      alive(1, "0000000c"),
      left(1, "0000000a", 9),
      alive(2, "0000000b"),
      alive(2, "0000000c"),
      left(2, "0000000a", 9),
      left(2, "0000000b", 9),
      unsure,
      left(2, "0000000c", 0),
      left(2, "0000000c", 1),
      left(2, "0000000c", 7),
      alive(3, "0000000a"),
    ];
    order.forEach((a, i) => {
      order.forEach((b, j) => {
        expect(replaces(a, b)).toBe(i > j);
      });
      expect(replaces(a, undefined)).toBe(true);
    });
  });
});

describe("what was seen", () => {
  it("S3 S5 the highest number stays the highest, whatever comes late", () => {
    const seen = new Seen();
    for (const n of [5, 2, 1, 3]) expect(seen.add("a", n, 0)).toBe(true);
    expect(seen.highest("a")).toBe(5);
    expect([1, 2, 3, 4, 5, 6].map((n) => seen.has("a", n))).toEqual([true, true, true, false, true, false]);
    for (const n of [1, 2, 3, 5]) expect(seen.add("a", n, 0)).toBe(false);
    expect([seen.add("a", 4, 0), seen.add("a", 6, 0), seen.highest("a")]).toEqual([true, true, 6]);
    for (const n of [20, 12, 10, 11, 13]) expect(seen.add("a", n, 9)).toBe(true);
    expect([...seen.entries()]).toEqual([["a", 6, [[10, 13], [20, 20]], 9]]); // biome-ignore format: a table
    const other = new Seen();
    other.merge([["a", 3, [[5, 9], [15, 18]], 7]]); // biome-ignore format: a table
    other.merge(seen.entries());
    expect([...other.entries()]).toEqual([["a", 13, [[15, 18], [20, 20]], 9]]); // biome-ignore format: a table
    expect([14, 15, 19, 20].map((n) => other.has("a", n))).toEqual([false, true, false, true]);
    expect(other.highest("a")).toBe(20);
  });
});

describe("who is where", () => {
  const NOTHING = { joined: [], moved: [], left: [] };
  const ANN = { id: "1", name: "ann" };

  it("P9 who is on several servers is shown where they appeared last, and then on the first that is left", () => {
    const presence = new Presence();
    for (const server of ["d", "b", "c"]) presence.add(server, "1", "ann");
    expect(presence.differences().joined).toEqual([{ ...ANN, server: "c" }]);
    presence.replace("d", [["1", "ann"], ["2", "ben"]]); // biome-ignore format: a list
    expect(presence.serverOf("1")).toBe("c");
    presence.add("d", "1", "ann");
    expect(presence.differences().moved).toEqual([{ ...ANN, server: "d" }]);
    presence.remove("d", "1");
    expect(presence.differences().moved).toEqual([{ ...ANN, server: "b" }]);
    presence.remove("c", "1");
    expect(presence.differences()).toEqual(NOTHING);
    expect(presence.names(9)).toContainEqual({ ...ANN, server: "b" });
  });

  it("P9 P5 who is left over of a server that lost its storage has not moved", () => {
    const presence = new Presence();
    presence.add("b@other.test", "1", "ann");
    presence.differences();
    presence.replace("b@other.test#00000001", [["1", "ann"]]);
    presence.replace("b@other.test", []);
    expect(presence.differences()).toEqual(NOTHING);
    expect(presence.names(9)).toEqual([{ ...ANN, server: "b@other.test" }]);
  });

  it("P1 P3 P9 who goes and comes back between two looks neither joined nor left, and moved if it was elsewhere", () => {
    const presence = new Presence();
    presence.add("a", "1", "ann");
    presence.differences();
    presence.remove("a", "1");
    presence.add("b", "1", "ann");
    expect(presence.differences()).toEqual({ joined: [], moved: [{ id: "1", name: "ann", server: "b" }], left: [] });
    presence.remove("b", "1");
    presence.add("c", "1", "ann");
    presence.remove("c", "1");
    presence.add("b", "1", "ann");
    expect(presence.differences()).toEqual(NOTHING);
    expect(presence.count).toBe(1);
  });

  it("P1 a person is on a server once, however often they are added", () => {
    const presence = new Presence();
    presence.add("a", "1", "ann");
    presence.add("a", "1", "anna");
    expect(presence.differences().joined).toEqual([{ id: "1", name: "anna", server: "a" }]);
    presence.add("a", "1", "annie");
    expect(presence.differences()).toEqual(NOTHING);
    expect(presence.names(1)).toEqual([{ id: "1", name: "annie", server: "a" }]);
    presence.remove("a", "1");
    expect([presence.count, presence.differences().left]).toEqual([0, [{ id: "1", name: "annie" }]]);
  });

  it("P1 a server or person nobody knows can be removed", () => {
    const presence = new Presence();
    presence.remove("nowhere", "1");
    presence.add("a", "1", "ann");
    presence.remove("a", "2");
    presence.remove("b", "1");
    expect([presence.count, presence.on("a").size, presence.on("b").size]).toEqual([1, 1, 0]);
  });

  it("C6 as many are named as asked for, and no more", () => {
    const presence = new Presence();
    presence.replace("a", [["1", "ann"], ["2", "ben"], ["3", "cleo"]]); // biome-ignore format: a list
    expect([0, 1, 3, 9].map((most) => presence.names(most).length)).toEqual([0, 1, 3, 3]);
  });
});

describe("addresses and bodies", () => {
  it("X3 every address of the loopback is this machine", () => {
    expect(["127.10.20.30", "127.255.255.254:65535"].filter(isLoopback)).toHaveLength(2);
    expect(["127.0.0", "127.0.0.1.1", "127.0.0.0001", "localhost:", "mylocalhost"].filter(isLoopback)).toEqual([]);
  });

  it("X1 what stands after the first @ is the host", () => {
    expect([hostOf("@h"), hostOf("b@h@i"), hostOf("b@")]).toEqual(["h", "h@i", ""]);
  });

  it("X4 a deployment without a name of its own adds none", () => {
    expect(addressFor("x@h", "b", { chat: "lobby", host: undefined })).toBe("b");
  });

  it("H7 only a malformed body is the sender's fault; what fails inside is thrown on", () => {
    const fails = () => {
      throw new TypeError("inside");
    };
    expect(() => read(fails, "", { chat: "lobby", host: undefined })).toThrow("inside");
  });
});
