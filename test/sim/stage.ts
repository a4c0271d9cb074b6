/** The cluster with a network that holds, loses and delays on command, people at its servers, and a trace of all that happens. */
import { step } from "../../src/chat/step.ts";
import { Cluster, type Node, type Post } from "../unit/cluster.ts";
import { Guest } from "./guest.ts";
import { Trace } from "./trace.ts";

const linkOf = ({ from, to }: Post): string => `${from}>${to}`;

export class Stage extends Cluster {
  readonly trace = new Trace(this, (node, key) => this.#who(node, key));
  override watcher = this.trace;
  readonly guests = new Map<string, Guest>();
  /** Links `from>to` whose requests stay under way, are lost, or arrive while their answers are lost. */
  readonly held = new Set<string>();
  readonly cut = new Set<string>();
  readonly deaf = new Set<string>();
  /** The requests that were held back. */
  readonly #late = new Set<Post>();
  /** Who is connecting. */
  #arriving = "";

  /** The first is `main`; the others boot from it. */
  startAll(names: string[]): void {
    for (const name of names) this.start(name);
  }

  release(links: string[]): void {
    for (const link of links) if (!this.held.delete(link)) throw new Error(`'${link}' is not held`);
  }

  heal(): void {
    this.cut.clear();
    this.deaf.clear();
  }

  guest(name: string): Guest {
    const guest = this.guests.get(name) ?? new Guest(name, (line) => this.trace.note(line));
    this.guests.set(name, guest);
    return guest;
  }

  join(name: string, server: string): void {
    this.#arriving = name;
    this.guest(name).join(this.node(server));
  }

  #who(node: Node, key: number): string {
    const sits = ({ client }: Guest) => client?.node === node && client.key === key;
    return [...this.guests.values()].find(sits)?.name ?? this.#arriving;
  }

  /** Memory and sockets are lost, with what was not written and the requests under way; then the server reads its storage. */
  crash(name: string, how: "" | "after writing" = ""): void {
    const node = this.node(name);
    if (how === "after writing") this.#onlyWrite(node);
    this.trace.note(`${name} crashes`);
    this.#forgetPosts(name);
    node.evict("close");
  }

  /** The platform takes the memory away; sockets stay. */
  evict(name: string): void {
    this.trace.note(`${name} is evicted`);
    this.node(name).evict();
  }

  /** Storage, memory and sockets are lost; the next server of this name knows nothing. */
  wipe(name: string): void {
    this.trace.note(`${name} loses its storage`);
    this.#forgetPosts(name);
    this.node(name).attachments.clear();
    this.nodes.delete(name);
  }

  #forgetPosts(name: string): void {
    this.posts = this.posts.filter(({ from }) => from !== name);
  }

  /** The flush of a server that dies after it wrote and before it told anyone. */
  #onlyWrite(node: Node): void {
    const now = this.now;
    for (const effect of step(node.state, { type: "flush", now })) {
      node.disk.write(effect);
      if (effect.do === "alarm") node.disk.alarm = effect.at;
      if (effect.do === "append" || effect.do === "put" || effect.do === "alarm") this.trace.effect(node, effect);
    }
  }

  override deliver(post: Post): void {
    const { from, peer, verb, body } = post;
    if (this.#late.delete(post))
      this.trace.note(`${from} -> ${peer} arrives at last: ${this.trace.words.request(verb, body)}`);
    if (this.cut.has(linkOf(post))) this.nodes.get(from)?.do({ type: "answer", peer, verb, status: 0, body: "" });
    else super.deliver(post, this.deaf.has(linkOf(post)));
  }

  override settle(): number {
    for (let turns = 0; turns < 10_000; turns++) {
      for (const node of this.nodes.values()) node.flush();
      for (const guest of this.guests.values()) guest.hear();
      for (const post of this.posts) if (this.held.has(linkOf(post))) this.#late.add(post);
      const post = this.posts.find((post) => !this.held.has(linkOf(post)));
      if (post) {
        this.posts = this.posts.filter((other) => other !== post);
        this.deliver(post);
      } else if (![...this.nodes.values()].some((node) => node.flushWanted)) return turns;
    }
    throw new Error("the cluster does not become quiet");
  }

  /** Lets time pass, after all that needs none. */
  override pass(ms: number): void {
    this.settle();
    super.pass(ms);
  }

  /** What each server knows. */
  show(): void {
    const { words } = this.trace;
    for (const { name, state, alarm } of [...this.nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const here = state.presence.names(100).map(({ name }) => name);
      const rings = alarm === null ? "no alarm" : `alarm at ${this.trace.time(alarm)}`;
      this.trace.note(
        `${name}: has ${words.cursor(state.log.cursor())}; knows ${words.members(Object.fromEntries(state.members))}; shows ${here.sort().join(" ") || "nobody"}; ${rings}`,
      );
    }
  }
}
