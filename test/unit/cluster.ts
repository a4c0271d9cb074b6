/**
 * Several cores with a disk, a clock and a network in memory. Nothing moves by itself: a test flushes, delivers, loses and crashes by hand,
 * or lets `settle` run everything until it is quiet.
 */

import { createHash } from "node:crypto";
import { abroad, hostOf, nameOf } from "../../src/chat/address.ts";
import { type Effect, type Event, PARKED, WATCHER } from "../../src/chat/effects.ts";
import type { Bounds, State } from "../../src/chat/state.ts";
import { step } from "../../src/chat/step.ts";
import type { Verb } from "../../src/chat/wire.ts";
import { Disk, type Remembered } from "../disk.ts";
import { Client } from "./client.ts";
import { Spectator } from "./spectator.ts";

/** An event without its time; the cluster's clock adds it. */
export type Happening = Event extends infer E ? (E extends Event ? Omit<E, "now"> : never) : never;
/** `peer`: what the sender calls the receiver. */
export type Post = { from: string; to: string; peer: string; verb: Verb; body: string };
type Answer = { status: number; body: string };

/** Whoever looks on: told of each event before its step, and of each effect before it is performed. */
export interface Watcher {
  event(node: Node, happening: Happening): void;
  effect(node: Node, effect: Effect): void;
}

/** One server: a core, what it wrote, and what its clients got. */
export class Node {
  readonly name: string;
  readonly cluster: Cluster;
  state: State;
  readonly disk: Disk;
  readonly frames = new Map<number, string[]>();
  readonly attachments = new Map<number, Remembered>();
  readonly replies = new Map<number, Answer>();
  readonly printed: string[] = [];
  flushWanted = false;
  /** How long until the `show` that was asked for, in ms, if one was. */
  showIn: number | undefined;
  #next = 1;

  constructor(name: string, cluster: Cluster) {
    this.name = name;
    this.cluster = cluster;
    this.disk = new Disk({ ...PLAIN, ...cluster.bounds });
    this.state = this.#boot();
  }

  #boot(): State {
    const place = { chat: "lobby", name: nameOf(this.name), host: hostOf(this.name) };
    const chance = { mint: () => this.cluster.mint(), random: () => 0.5 };
    return this.disk.boot(place, chance, [...this.attachments]);
  }

  get rows() {
    return this.disk.rows;
  }

  get kv() {
    return this.disk.kv;
  }

  get alarm() {
    return this.disk.alarm;
  }

  /** Memory is lost; sockets hibernate or are cut. */
  evict(sockets: "hibernate" | "close" = "hibernate"): void {
    if (sockets === "close") this.attachments.clear();
    this.flushWanted = false;
    this.showIn = undefined;
    this.state = this.#boot();
    this.do({ type: "wake" });
  }

  do(happening: Happening): Effect[] {
    this.cluster.watcher?.event(this, happening);
    const effects = step(this.state, { ...happening, now: this.cluster.now } as Event);
    for (const effect of effects) this.#perform(effect);
    return effects;
  }

  flush(): void {
    if (!this.flushWanted) return;
    this.flushWanted = false;
    this.do({ type: "flush" });
  }

  request(happening: (req: number) => Happening): number {
    const req = this.#next++;
    this.do(happening(req));
    return req;
  }

  /** A new connection. */
  connect(): Client {
    const key = this.#next++;
    this.frames.set(key, []);
    this.attachments.set(key, null);
    this.do({ type: "open", client: key });
    return new Client(this, key);
  }

  /** A new connection that watches the cluster. */
  watch(): Spectator {
    const key = this.#next++;
    this.frames.set(key, []);
    this.attachments.set(key, WATCHER);
    this.do({ type: "watch", client: key });
    return new Spectator(this, key);
  }

  /** The `show` that was asked for, when its time has come. */
  show(): void {
    if (this.showIn === undefined) throw new Error(`${this.name} has nothing to show`);
    this.cluster.now += this.showIn;
    this.showIn = undefined;
    this.do({ type: "show" });
  }

  ring(): void {
    if (this.alarm === null || this.alarm > this.cluster.now) return;
    this.disk.alarm = null;
    this.do({ type: "alarm" });
  }

  /** The name of a node as the cluster knows it: one with a host belongs to the deployment of that host. */
  #globally(peer: string): string {
    const host = hostOf(this.name);
    return host === undefined ? peer : abroad(peer, host);
  }

  #perform(effect: Effect): void {
    this.cluster.watcher?.effect(this, effect);
    this.disk.write(effect);
    if (effect.do === "send") this.frames.get(effect.client)?.push(effect.frame);
    if (effect.do === "tell")
      for (const [key, attachment] of this.attachments)
        if (attachment && typeof attachment === "object") this.frames.get(key)?.push(effect.frame);
    if (effect.do === "admit" && this.attachments.has(effect.client))
      this.attachments.set(effect.client, effect.attachment);
    if (effect.do === "park") this.attachments.set(effect.client, PARKED);
    if (effect.do === "close") this.attachments.delete(effect.client);
    if (effect.do === "reply") this.replies.set(effect.req, { status: effect.status, body: effect.body });
    if (effect.do === "post")
      this.cluster.posts.push({
        from: this.name,
        to: this.#globally(effect.peer),
        peer: effect.peer,
        verb: effect.verb,
        body: effect.body,
      });
    if (effect.do === "alarm") this.disk.alarm = effect.at;
    if (effect.do === "flush") this.flushWanted = true;
    if (effect.do === "later" && effect.what === "show") this.showIn = effect.ms;
    if (effect.do === "print") this.printed.push(effect.message);
  }
}

