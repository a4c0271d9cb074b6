/** What servers say and write, in words short enough for a trace. Epochs are counted: `main#1` is the first database of main. */
import type { Head } from "../../src/chat/batch.ts";
import type { Member } from "../../src/chat/members.ts";
import type { Change, Held, Published } from "../../src/chat/presence.ts";
import {
  type Cursor,
  type Here,
  originOf,
  type ServerEntry,
  type ServerMessage,
  type Verb,
} from "../../src/chat/wire.ts";

const ORIGIN = /([a-z0-9-]+)#([0-9a-f]{8})/g;

type Fields = Record<string, unknown>;

const list = (words: string[], none: string): string => (words.length > 0 ? words.join(" ") : none);

const names = (people: { name: string }[]): string => list(people.map(({ name }) => name).sort(), "nobody");

/** Someone, and where they are if that is not `here`. */
const elsewhere = ({ name, server }: Here, here: string) => ({
  name: server === here ? name : `${name} (on ${server})`,
});

/** Servers as clients and operators are told them: those that are alive by their name alone. */
export const servers = (entries: ServerEntry[]): string =>
  entries.map(({ name, status }) => (status === "alive" ? name : `${name} (${status})`)).join(", ");

/** What a client gets, for people in the original's words. */
export function told(message: ServerMessage, words: Words): string {
  switch (message.type) {
    case "join":
      return `[JOIN] ${message.name} joined the chat`;
    case "move":
      return `${message.name} moved to ${message.server}`;
    case "leave":
      return `[LEAVE] ${message.name} left the chat`;
    case "message":
      return `[${message.name}] ${message.text}`;
    case "presence":
      return `presence: ${message.count} here, ${message.joined} joined, ${message.left} left`;
    case "update_servers":
      return `update_servers ${servers(message.servers)}`;
    case "exit":
      return `exit, ${message.reason}; servers ${servers(message.servers)}`;
    case "welcome":
      return `welcome to ${message.server}; cursor ${words.cursor(message.cursor)}; n ${message.n}; here ${names(message.names.map((person) => elsewhere(person, message.server)))}; servers ${servers(message.servers)}`;
    case "error":
      return `error ${message.code}; n ${message.n ?? "none"}; retry ${message.retry ?? "never"}`;
    case "reset":
      return `reset, ${message.reason}`;
  }
}

export class Words {
  readonly #epochs = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** Any text, its origins in their short form. */
  short(text: string): string {
    return text.replace(ORIGIN, (origin, server: string) => {
      const known = this.#epochs.get(origin);
      if (known !== undefined) return known;
      const count = (this.#counts.get(server) ?? 0) + 1;
      this.#counts.set(server, count);
      this.#epochs.set(origin, `${server}#${count}`);
      return `${server}#${count}`;
    });
  }

  cursor(cursor: Cursor): string {
    const seqs = Object.entries(cursor).map(([origin, seq]) => `${this.short(origin)}:${seq}`);
    return list(seqs.sort(), "nothing");
  }

  batch({ origin, first, count, dep }: Head): string {
    const last = count > 1 ? `-${first + count - 1}` : "";
    const after = Object.keys(dep).length > 0 ? ` after ${this.cursor(dep)}` : "";
    return `${this.short(origin)}:${first}${last}${after}`;
  }

  /** A member that is alive and in its first incarnation is only named. */
  member(address: string, { inc, status, epoch, final }: Member): string {
    const life = inc === 1 ? "" : ` inc ${inc}`;
    return `${this.short(originOf(address, epoch))}${life}${status === "left" ? ` left final ${final}` : ""}`;
  }

  members(members: Record<string, Member>): string {
    const entries = Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([address, member]) => this.member(address, member)).join(", ");
  }

  /** A set of people; of one that says what changed, who came and how many went. */
  people(set: Published | Change): string {
    const here = set.people.flatMap(([, name]) => (name === null ? [] : [{ name }]));
    if (!("since" in set)) return `v${set.version} ${names(here)}`;
    const went = set.people.length - here.length;
    const changes = [...(here.length > 0 ? [`+ ${names(here)}`] : []), ...(went > 0 ? [`- ${went}`] : [])];
    return `v${set.version} since v${set.since} ${changes.join(" ")}`;
  }

  /** The value of a `put`. */
  put(key: string, value: unknown): string {
    const [kind, address = ""] = key.split("/");
    if (kind === "member") return `member ${this.member(address, value as Member)}`;
    return kind === "presence"
      ? `people of ${address} ${this.people(value as Published)}`
      : `${key} ${this.#any(value)}`;
  }

  /** A request from server to server. */
  request(verb: Verb, body: string): string {
    const { chat, from, life, batches, vv, presence, members, ...more } = JSON.parse(body.split("\n", 1)[0] ?? "");
    const parts: string[] = [];
    if (members) parts.push(this.members(members));
    for (const head of batches ?? []) parts.push(this.batch(head));
    if (presence) parts.push(`people ${this.people(presence)}`);
    return [verb, [...parts, ...this.#rest({ vv, ...more })].join("; ")].join(" ");
  }

  /** What came back. */
  answer(status: number, body: string): string {
    if (status === 0) return "no answer";
    const { error, life, members, batches, ...more } = JSON.parse(body.split("\n", 1)[0] ?? "");
    const parts: string[] = [error ? `${status} ${error.code}` : "ok"];
    if (members) parts.push(this.members(members));
    for (const head of batches ?? []) parts.push(this.batch(head));
    return [...parts, ...this.#rest(more)].join("; ");
  }

  /** Fields beyond those every request has, such as `want`; `vv` is what the speaker has written. */
  #rest({ vv, unwritten = {}, held, ...more }: Fields): string[] {
    const parts = vv ? [`has ${this.cursor(vv as Cursor)}`] : [];
    if (Object.keys(unwritten as Cursor).length > 0) parts.push(`and unwritten ${this.cursor(unwritten as Cursor)}`);
    if (held) parts.push(`holds people v${(held as Held)[1]}`);
    return [...parts, ...Object.entries(more).map(([key, value]) => `${key} ${this.#any(value)}`)];
  }

  #any(value: unknown): string {
    const isCursor = typeof value === "object" && value !== null && Object.values(value).every(Number.isInteger);
    return isCursor ? this.cursor(value as Cursor) : this.short(JSON.stringify(value));
  }
}
