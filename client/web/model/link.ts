/** How it stands with the connection, in words: nothing while it holds or is only being moved, the truth when it does not. */
import type { Status } from "../../lib/index.ts";

/** Milliseconds without a connection before it is said: a move to another server takes less. */
const QUIET_MS = 2000;
/** Milliseconds without another message after which what was missed is there. */
const SETTLED_MS = 700;
/** Milliseconds a notice stays. */
const NOTICE_MS = 6000;

export type Banner =
  /** `seconds` until the next try, 0 while one is under way. */
  | { kind: "offline"; text: string; seconds: number; waiting: number }
  /** For good; `again`: what can be done. */
  | { kind: "ended"; text: string; again: "here" | "anew" }
  | { kind: "notice"; text: string };

/** Whether what is known of people and servers is only what was known last: it is said that there is no connection, now or any more. */
export const isOutdated = (banner: Banner | undefined): boolean => banner !== undefined && banner.kind !== "notice";

/** Times are of the clock of the client's `until`. */
export class Link {
  #status: Status;
  #lostAt: number | undefined;
  /** What has come since the connection is back. */
  #back: { count: number; at: number } | undefined;
  #notice: { text: string; until: number } | undefined;
  /** The server one is or was connected to. */
  server: string | undefined;
  /** Called when the connection is back after it was said that it was gone. */
  returned: () => void = () => {};

  constructor(status: Status, now: number) {
    this.#status = status;
    this.#lostAt = now;
  }

  /** Whether there is no connection now. */
  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  turn(status: Status, now: number): void {
    this.#status = status;
    if (status.is !== "online") {
      this.#lostAt ??= now;
      this.#back = undefined;
      return;
    }
    const wasSaid = this.#lostAt !== undefined && now - this.#lostAt > QUIET_MS;
    this.#lostAt = undefined;
    this.server = status.server;
    if (!wasSaid) return;
    this.#back = { count: 0, at: now };
    this.returned();
  }

  /** A message of somebody else came; answers whether it is the first of what was missed. */
  heard(now: number): boolean {
    if (this.#back === undefined) return false;
    this.#back = { count: this.#back.count + 1, at: now };
    return this.#back.count === 1;
  }

  say(text: string, now: number): void {
    this.#notice = { text, until: now + NOTICE_MS };
  }

  /** Lets time pass. */
  tick(now: number): void {
    if (this.#back && now - this.#back.at >= SETTLED_MS) {
      const { count } = this.#back;
      this.#back = undefined;
      this.say(count === 0 ? "Back online" : `Caught up: ${count} ${count === 1 ? "message" : "messages"}`, now);
    }
    if (this.#notice && now >= this.#notice.until) this.#notice = undefined;
  }

  /** Milliseconds until something may look different by itself; undefined if never. */
  get next(): number | undefined {
    const idle = this.#status.is === "online" && !this.#back && !this.#notice;
    return idle || (this.#status.is === "offline" && this.#status.final) ? undefined : 250;
  }

  /** `waiting`: how many messages wait for their echo. */
  banner(now: number, waiting: number): Banner | undefined {
    const status = this.#status;
    if (status.is === "offline" && status.final) return ended(status.code, status.why);
    if (this.#lostAt !== undefined && now - this.#lostAt > QUIET_MS) {
      const until = status.is === "offline" ? status.until : now;
      return { kind: "offline", text: "No connection", seconds: Math.max(0, Math.ceil((until - now) / 1000)), waiting };
    }
    return this.#notice && { kind: "notice", text: this.#notice.text };
  }
}

function ended(code: string, why: string): Banner {
  if (code === "replaced") return { kind: "ended", text: "You went on in another tab", again: "here" };
  return { kind: "ended", text: code === "left" ? "You left the chat" : `The server says no: ${why}`, again: "anew" };
}
