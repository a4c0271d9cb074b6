/** A server's storage in memory, and how a core starts from it. */
import { createHash } from "node:crypto";
import { boot } from "../src/chat/boot.ts";
import type { Attachment, Effect, PARKED } from "../src/chat/effects.ts";
import type { Head } from "../src/chat/log.ts";
import type { Member } from "../src/chat/members.ts";
import type { Published } from "../src/chat/presence.ts";
import type { State } from "../src/chat/state.ts";

/** What a socket remembers. */
export type Remembered = Attachment | typeof PARKED | null;

export class Disk {
  readonly rows: { heads: Head[]; lines: string }[] = [];
  readonly kv = new Map<string, unknown>();
  alarm: number | null = null;

  /** Keeps what an effect writes; alarms are for whoever rings them. */
  write(effect: Effect): void {
    if (effect.do === "append")
      this.rows[effect.pos - 1] = structuredClone({ heads: effect.heads, lines: effect.lines });
    if (effect.do === "put") this.kv.set(effect.key, structuredClone(effect.value));
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
        const row = this.rows[pos - 1];
        if (row === undefined) throw new Error(`row ${pos} of ${place.name} is not written`);
        return row.lines;
      },
    };
    const stored = {
      members: this.#of<Member>("member/"),
      published: this.#of<Published>("presence/"),
      rows: this.rows.map(({ heads }) => structuredClone(heads)),
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
