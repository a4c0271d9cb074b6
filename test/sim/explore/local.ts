/**
 * Servers as values. The core changes its state in place and cannot be copied, so a server is known by what happened to it since it last had
 * no memory, and is made again from that. Whatever happens to equal servers is worked out once.
 */
import { createHash } from "node:crypto";
import { dump } from "./dump.ts";
import { type Facts, factsOf } from "./facts.ts";
import { type Happening, Host, nothing, type Output, type Rest } from "./host.ts";

/** Hosts kept for a step on; the oldest go first, and are made again if need be. */
const MAX_WARM = 5000;
/** Of so many states reached in two ways, one is tried both ways: what the dump forgets is never in one state alone. */
const CHECKED = 5;

/** How a step ends: well, or with the loss of memory before or after what it writes is durable. */
export type Fate = "well" | "before" | "after";

/** The way to a server's present state. */
type Way = { rest: Rest } | { back: Way; happening: Happening; now: number };

export interface Outcome extends Output {
  local: Local;
}

export interface Local extends Facts {
  readonly id: number;
  readonly name: string;
  readonly life: number;
  readonly way: Way;
  /** Another way to the same state, if one was found. */
  other: Way | undefined;
  /** What comes of what may happen, as far as it was asked for. */
  readonly known: Map<string, Known>;
  /** What is left of it without memory. */
  readonly forgotten: Map<string, Outcome>;
}

/** What comes of a happening, and what is left if the memory is lost before or after the commit. */
interface Known {
  well: Outcome;
  before?: Outcome;
  after?: Outcome;
  rests: { before: Rest; after: Rest };
  asking: string[];
}

export class Locals {
  readonly #all = new Map<string, Local>();
  /** Hosts that just came to a state, for the first step on from there. */
  readonly #warm = new Map<Local, Host>();
  /** Steps of the core, also those that were taken again on the way to a state. */
  steps = 0;

  get size(): number {
    return this.#all.size;
  }

  /** A server whose memory is lost, or that never had any. */
  asleep(name: string, rest: Rest): Local {
    return this.#keep(new Host(name, rest), { rest });
  }

  /** A server whose memory goes now, between two steps, and with it its connections, unless they hibernate, or even its storage. */
  forget(local: Local, how: "cut" | "hibernate" | "wipe", now: number): Outcome {
    const key = `${now} ${how}`;
    const known = local.forgotten.get(key);
    if (known) return known;
    const host = this.#at(local.name, local.way);
    const rest = host.rest(how === "hibernate" ? how : "cut", now);
    const left = how === "wipe" ? { ...rest, journal: [], alarm: null } : rest;
    const outcome = this.#lost(local.name, left, local.asked);
    local.forgotten.set(key, outcome);
    return outcome;
  }

  /** What comes of a happening, which `short` tells from all others. */
  happen(local: Local, happening: Happening, short: string, now: number, fate: Fate = "well"): Outcome {
    const key = `${now} ${short}`;
    const known = local.known.get(key) ?? this.#work(local, local.way, happening, now);
    if (!local.known.has(key)) {
      local.known.set(key, known);
      if (local.other && local.id % CHECKED === 0)
        this.#agree(known, this.#work(local, local.other, happening, now), key);
    }
    if (fate === "well") return known.well;
    const { asking, well } = known;
    known[fate] ??= { ...this.#lost(local.name, known.rests[fate], asking), wrong: well.wrong };
    return known[fate];
  }

  #work(local: Local, way: Way, happening: Happening, now: number): Known {
    const warm = way === local.way ? this.#warm.get(local) : undefined;
    this.#warm.delete(local);
    const host = warm ?? this.#at(local.name, way);
    const before = host.rest("cut", now);
    const asking = [...host.asked.values(), ...("asker" in happening ? [happening.asker] : [])];
    const out = nothing();
    this.steps++;
    try {
      host.happen(happening, now, out);
    } catch (error) {
      out.wrong = `throws ${error instanceof Error ? error.stack : error}`;
    }
    // What was minted is not minted again.
    const rests = { before: { ...before, minted: host.minted }, after: host.rest("cut", now) };
    return { asking, rests, well: { ...out, local: this.#keep(host, { back: way, happening, now }) } };
  }

  #agree({ well }: Known, other: Known, key: string): void {
    const [one, two] = [told(well), told(other.well)];
    if (one !== two) throw new Error(`two ways to one state of ${well.local.name} differ on ${key}:\n${one}\n${two}`);
  }

  /** All who asked hear nothing, also those whose answer was given but not let out. */
  #lost(name: string, rest: Rest, asking: string[]): Outcome {
    const answers = asking.map((asker) => ({ asker, status: 0, body: "" }));
    return { ...nothing(), answers, local: this.asleep(name, rest) };
  }

  #at(name: string, way: Way): Host {
    const happened: { happening: Happening; now: number }[] = [];
    let at = way;
    while (!("rest" in at)) {
      happened.push(at);
      at = at.back;
    }
    const host = new Host(name, at.rest);
    for (let i = happened.length - 1; i >= 0; i--) {
      const { happening, now } = happened[i] as { happening: Happening; now: number };
      host.happen(happening, now);
    }
    this.steps += happened.length;
    return host;
  }

  #keep(host: Host, way: Way): Local {
    const key = createHash("md5")
      .update(`${host.name} ${dump(host)}`)
      .digest("base64");
    let local = this.#all.get(key);
    if (local === undefined) {
      const { name, life } = host;
      local = {
        id: this.#all.size,
        name,
        life,
        way,
        other: undefined,
        known: new Map(),
        forgotten: new Map(),
        ...factsOf(host),
      };
      this.#all.set(key, local);
      if (host.state) this.#warm.set(local, host);
      if (this.#warm.size > MAX_WARM) this.#warm.delete(this.#warm.keys().next().value as Local);
    } else if (local.way !== way) local.other ??= way;
    return local;
  }
}

/** What a step let out; to whom of several clients first does not matter. */
const told = ({ local, ...out }: Outcome): string =>
  JSON.stringify([local.id, { ...out, down: out.down.toSorted((a, b) => a.client - b.client) }]);
