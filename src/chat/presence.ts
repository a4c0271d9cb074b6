/** Who is connected where. Each server publishes its own set; shown is the union by `id`, so a move from one to another shows nothing. */
import type { Person } from "./wire.ts";

/** What one server publishes. A greater version of the same epoch, or any of another epoch, is newer. */
export interface Published {
  epoch: string;
  version: number;
  people: [id: string, name: string][];
}

/** What changed since version `since`: who came has a name, who went has none. */
export interface Change extends Omit<Published, "people"> {
  since: number;
  people: [id: string, name: string | null][];
}

/** Which version of whose set someone holds. */
export type Held = [epoch: string, version: number];

export class Presence {
  /** Per server who is connected to it: id → name. */
  readonly #servers = new Map<string, Map<string, string>>();
  /** Per shown id on how many servers. */
  readonly #shown = new Map<string, { name: string; on: number }>();
  #joined = new Map<string, string>();
  #left = new Map<string, string>();

  /** Adds a person to a server. */
  add(server: string, id: string, name: string): void {
    const people = this.#servers.get(server) ?? new Map<string, string>();
    this.#servers.set(server, people);
    const shown = this.#shown.get(id);
    if (shown === undefined) {
      this.#shown.set(id, { name, on: 1 });
      if (!this.#left.delete(id)) this.#joined.set(id, name);
    } else {
      shown.name = name;
      if (!people.has(id)) shown.on++;
      if (this.#joined.has(id)) this.#joined.set(id, name);
    }
    people.set(id, name);
  }

  /** Removes a person from a server. */
  remove(server: string, id: string): void {
    if (!this.#servers.get(server)?.delete(id)) return;
    const shown = this.#shown.get(id);
    if (shown === undefined || --shown.on > 0) return;
    this.#shown.delete(id);
    if (!this.#joined.delete(id)) this.#left.set(id, shown.name);
  }

  /** Makes a server's set what it published. */
  replace(server: string, people: Iterable<[id: string, name: string]>): void {
    const next = new Map(people);
    for (const id of [...(this.#servers.get(server)?.keys() ?? [])]) if (!next.has(id)) this.remove(server, id);
    for (const [id, name] of next) this.add(server, id, name);
  }

  /** Who is on a server. */
  on(server: string): ReadonlyMap<string, string> {
    return this.#servers.get(server) ?? new Map();
  }

  /** The servers someone is on. */
  servers(): string[] {
    return [...this.#servers].filter(([, people]) => people.size > 0).map(([server]) => server);
  }

  /** How many people are shown. */
  get count(): number {
    return this.#shown.size;
  }

  /** At most `most` of those shown. */
  names(most: number): Person[] {
    const names: Person[] = [];
    for (const [id, { name }] of this.#shown) {
      if (names.length === most) break;
      names.push({ name, id });
    }
    return names;
  }

  /** Who came and who went since the last call; who did both is in neither. */
  differences(): { joined: Person[]; left: Person[] } {
    const joined = [...this.#joined].map(([id, name]) => ({ name, id }));
    const left = [...this.#left].map(([id, name]) => ({ name, id }));
    this.#joined = new Map();
    this.#left = new Map();
    return { joined, left };
  }
}
