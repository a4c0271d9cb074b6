/** A server of the simulation: a core with a disk, sockets and a clock that may be wrong, and all that can befall it. */
import { type Effect, type Event, type Later, WATCHER } from "../../src/chat/effects.ts";
import type { Member } from "../../src/chat/members.ts";
import type { State } from "../../src/chat/state.ts";
import { step } from "../../src/chat/step.ts";
import type { Verb } from "../../src/chat/wire.ts";
import { Disk } from "../disk.ts";
import { checkStep } from "./invariants.ts";
import { Keeper } from "./keeper.ts";
import type { Person } from "./person.ts";
import { type End, Sockets } from "./sockets.ts";
import { notice } from "./sometimes.ts";
import type { World } from "./world.ts";

type Happening = Event extends infer E ? (E extends Event ? Omit<E, "now"> : never) : never;
type Question =
  | { type: Verb; body: string }
  | { type: "start"; boot: string | undefined }
  | { type: "disconnect"; force: boolean };
type Hear = (status: number, body: string) => void;

/** Milliseconds after which the platform repeats an alarm that failed. */
const RETRY_MS = 2000;
/** One that rings so soon, in milliseconds, is under way: the platform's clock is another one. */
const TOO_LATE_MS = 20;

/** What of it happened, as it is counted. */
const LATER: Record<Later, string> = { pump: "a relay paced", crowd: "a crowd counted later", show: "shown later" };

