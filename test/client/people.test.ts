/** Who is here and where, as a client keeps it. */
import { expect, it } from "vitest";
import { People, serverOf } from "../../client/lib/index.ts";
import { entry } from "./rig.ts";

const JOHN = { name: "John", id: "1d", server: "main" };
const ANNE = { name: "Anne", id: "2d", server: "b" };
const crowd = (count: number) => Array.from({ length: count }, (_, i) => ({ name: "p", id: `f${i}`, server: "main" }));

/** Who was welcomed to a chat. */
function welcomed(names: (typeof JOHN)[], count: number): People {
  const people = new People();
  people.welcome({ ...JOHN, names, count });
  return people;
}

it("K28 where somebody is comes from the welcome, join, move and a list of all", () => {
  const people = welcomed([JOHN], 1);
  people.add(ANNE);
  expect(people.known).toEqual([JOHN, ANNE]);
  people.move({ ...ANNE, server: "main" });
  people.move({ name: "nobody", id: "3d", server: "main" });
  expect(people.known).toEqual([JOHN, { ...ANNE, server: "main" }]);
  people.reset([{ ...JOHN, server: "c" }, ANNE], 2);
  expect(people.known).toEqual([{ ...JOHN, server: "c" }, ANNE]);
  expect(people.count).toBe(2);
});

it("K28 one's own join is counted once, also in a crowd that is not listed whole", () => {
  for (const count of [100, 101, 150]) {
    const people = welcomed(crowd(100).slice(0, count === 100 ? 99 : 100), count);
    people.add(JOHN);
    expect([people.count, people.known.length, people.isAll]).toEqual([count, Math.min(count, 101), count < 150]);
    people.remove(JOHN);
    expect(people.count).toBe(count - 1);
  }
  const listed = [...crowd(99), JOHN];
  expect(welcomed(listed, 101).isAll).toBe(false);
});

it("K28 in a crowd everyone is counted who comes or goes by name, known or not", () => {
  const people = welcomed(crowd(100), 150);
  people.hear(ANNE, "b");
  people.reset([], 140);
  people.add(ANNE);
  expect([people.count, people.isAll]).toEqual([141, false]);
  people.remove(JOHN);
  people.add(JOHN);
  expect(people.count).toBe(141);
  people.reset([], 90);
  expect(people.isAll).toBe(false);
  people.reset(crowd(90), 90);
  expect([people.known.length, people.isAll]).toEqual([90, true]);
});

it("K28 a welcome forgets who was known before", () => {
  const people = welcomed([JOHN, ANNE], 2);
  people.welcome({ ...JOHN, names: crowd(100), count: 102 });
  expect([people.known.includes(ANNE), people.known.length, people.isAll]).toEqual([false, 101, false]);
});

it("K28 who goes without having been counted is not counted off", () => {
  const people = welcomed([JOHN], 1);
  people.remove(ANNE);
  expect(people.count).toBe(1);
  const many = welcomed(crowd(100), 150);
  many.remove(ANNE);
  expect(many.count).toBe(149);
});

it("K28 P11 in a crowd who speaks is where they speak; where all are known that is told otherwise", () => {
  const people = welcomed(crowd(100), 150);
  people.hear(ANNE, "b");
  people.hear({ name: "p", id: "f0" }, "b");
  people.hear({ name: "p", id: "f0" });
  expect(people.known.filter(({ server }) => server === "b").map(({ id }) => id)).toEqual(["f0", "2d"]);
  const few = welcomed([JOHN, ANNE], 2);
  few.hear(ANNE, "main");
  expect(few.known).toContainEqual(ANNE);
});

it("K28 P11 an origin names a server only if there is one of that name, and it has not left", () => {
  const servers = [entry("b@other.test"), entry("c", "left"), entry("d", "left"), entry("d@other.test"), entry("main")];
  servers.push(entry("main@other.test"), entry("e", "unreachable"));
  const of = (name: string) => serverOf(`${name}#00000001`, servers);
  expect(["b", "c", "d", "e", "main", "nowhere"].map(of)).toEqual(["b@other.test", undefined, undefined, "e", undefined, undefined]); // biome-ignore format: a table
});
