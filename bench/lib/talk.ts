/**
 * People who talk at an even pace on the servers of one chat. On each server the first of them reads all that is said and checks it: everybody's
 * texts, once and in order. The others must have received as many bytes.
 */
import { type Crowd, gather } from "./crowd.ts";
import { settle } from "./group.ts";
import type { Line } from "./line.ts";
import type { RawSocket } from "./socket.ts";
import { within } from "./wait.ts";
import { difference, textOf } from "./witness.ts";

/** How long what was said may take to be heard by all, in milliseconds. */
const HEAR_MS = 30_000;
/** Lines that say that something went wrong. */
const FATAL = new Set(["error", "exit", "reset"]);

/** Who talks: the first on the first server, or the first on each, taking turns. */
export type Speakers = "one" | "all";

export interface TalkOptions {
  readonly port: number;
  readonly chat: string;
  readonly servers: readonly string[];
  readonly people: number;
  readonly speakers: Speakers;
}

interface Speaker {
  readonly socket: RawSocket;
  said: number;
}

export class Talk {
  readonly #crowd: Crowd;
  readonly #speakers: Speaker[];
  /** Per server, how many texts its witness has heard. */
  readonly #heard: number[];
  /** Characters of the last message heard, as its server wrote it. */
  lineLength = 0;
  #said = 0;
  #wrong: string | undefined;
  /** Called when all have heard all that was said, or something went wrong. */
  #onHeard: () => void = () => {};

  private constructor(crowd: Crowd, speakers: Speakers) {
    this.#crowd = crowd;
    const witnesses = crowd.groups.map(({ witness }) => witness);
    this.#speakers = (speakers === "one" ? witnesses.slice(0, 1) : witnesses).map((socket) => ({ socket, said: 0 }));
    this.#heard = witnesses.map(() => 0);
    witnesses.forEach((witness, at) => {
      const next = new Map<unknown, number>();
      witness.onLine = (line) => this.#hear(line, at, next);
    });
    crowd.onEnd = (why) => this.#fail(`a connection ended: ${why}`);
    for (const group of crowd.groups) group.resetCount();
  }

  static async gather({ port, chat, servers, people, speakers }: TalkOptions): Promise<Talk> {
    return new Talk(await gather({ port, chat, servers, receivers: people, ack: true }), speakers);
  }

  /** Says so many texts, `perSecond` of them, and waits until all have heard them. Answers on how many occasions: a busy machine is not always in time. */
  async say(count: number, perSecond: number): Promise<number> {
    const began = performance.now();
    let occasions = 0;
    await new Promise<void>((resolve) => {
      let left = count;
      const talk = (): void => {
        const due = 1 + Math.floor(((performance.now() - began) / 1000) * perSecond) - (count - left);
        for (let i = 0; i < due && left > 0; i++, left--) this.#speak();
        if (due > 0) occasions++;
        if (left === 0) resolve();
        else setTimeout(talk, Math.max(1, began + ((count - left) / perSecond) * 1000 - performance.now()));
      };
      talk();
    });
    await this.#allHeard();
    return occasions;
  }

  /** Says so many texts one by one: the next when all servers have the one before. */
  async sayOneByOne(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.#speak();
      await this.#allHeard();
    }
  }

  /** Everybody pings. */
  ping(): void {
    for (const { sockets } of this.#crowd.groups) for (const socket of sockets) socket.send(["ping"]);
  }

  /** Throws if anybody missed, repeated or was told anything else. */
  async check(): Promise<void> {
    await settle(this.#crowd.groups);
    const wrong = this.#wrong ?? this.#crowd.groups.map(difference).find((found) => found !== undefined);
    if (wrong !== undefined) throw new Error(wrong);
  }

  close(): void {
    this.#crowd.close();
  }

  #speak(): void {
    const speaker = this.#speakers[this.#said++ % this.#speakers.length] as Speaker;
    const n = ++speaker.said;
    speaker.socket.send([JSON.stringify({ type: "send", text: textOf(n), n })]);
  }

  #hear(line: Line, at: number, next: Map<unknown, number>): void {
    if (FATAL.has(line.type)) this.#fail(JSON.stringify(line));
    if (line.type !== "message") return;
    const n = next.get(line.id) ?? 1;
    if (line.n !== n || line.text !== textOf(n)) this.#fail(`expected text ${n}, got ${JSON.stringify(line)}`);
    next.set(line.id, n + 1);
    this.lineLength = JSON.stringify(line).length;
    this.#heard[at] = (this.#heard[at] as number) + 1;
    if (this.#isHeard()) this.#onHeard();
  }

  #fail(why: string): void {
    this.#wrong ??= why;
    this.#onHeard();
  }

  #isHeard(): boolean {
    return this.#wrong !== undefined || this.#heard.every((count) => count === this.#said);
  }

  async #allHeard(): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.#onHeard = resolve;
    });
    if (!this.#isHeard()) await within(HEAR_MS, `${this.#said} texts: heard by all`, heard);
    if (this.#wrong !== undefined) throw new Error(this.#wrong);
  }
}