export class Server {
  readonly name: string;
  readonly world: World;
  state: State | undefined;
  /** Counts the losses of memory. */
  life = 0;
  disk: Disk;
  /** Watches what is written. */
  keeper: Keeper;
  readonly sockets = new Sockets(this);
  /** Milliseconds its clock is off. */
  skew = 0;
  flushing = false;
  /** What it asked for `later`. */
  readonly later = new Set<Later>();
  /** Whether an operator has ever forced it to leave. */
  forced = false;
  /** Peers to which a request of this life is under way. */
  readonly asking = new Set<string>();
  #asked = new Map<number, Hear>();
  #next = 1;
  /** Whether an alarm rang whose flush is still to come. */
  #ringing = false;

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
    this.disk = new Disk(world.bounds);
    this.keeper = new Keeper(this);
  }

  /** What its storage says of a server. */
  member(address = this.name): Member | undefined {
    return this.disk.kv.get(`member/${address}`) as Member | undefined;
  }

  get isAlive(): boolean {
    return this.member()?.status === "alive";
  }

  /** What its clock shows. */
  get clock(): number {
    return this.world.now + this.skew;
  }

  /** An event. A server without memory remembers first what it can. */
  happen(happening: Happening): void {
    this.wake();
    this.#turn(happening);
  }

  /** A request; `hear` gets the answer, unless this life ends before. */
  ask(question: Question, hear: Hear): void {
    const req = this.#next++;
    this.wake();
    this.#asked.set(req, hear);
    this.happen({ ...question, req } as Happening);
  }

  connect(person: Person): number {
    const key = this.#next++;
    this.sockets.accept(key, person);
    this.happen({ type: "open", client: key });
    return key;
  }

  /** Somebody begins to watch. */
  watch(end: End): number {
    const key = this.#next++;
    // Who sleeps wakes before the connection is there.
    this.wake();
    this.sockets.accept(key, end, WATCHER);
    this.happen({ type: "watch", client: key });
    return key;
  }

  /** The memory is lost, the sockets stay; only a server with nothing to do is put to sleep. */
  evict(): void {
    if (this.state === undefined || this.flushing) return;
    this.world.count(this.sockets.size > 0 ? "evicted" : "evicted without sockets");
    this.world.say(`${this.name} is evicted`);
    this.#forget();
  }

  /** The memory is lost and all sockets are cut. */
  crash(): void {
    this.world.say(`${this.name} crashes`);
    this.#forget();
    this.sockets.cut();
  }

  /** All is lost. It comes back when somebody touches it. */
  wipe(): void {
    const { ledger } = this.world;
    this.world.say(`${this.name} loses its storage`);
    this.crash();
    const others = this.world.alive().filter((other) => other !== this);
    ledger.lose(
      this.keeper.holds,
      this.keeper.holds.keys(),
      others.map(({ keeper }) => keeper.holds),
    );
    this.keeper.wiped();
    this.disk = new Disk(this.world.bounds);
  }

  /** The clock jumps; what is to ring rings by the new time. */
  jump(skew: number): void {
    this.world.say(`the clock of ${this.name} jumps by ${skew - this.skew} ms`);
    this.skew = skew;
    if (this.disk.alarm !== null) this.#setAlarm(this.disk.alarm);
  }

  #forget(): void {
    // The platform rings again if the object did not survive the ring.
    if (this.#ringing) this.#setAlarm(this.disk.alarm ?? this.clock + RETRY_MS);
    this.#ringing = false;
    this.state = undefined;
    this.life++;
    this.flushing = false;
    this.later.clear();
    this.#asked = new Map();
    this.asking.clear();
  }

  /** Remembers what it can, if it has no memory. */
  wake(): void {
    if (this.state !== undefined) return;
    this.state = this.remember();
    this.#turn({ type: "wake" });
  }

  /** A core that knows what is written. */
  remember(): State {
    const { world, name } = this;
    const chance = { mint: () => world.random.hex(), random: () => world.random.next() };
    return this.disk.boot({ chat: "lobby", name, host: undefined }, chance, this.sockets.attachments());
  }

  #turn(happening: Happening): void {
    const { world, life } = this;
    if (this.state === undefined) return;
    if (happening.type === "answer" && happening.verb !== "server_join_req") this.asking.delete(happening.peer);
    const event = { ...happening, now: this.clock } as Event;
    const effects = step(this.state, event);
    if (world.fault("crash before the commit", 400)) {
      this.crash();
      return;
    }
    notice(this, event, effects);
    for (const effect of effects) this.#write(effect);
    if (world.fault("crash after the commit", 400)) this.crash();
    else for (const effect of effects) this.#let(effect);
    if (this.life === life) checkStep(this, event);
  }

  #write(effect: Effect): void {
    this.keeper.keep(effect);
    this.disk.write(effect);
    if (effect.do === "alarm") this.#setAlarm(effect.at);
  }

  #setAlarm(at: number | null): void {
    const before = this.disk.alarm;
    if (before !== null && before !== at && before <= this.clock + TOO_LATE_MS) this.#ringAnyway(before);
    this.disk.alarm = at;
    if (at !== null) this.world.after(at - this.clock, () => this.#ring(at));
  }

  #ring(at: number): void {
    if (this.disk.alarm !== at || at > this.clock) return;
    this.world.count(this.state ? "alarm" : "alarm after a loss of memory");
    if (this.state === undefined) {
      // The platform takes the alarm away before it calls.
      this.disk.alarm = null;
      this.wake();
    }
    this.disk.alarm = null;
    this.#ringing = true;
    this.happen({ type: "alarm", at });
  }

  /** One that has begun to ring, and is cleared or moved too late. */
  #ringAnyway(at: number): void {
    const { life } = this;
    this.world.after(0, () => {
      if (this.life !== life || this.state === undefined) return;
      this.world.count("alarm cleared too late");
      const connected = this.sockets.known;
      this.happen({ type: "alarm", at });
      if (this.life === life && this.sockets.known < connected)
        throw new Error(`${this.name} closed connections at an alarm of its own`);
    });
  }

  #let(effect: Effect): void {
    const { world } = this;
    this.sockets.perform(effect);
    switch (effect.do) {
      case "reply":
        this.#asked.get(effect.req)?.(effect.status, effect.body);
        this.#asked.delete(effect.req);
        break;
      case "post":
        this.#post(effect);
        break;
      case "flush":
        this.#flushLater();
        break;
      case "later":
        this.#later(effect.what, effect.ms);
        break;
      case "print":
        world.say(`${this.name} ${effect.message}`);
    }
  }

  /** At most one request per peer, but for a start. */
  #post({ peer, verb, body, patience }: Effect & { do: "post" }): void {
    if (verb !== "server_join_req") {
      if (this.asking.has(peer)) throw new Error(`${this.name} asks ${peer} twice at once`);
      this.asking.add(peer);
    }
    this.world.network.post(this, peer, verb, body, patience);
  }

  #later(what: Later, ms: number): void {
    const { life, world } = this;
    if (what === "show" && this.state?.watching.watchers.size === 0)
      throw new Error(`${this.name} shows something, and nobody watches`);
    world.count(LATER[what]);
    this.later.add(what);
    world.after(ms, () => {
      if (this.life !== life) return;
      this.later.delete(what);
      this.happen({ type: what });
    });
  }

  /** A server whose memory is lost meanwhile has nothing to flush. */
  #flushLater(): void {
    const { life, world } = this;
    this.flushing = true;
    world.after(world.random.below(2), () => {
      if (this.life !== life) return;
      this.flushing = false;
      this.happen({ type: "flush" });
      if (this.life === life) this.#ringing = false;
    });
  }
}
