/** Who is connected where. Each server publishes its own set; shown is the union by `id`, so a move from one to another shows nothing. */
import { addressOf, type Here, type Person } from "./wire.ts";

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

/** Someone as shown: on how many servers they are, and on which of them they are said to be. */
interface Shown {
  name: string;
  server: string;
  on: number;
}

export class Presence {
  /** Per server who is connected to it: id → name. */
  readonly #servers = new Map<string, Map<string, string>>();
  readonly #shown = new Map<string, Shown>();
  /** Who came, went or moved since the last look: what they are called, and where they were shown then, if at all. */
  #changed = new Map<string, { name: string; before: string | undefined }>();

  /** Someone appears on a server: there they are shown from now on, also while they are still on another. */
  add(server: string, id: string, name: string): void {
    this.#put(server, id, name, true);
  }

  /** Removes a person from a server; who is still on others is shown on the first of them by address, unless already shown on one of them. */
  remove(server: string, id: string): void {
    if (!this.#servers.get(server)?.delete(id)) return;
    const shown = this.#shown.get(id);
    if (shown === undefined) return;
    if (--shown.on === 0) {
      this.#note(id, shown).name = shown.name;
      this.#shown.delete(id);
    } else if (shown.server === server) {
      this.#note(id, shown);
      shown.server = this.#firstWith(id);
    }
  }

  /** Makes a server's set what it published. */
  replace(server: string, people: Iterable<[id: string, name: string]>): void {
    const next = new Map(people);
    const before = new Set(this.on(server).keys());
    for (const id of before) if (!next.has(id)) this.remove(server, id);
    for (const [id, name] of next) this.#put(server, id, name, !before.has(id));
  }

  /** Who is on a server. */
  on(server: string): ReadonlyMap<string, string> {
    return this.#servers.get(server) ?? new Map();
  }

  /** The servers someone is on. */
  servers(): string[] {
    return [...this.#servers].filter(([, people]) => people.size > 0).map(([server]) => server);
  }

  /** The server someone is shown on. */
  serverOf(id: string): string | undefined {
    return this.#shown.get(id)?.server;
  }

  /** How many people are shown. */
  get count(): number {
    return this.#shown.size;
  }

  /** Whether anybody came, went or moved since the last look, if only to be back. */
  get isNews(): boolean {
    return this.#changed.size > 0;
  }

  /** At most `most` of those shown. */
  names(most: number): Here[] {
    const names: Here[] = [];
    for (const [id, { name, server }] of this.#shown) {
      if (names.length === most) break;
      names.push({ name, id, server: addressOf(server) });
    }
    return names;
  }

  /** Whether someone is on several servers. */
  get overlaps(): boolean {
    for (const { on } of this.#shown.values()) if (on > 1) return true;
    return false;
  }

  /** Whoever is on several servers counts as moved, for it is not known any more which of them was told. */
  doubt(): void {
    for (const [id, { name, on }] of this.#shown) if (on > 1) this.#changed.set(id, { name, before: "" });
  }

  /** Who came, who moved to another server, and who went since the last call; who did all that and is back where they were is in none. */
  differences(): { joined: Here[]; moved: Here[]; left: Person[] } {
    const joined: Here[] = [];
    const moved: Here[] = [];
    const left: Person[] = [];
    for (const [id, { name, before }] of this.#changed) {
      const shown = this.#shown.get(id);
      if (shown === undefined) {
        if (before !== undefined) left.push({ name, id });
        continue;
      }
      const here: Here = { name: shown.name, id, server: addressOf(shown.server) };
      if (before === undefined) joined.push(here);
      else if (addressOf(before) !== here.server) moved.push(here);
    }
    this.#changed = new Map();
    return { joined, moved, left };
  }

  #put(server: string, id: string, name: string, appears: boolean): void {
    const people = this.#servers.get(server) ?? new Map<string, string>();
    this.#servers.set(server, people);
    const shown = this.#shown.get(id);
    if (shown === undefined) {
      this.#note(id, undefined);
      this.#shown.set(id, { name, server, on: 1 });
    } else {
      if (!people.has(id)) shown.on++;
      if (appears && shown.server !== server) {
        this.#note(id, shown);
        shown.server = server;
      }
      shown.name = name;
    }
    people.set(id, name);
  }

  /** Keeps how someone was shown at the last look, before they change. */
  #note(id: string, shown: Shown | undefined): { name: string } {
    const known = this.#changed.get(id);
    if (known) return known;
    const note = { name: shown?.name ?? "", before: shown?.server };
    this.#changed.set(id, note);
    return note;
  }

  #firstWith(id: string): string {
    let first: string | undefined;
    for (const [server, people] of this.#servers)
      if (people.has(id) && (first === undefined || server < first)) first = server;
    if (first === undefined) throw new Error(`'${id}' is counted on a server and is on none`);
    return first;
  }
}
