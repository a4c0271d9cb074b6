/** Many cores in one mesh, in memory, with nothing going wrong: what they relay for a message, and how much of that is vectors. */
import type { Head } from "../../src/chat/batch.ts";
import type { Member } from "../../src/chat/members.ts";
import { originOf } from "../../src/chat/wire.ts";
import type { Client } from "../../test/unit/client.ts";
import { Cluster, type Post } from "../../test/unit/cluster.ts";
import { textOf } from "./witness.ts";

/** Sums over relays: bodies and answers, in characters (all of them ASCII). */
export interface Relayed {
  requests: number;
  bytes: number;
  /** What grows with the number of servers: `vv`, `held`, `want`, and the `dep` of each batch. */
  vectors: number;
  /** The messages as clients get them. */
  lines: number;
}

interface Header {
  vv?: unknown;
  held?: unknown;
  want?: unknown;
  batches?: { dep: unknown; size: number }[];
}

/** What a header or an answer adds to the sums. */
export function weigh({ vv, held, want, batches = [] }: Header): Pick<Relayed, "vectors" | "lines"> {
  const size = (name: string, value: unknown): number =>
    value === undefined ? 0 : `"${name}":${JSON.stringify(value)},`.length;
  const deps = batches.reduce((sum, { dep }) => sum + size("dep", dep), 0);
  const lines = batches.reduce((sum, batch) => sum + batch.size, 0);
  return { vectors: size("vv", vv) + size("held", held) + size("want", want) + deps, lines };
}

const SPEAKER = "Speaker";
/** What was said first: it is told to nobody any more. */
const FIRST_LINE = "{}";

/** A server and who is on it. */
interface Seat {
  name: string;
  id: string;
  member: Member;
  people: [id: string, name: string][];
  head: Head;
  speaker: Client;
}

export class Mesh {
  readonly #cluster = new Cluster();
  readonly #speakers: readonly Client[];
  readonly #said = new Map<Client, number>();
  #relayed: Relayed = { requests: 0, bytes: 0, vectors: 0, lines: 0 };

  /** Servers that know each other, with one person on each who has said one thing. How that came to be is not looked at: it is in their storage. */
  constructor(servers: number) {
    const seats = Array.from({ length: servers }, (_, i) => this.#seat(i === 0 ? "main" : `s${i + 1}`));
    this.#speakers = seats.map(({ speaker }) => speaker);
    const heads = seats.map(({ head }) => head);
    const lines = seats.map(() => FIRST_LINE).join("\n");
    for (const { node, key } of this.#speakers) {
      for (const { name, member, people } of seats) {
        node.kv.set(`member/${name}`, member);
        node.kv.set(`presence/${name}`, { epoch: member.epoch, version: 1, people });
      }
      node.disk.write({ do: "append", pos: 1, heads, lines });
      const { id } = seats.find(({ name }) => name === node.name) as Seat;
      node.attachments.set(key, { id, name: SPEAKER, n: 1 });
      node.evict();
    }
  }

  #seat(name: string): Seat {
    const [epoch, id] = [this.#cluster.mint().slice(0, 8), this.#cluster.mint().slice(0, 20)];
    const origin = originOf(name, epoch);
    const head = {
      origin,
      first: 1,
      count: 1,
      time: this.#cluster.now,
      dep: {},
      ids: [id],
      by: [0, 1],
      size: FIRST_LINE.length,
    };
    const member: Member = { inc: 1, status: "alive", epoch };
    return { name, id, member, people: [[id, SPEAKER]], head, speaker: this.#cluster.node(name).connect() };
  }

  /** Each of the first so many people says something at the same time; answers what was relayed until all had heard it. Throws if anybody has not. */
  say(count: number): Relayed {
    const before = this.#relayed;
    for (const speaker of this.#speakers.slice(0, count)) {
      const n = (this.#said.get(speaker) ?? 1) + 1;
      this.#said.set(speaker, n);
      speaker.send(textOf(n), n);
    }
    for (const { node, key } of this.#speakers) node.frames.set(key, []);
    this.#deliver();
    for (const listener of this.#speakers) {
      const heard = listener.all("message");
      if (heard.length !== count || new Set(heard.map(({ origin }) => origin)).size !== count)
        throw new Error(`${listener.node.name} heard ${heard.length} of ${count} messages`);
    }
    const { requests, bytes, vectors, lines } = this.#relayed;
    return {
      requests: requests - before.requests,
      bytes: bytes - before.bytes,
      vectors: vectors - before.vectors,
      lines: lines - before.lines,
    };
  }

  /** Flushes and delivers until nothing is left to do. */
  #deliver(): void {
    const { posts, nodes } = this.#cluster;
    for (const node of nodes.values()) node.flush();
    // Appended to while it is walked.
    for (const post of posts) this.#carry(post);
    posts.length = 0;
  }

  #carry({ from, to, peer, verb, body }: Post): void {
    const [sender, receiver] = [this.#cluster.node(from), this.#cluster.node(to)];
    const req = receiver.request((req) => ({ type: verb, req, body }));
    receiver.flush();
    const answer = this.#cluster.reply(receiver, req);
    receiver.replies.delete(req);
    sender.do({ type: "answer", peer, verb, ...answer });
    sender.flush();
    if (verb === "relay") this.#note(body, answer.body);
  }

  #note(body: string, answer: string): void {
    const end = body.indexOf("\n");
    const request = weigh(JSON.parse(end < 0 ? body : body.slice(0, end)) as Header);
    const { requests, bytes, vectors, lines } = this.#relayed;
    this.#relayed = {
      requests: requests + 1,
      bytes: bytes + body.length + answer.length,
      vectors: vectors + request.vectors + weigh(JSON.parse(answer) as Header).vectors,
      lines: lines + request.lines,
    };
  }
}