/** Every relay at once, and no alarm that outlasts what is owed. */
const PLAIN = { pace: 0, brisk: Number.POSITIVE_INFINITY };

export class Cluster {
  now = 1_790_000_000_000;
  posts: Post[] = [];
  readonly nodes = new Map<string, Node>();
  /** Servers nobody reaches. */
  readonly down = new Set<string>();
  readonly bounds: Partial<Bounds>;
  watcher: Watcher | undefined;
  #minted = 0;

  constructor(bounds: Partial<Bounds> = {}) {
    this.bounds = bounds;
  }

  mint(): string {
    return createHash("md5")
      .update(`${this.#minted++}`)
      .digest("hex");
  }

  node(name: string): Node {
    const node = this.nodes.get(name) ?? new Node(name, this);
    this.nodes.set(name, node);
    return node;
  }

  /** Starts a server at its boot server and waits until all is quiet. */
  start(name: string, boot?: string): Answer {
    const node = this.node(name);
    const req = node.request((req) => ({ type: "start", req, boot }));
    this.settle();
    return this.reply(node, req);
  }

  disconnect(name: string, force = false): Answer | undefined {
    const node = this.node(name);
    const req = node.request((req) => ({ type: "disconnect", req, force }));
    this.settle();
    return node.replies.get(req);
  }

  reply(node: Node, req: number): Answer {
    const answer = node.replies.get(req);
    if (answer === undefined) throw new Error(`${node.name} has not answered`);
    return answer;
  }

  /** Carries one request there and its answer back; `lost`: the receiver got it, the sender hears nothing. */
  deliver(post: Post, lost = false): void {
    const { from, to, peer, verb, body } = post;
    let answer: Answer = { status: 0, body: "" };
    if (!this.down.has(to)) {
      const node = this.node(to);
      const req = node.request((req) => ({ type: verb, req, body }));
      node.flush();
      answer = this.reply(node, req);
    }
    this.nodes.get(from)?.do({ type: "answer", peer, verb, ...(lost ? { status: 0, body: "" } : answer) });
  }

  /** Flushes and delivers until nothing is left to do; alarms do not ring. */
  settle(): number {
    for (let turns = 0; turns < 10_000; turns++) {
      for (const node of this.nodes.values()) node.flush();
      const post = this.posts.shift();
      if (post) this.deliver(post);
      else if (![...this.nodes.values()].some((node) => node.flushWanted)) return turns;
    }
    throw new Error("the cluster does not become quiet");
  }

  /** Lets time pass; alarms that are due ring, in order. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (let rings = 0; rings < 10_000; rings++) {
      const due = [...this.nodes.values()].filter(({ alarm }) => alarm !== null && alarm <= end);
      if (due.length === 0) break;
      due.sort((a, b) => (a.alarm ?? 0) - (b.alarm ?? 0));
      this.now = Math.max(this.now, due[0]?.alarm ?? 0);
      due[0]?.ring();
      this.settle();
    }
    this.now = end;
  }
}

/** A chat of several servers, all started from `main`. */
export const clusterOf = (...names: string[]): Cluster => started(new Cluster(), names);

/** Starts servers from `main`. */
export function started(cluster: Cluster, names: string[]): Cluster {
  for (const name of names) cluster.start(name);
  return cluster;
}

/** One person on each of the servers. */
export function people(cluster: Cluster, ...servers: string[]) {
  const clients = servers.map((server) => cluster.node(server).connect().join(`${server}-person`));
  cluster.settle();
  const [first, second] = clients;
  if (!first || !second) throw new Error("at least two servers");
  return { first, second, clients };
}
