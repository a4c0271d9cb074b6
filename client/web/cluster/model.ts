/** What is known of a cluster, as far as it is told, and what time makes of it: who sleeps is told by nobody. */
import type { LinkView, ServerView, View } from "../../../src/chat/view.ts";
import { type Happening, Happenings } from "./happenings.ts";

/** Milliseconds without a word after which a server that is owed nothing sleeps: the platform puts it to sleep. */
export const ASLEEP_MS = 10_000;
/** Events that are kept. */
const MAX_EVENTS = 200;

export type Condition = "up" | "asleep" | "unreachable" | "left";

/** A server as it is shown; `said`: messages that began to travel there since one looks; `heard`: ms since epoch, by the clock here. */
export interface Shown extends ServerView {
  condition: Condition;
  said: number;
  heard: number | undefined;
}

export interface Event extends Happening {
  key: number;
  /** Milliseconds since epoch. */
  time: number;
}

export class Cluster {
  view: View | undefined;
  readonly events: Event[] = [];
  readonly #happenings = new Happenings();
  /** When servers were last heard of by anyone, by the clock here. */
  readonly #heard = new Map<string, number>();
  readonly #said = new Map<string, number>();
  /** What a server that lost its memory does not know any more. */
  readonly #rtt = new Map<string, number>();
  /** How far the clock of the server is ahead, ms. */
  #ahead = 0;
  #key = 0;

  /** A new view came. */
  hear(view: View, now: number): void {
    for (const happening of this.#happenings.between(this.view, view, now))
      this.events.push({ ...happening, key: this.#key++, time: now });
    this.events.splice(0, this.events.length - MAX_EVENTS);
    this.view = view;
    this.#ahead = view.time - now;
    this.#hearOf(view.server, now);
    for (const { from, to, heard, rtt } of view.links) {
      if (heard !== undefined) this.#hearOf(to, heard - this.#ahead);
      if (rtt !== undefined) this.#rtt.set(`${from}>${to}`, rtt);
    }
  }

  /** Messages began to travel: each to all servers that can be reached, which are awake for it. */
  travel(messages: ReadonlyMap<string, number>, now: number): void {
    for (const [server, count] of messages) this.#said.set(server, (this.#said.get(server) ?? 0) + count);
    for (const { name, status } of this.view?.servers ?? []) if (status === "alive") this.#hearOf(name, now);
  }

  #hearOf(server: string, at: number): void {
    this.#heard.set(server, Math.max(at, this.#heard.get(server) ?? 0));
  }

  servers(now: number): Shown[] {
    return (this.view?.servers ?? []).map((server) => ({
      ...server,
      condition: this.#conditionOf(server, now),
      said: this.#said.get(server.name) ?? 0,
      heard: this.#heard.get(server.name),
    }));
  }

  #conditionOf({ name, status }: ServerView, now: number): Condition {
    if (status !== "alive") return status;
    const owed = this.links().some(({ to, lag }) => to === name && lag !== undefined && lag > 0);
    return owed || now - (this.#heard.get(name) ?? 0) < ASLEEP_MS ? "up" : "asleep";
  }

  links(): LinkView[] {
    return (this.view?.links ?? []).map((link) => {
      const rtt = link.rtt ?? this.#rtt.get(`${link.from}>${link.to}`);
      return rtt === undefined ? link : { ...link, rtt };
    });
  }

  /** How the watched server stands with another one. */
  linkTo(server: string): LinkView | undefined {
    return this.links().find(({ from, to }) => from === this.view?.server && to === server);
  }

  /** A time told by the server, by the clock here. */
  here(time: number): number {
    return time - this.#ahead;
  }

  /** Milliseconds until something looks different by itself; undefined if never. */
  next(now: number): number | undefined {
    const servers = this.servers(now);
    if (servers.some(({ condition }) => condition === "unreachable")) return 1000;
    const sleepy = servers.flatMap(({ condition, heard }) =>
      condition === "up" && heard !== undefined ? [Math.max(100, heard + ASLEEP_MS - now)] : [],
    );
    return sleepy.length > 0 ? Math.min(...sleepy) : undefined;
  }
}
