/** Which messages were seen, and who is here: against the plainest thing that answers the same. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Presence } from "../../../src/chat/presence.ts";
import { Seen } from "../../../src/chat/seen.ts";
import { history, IDS, personName } from "./arbitraries.ts";

const id = fc.constantFrom(...IDS);
const n = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 8 }) }, fc.integer({ min: 1, max: 2 ** 50 }));

it("R8 S5 in any order and repetition, seen is exactly what was added", () => {
  fc.assert(
    fc.property(history(fc.tuple(id, n), 40), (added) => {
      const seen = new Seen();
      const model = new Set<string>();
      for (const [id, n] of added) {
        expect(seen.add(id, n, 0)).toBe(!model.has(`${id} ${n}`));
        model.add(`${id} ${n}`);
      }
      const numbers = [...Array.from({ length: 10 }, (_, i) => i + 1), ...added.map(([, n]) => n)];
      for (const id of IDS) {
        for (const n of numbers) expect(seen.has(id, n)).toBe(model.has(`${id} ${n}`));
        const own = added.filter(([other]) => other === id).map(([, n]) => n);
        expect(seen.highest(id)).toBe(Math.max(0, ...own));
      }
    }),
  );
});

const without = (some: Set<string>, others: Set<string>) => [...some].filter((id) => !others.has(id));

/** Who is on each server, what each person was last called, and where they appeared last. */
class Crowd {
  readonly servers = new Map<string, Map<string, string>>();
  readonly called = new Map<string, string>();
  #at = new Map<string, string>();
  #told = new Map<string, string>();

  on(server: string): Map<string, string> {
    const people = this.servers.get(server) ?? new Map();
    this.servers.set(server, people);
    return people;
  }

  add(server: string, id: string, name: string): void {
    this.#at.set(id, server);
    this.on(server).set(id, name);
    this.called.set(id, name);
  }

  remove(server: string, id: string): void {
    this.on(server).delete(id);
    const others = [...this.servers.keys()].filter((other) => this.on(other).has(id)).sort();
    if (this.#at.get(id) === server) this.#at.set(id, others[0] ?? "");
  }

  replace(server: string, people: Map<string, string>): void {
    for (const id of [...this.on(server).keys()]) if (!people.has(id)) this.remove(server, id);
    for (const [id, name] of people)
      if (this.on(server).has(id)) {
        this.on(server).set(id, name);
        this.called.set(id, name);
      } else this.add(server, id, name);
  }

  get ids(): Set<string> {
    return new Set([...this.servers.values()].flatMap((people) => [...people.keys()]));
  }

  people(ids: Iterable<string>): { id: string; name: string }[] {
    return [...ids].sort().map((id) => ({ id, name: this.called.get(id) ?? "" }));
  }

  here(ids: Iterable<string>): { id: string; name: string; server: string }[] {
    return this.people(ids).map((person) => ({ ...person, server: this.#at.get(person.id) ?? "" }));
  }

  differences() {
    const [then, now] = [this.#told, this.ids];
    this.#told = new Map([...now].map((id) => [id, this.#at.get(id) ?? ""]));
    const before = new Set(then.keys());
    const moved = [...now].filter((id) => before.has(id) && then.get(id) !== this.#at.get(id));
    return {
      joined: this.here(without(now, before)),
      moved: this.here(moved),
      left: this.people(without(before, now)),
    };
  }
}

const SERVERS = ["main", "b", "c@other.test"];
const server = fc.constantFrom(...SERVERS);
const person = fc.tuple(id, personName);
const happening = fc.oneof(
  fc.record({ what: fc.constant("add" as const), server, person }),
  fc.record({ what: fc.constant("remove" as const), server, id }),
  fc.record({ what: fc.constant("replace" as const), server, people: fc.array(person, { maxLength: 4 }) }),
  fc.record({ what: fc.constant("look" as const) }),
);
const sorted = <T extends { id: string }>(people: T[]): T[] => people.sort((a, b) => (a.id < b.id ? -1 : 1));

it("P1 P2 P9 shown is the union by id, and the differences are those between one look and the next", () => {
  fc.assert(
    fc.property(history(happening, 30), fc.nat(4), (happenings, most) => {
      const presence = new Presence();
      const crowd = new Crowd();
      for (const happening of happenings) {
        if (happening.what === "add") {
          presence.add(happening.server, ...happening.person);
          crowd.add(happening.server, ...happening.person);
        } else if (happening.what === "remove") {
          presence.remove(happening.server, happening.id);
          crowd.remove(happening.server, happening.id);
        } else if (happening.what === "replace") {
          presence.replace(happening.server, happening.people);
          crowd.replace(happening.server, new Map(happening.people));
        } else {
          const { joined, moved, left } = presence.differences();
          expect({ joined: sorted(joined), moved: sorted(moved), left: sorted(left) }).toEqual(crowd.differences());
        }
        expect(presence.count).toBe(crowd.ids.size);
        expect(sorted(presence.names(IDS.length))).toEqual(crowd.here(crowd.ids));
        expect(presence.names(most).length).toBe(Math.min(most, presence.count));
        for (const server of SERVERS) expect(new Map(presence.on(server))).toEqual(crowd.on(server));
      }
    }),
  );
});
