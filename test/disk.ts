/** A server's storage in memory, and how a core starts from it. */
import { createHash } from "node:crypto";
import type { Head } from "../src/chat/batch.ts";
import { boot } from "../src/chat/boot.ts";
import type { Attachment, Effect, PARKED, WATCHER } from "../src/chat/effects.ts";
import { BRISK, CROWD, PACE_MS, RETENTION, WINDOW } from "../src/chat/limits.ts";
import type { Floor } from "../src/chat/log.ts";
import type { Member } from "../src/chat/members.ts";
import type { Published } from "../src/chat/presence.ts";

import type { SessionEntry } from "../src/chat/seen.ts";
import type { Bounds, State } from "../src/chat/state.ts";

/** What a socket remembers. */
export type Remembered = Attachment | typeof PARKED | typeof WATCHER | null;

/** One row of the log. */
export interface Row {
  heads: Head[];
  lines: string;
}

export class Disk {
  readonly bounds: Bounds;
  readonly #rows = new Map<number, Row>();
  readonly kv = new Map<string, unknown>();
  alarm: number | null = null;

  constructor(bounds: Partial<Bounds> = {}) {
    this.bounds = {
      retention: RETENTION,
      window: WINDOW,
      pace: PACE_MS,
      brisk: BRISK.times,
      crowd: CROWD,
      ...bounds,
    };
  }

  /** Keeps what an effect writes; alarms are for whoever rings them. */
  write(effect: Effect): void {
    if (effect.do === "append")
      this.#rows.set(effect.pos, structuredClone({ heads: effect.heads, lines: effect.lines }));
    if (effect.do === "trim") for (const pos of this.#rows.keys()) if (pos < effect.below) this.#rows.delete(pos);
    if (effect.do === "put") this.kv.set(effect.key, structuredClone(effect.value));
  }

  /** The rows of the log, in the order written. */
  get rows(): Row[] {
    return [...this.#rows.values()];
  }

  /** A core that knows what is written here. */
  boot(
    place: Pick<State, "chat" | "name" | "host">,
    chance: { mint(): string; random(): number },
    sockets: [number, Remembered][],
  ): State {
    const env = {
      ...chance,
      idOf: (session: string) => createHash("sha256").update(session).digest("hex").slice(0, 20),
      read: (pos: number) => {
        const row = this.#rows.get(pos);
        if (row === undefined) throw new Error(`row ${pos} of ${place.name} is not written`);
        return row.lines;
      },
      ...this.bounds,
    };
    const floor = structuredClone(this.kv.get("floor")) as Floor | undefined;
    const stored = {
      members: this.#of<Member>("member/"),
      published: this.#of<Published>("presence/"),
      unreachable: this.#of<boolean>("unreachable/").flatMap(([address, is]) => (is ? [address] : [])),
      floor,
      sessions: this.#of<SessionEntry[]>("seen/").flatMap(([, entries]) => entries),
      rows: [...this.#rows].filter(([pos]) => pos >= (floor?.pos ?? 0)).map(([, { heads }]) => structuredClone(heads)),
      alarm: this.alarm,
    };
    return boot(place, env, stored, sockets);
  }

  #of<T>(kind: string): [string, T][] {
    return [...this.kv].flatMap(([key, value]): [string, T][] =>
      key.startsWith(kind) ? [[key.slice(kind.length), structuredClone(value) as T]] : [],
    );
  }
}
