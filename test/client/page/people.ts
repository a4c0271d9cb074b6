/** Conversations of the page, played by hand. */
import type { Heard } from "../../../client/lib/index.ts";
import { Conversation } from "../../../client/web/model/conversation.ts";
import type { Entry, Row, Said } from "../../../client/web/model/rows.ts";
import { message, welcome } from "../rig.ts";

/** A moment `ms` after all began. */
export const at = (ms: number) => ({ now: ms, time: 1_790_000_000_000 + ms });
export const ANNE = { name: "Anne", id: "a1a1a1" };

/** What somebody else says, number `n` of main. */
export const said = (n: number, text: string, fields: object = {}) =>
  message(n, text, { ...ANNE, time: at(n).time, ...fields }) as Heard & { type: "message" };

export class Play extends Conversation {
  /** A conversation that was welcomed with these fields. */
  static welcomed(fields: object = {}): Play {
    const play = new Play("John", { is: "connecting" }, at(0));
    play.tell(welcome(fields));
    play.turn({ is: "online", server: "main" }, 1);
    return play;
  }

  /** Hears these objects, by default right away. */
  tell(object: object, ms = 1): void {
    this.hear(object as Heard, at(ms));
  }

  get rows(): Row[] {
    return [...this.timeline.chunks.flatMap(({ rows }) => rows), ...this.timeline.tail, ...this.mine];
  }

  get said(): Said[] {
    return this.rows.map(({ entry }) => entry).filter((entry: Entry) => entry.kind === "said");
  }

  get texts(): string[] {
    return this.said.map(({ text }) => text);
  }
}
