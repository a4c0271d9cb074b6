/** All that the page shows of a chat, as plain data: what a client tells goes in, rows and numbers come out. No DOM, no clock. */
import type { Cursor, Person, ServerEntry } from "../../../src/chat/wire.ts";
import {
  type Failure,
  type Heard,
  type Message,
  type Outgoing,
  People,
  type Status,
  serverOf,
} from "../../lib/index.ts";
import { type Coming, came } from "./crowd.ts";
import { Link } from "./link.ts";
import { Names } from "./names.ts";
import { type Row, rowsAfter, type Said } from "./rows.ts";
import { Timeline } from "./timeline.ts";
import { Unread } from "./unread.ts";

/** `now`: ms of a clock that never goes back, as the client's; `time`: ms since epoch. */
export interface Moment {
  now: number;
  time: number;
}

export class Conversation {
  readonly timeline = new Timeline();
  readonly people = new People();
  readonly names = new Names();
  readonly unread = new Unread();
  readonly link: Link;
  servers: readonly ServerEntry[] = [];
  me: Person;
  /** Where the stream of this page began: what is at or below it is history. */
  start: Cursor | undefined;
  /** Whether the end of the list is in sight. */
  watched = true;
  /** What is being sent, by number, and what failed. */
  readonly #sending = new Map<number, Said>();
  readonly #failed: Said[] = [];
  /** Messages of history that are shown, as `id n`. */
  readonly #history = new Set<string>();
  #serial = 0;
  #alone = 0;

  /** `start`: the cursor of the life before, `waiting`: what it left to be sent. */
  constructor(name: string, status: Status, at: Moment, start?: Cursor, waiting: readonly Outgoing[] = []) {
    this.me = { name, id: "" };
    this.start = start;
    this.link = new Link(status, at.now);
    for (const outgoing of waiting) this.say(outgoing, at);
  }

  /** What comes behind the tail: own messages that were not echoed. */
  get mine(): Row[] {
    return rowsAfter(this.timeline.last, [...this.#failed, ...this.#sending.values()]);
  }

  hear(object: Heard, at: Moment): void {
    switch (object.type) {
      case "welcome":
        this.me = { name: object.name, id: object.id };
        this.start ??= { ...object.cursor };
        this.servers = object.servers;
        this.people.welcome(object);
        for (const person of [...object.names, this.me]) this.names.hear(person);
        break;
      case "message":
        this.#message(object, at);
        break;
      case "join":
        this.people.add(object);
        this.names.hear(object);
        this.#came({ type: "join", person: object }, at);
        break;
      case "move":
        this.people.move(object);
        break;
      case "leave":
        this.people.remove(object);
        this.#came({ type: "leave", person: object }, at);
        break;
      case "presence":
        this.people.reset(object.names ?? [], object.count);
        for (const person of object.names ?? []) this.names.hear(person);
        if (object.joined + object.left > 0) this.#came(object, at);
        break;
      case "update_servers":
      case "exit":
        this.servers = object.servers;
        break;
      case "reset":
        if (object.reason === "ahead" && object.cursor) this.#leaveAlone(object.cursor);
        this.timeline.add({ kind: "break", key: this.#key("break"), time: at.time, reason: object.reason });
    }
  }

  /** A message came again: where one is now it is there, too. */
  repeated({ id, n }: Message): void {
    if (this.#alone === 0) return;
    this.timeline.change((said) => (said.alone && said.id === id && said.n === n ? this.#found(said) : said));
  }

  turn(status: Status, now: number): void {
    this.link.turn(status, now);
  }

  /** Something of one's own is on its way. */
  say({ n, text }: Outgoing, { time }: Moment): void {
    this.#sending.set(n, { kind: "said", key: `own:${n}`, ...this.me, text, time, n, mine: true, state: "sending" });
    this.unread.spoke();
  }

  /** It is durable. Its message has come before, unless that was trimmed. */
  echoed({ n }: Outgoing): void {
    const said = this.#sending.get(n);
    if (said === undefined) return;
    this.#sending.delete(n);
    this.timeline.add({ ...said, state: "sent" });
  }

  failed({ n, message }: Failure): void {
    const said = this.#sending.get(n);
    if (said === undefined) return;
    this.#sending.delete(n);
    // Its number is given again.
    this.#failed.push({ ...said, key: this.#key("failed"), state: "failed", why: message });
  }

  /** Takes out what failed, and answers its text. */
  takeFailed(key: string): string | undefined {
    const i = this.#failed.findIndex((said) => said.key === key);
    return i < 0 ? undefined : this.#failed.splice(i, 1)[0]?.text;
  }

  /** A page of what was said before the stream began; answers how much of it is new. */
  earlier(messages: readonly Message[]): number {
    const { start } = this;
    if (start === undefined) throw new Error("what is earlier is not known before the welcome");
    const entries = messages
      .filter((message) => isIn(start, message) && this.#isNew(message))
      .map((it) => this.#said(it));
    this.timeline.prepend(entries);
    return entries.length;
  }

  /** Whether one is looking at the end of the list. */
  watch(watched: boolean): void {
    this.watched = watched;
    if (watched) this.unread.read();
  }

  #message(message: Message, { now }: Moment): void {
    const said = this.#said(message);
    if (this.start && isIn(this.start, message)) {
      if (!this.#isNew(message)) this.repeated(message);
      else if (this.timeline.tail.length === 0) this.timeline.addOld([said]);
      else this.timeline.add(said);
      return;
    }
    const waiting = said.mine ? this.#sending.get(message.n) : undefined;
    if (waiting?.text === message.text) this.#sending.delete(message.n);
    else if (!said.mine) {
      this.people.hear(message, serverOf(message.origin, this.servers));
      if (this.link.heard(now)) this.unread.missed(said.key);
      this.unread.arrived(said.key, this.watched);
    }
    this.timeline.add(said);
  }

  #said({ id, name, text, time, n, origin, seq }: Message): Said {
    const mine = id === this.me.id;
    this.names.hear({ id, name });
    return {
      kind: "said",
      key: mine ? `own:${n}` : `${id}:${n}`,
      id,
      name,
      text,
      time,
      n,
      origin,
      seq,
      mine,
      state: "sent",
    };
  }

  #isNew({ id, n }: Message): boolean {
    const key = `${id} ${n}`;
    if (this.#history.has(key)) return false;
    this.#history.add(key);
    return true;
  }

  #came(coming: Coming, { time }: Moment): void {
    const { last } = this.timeline;
    const line = came(last, coming, this.#key("came"), time);
    if (last?.kind === "came") this.timeline.replaceLast(line);
    else this.timeline.add(line);
  }

  /** What lies beyond this cursor is only where one cannot go now. */
  #leaveAlone(cursor: Cursor): void {
    this.timeline.change((said) => {
      if (said.origin === undefined || said.alone || (said.seq ?? 0) <= (cursor[said.origin] ?? 0)) return said;
      this.#alone++;
      return { ...said, alone: true };
    });
  }

  #found({ alone: _, ...said }: Said): Said {
    this.#alone--;
    return said;
  }

  #key(kind: string): string {
    return `${kind}:${++this.#serial}`;
  }
}

const isIn = (cursor: Cursor, { origin, seq }: Message): boolean => seq <= (cursor[origin] ?? 0);
