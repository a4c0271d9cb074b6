import { type Effect, type Event, PARKED } from "../../src/chat/effects.ts";
import type { State } from "../../src/chat/state.ts";
import { step } from "../../src/chat/step.ts";
import type { Verb } from "../../src/chat/wire.ts";
import { Disk, type Remembered } from "../disk.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

type Happening = Event extends infer E ? (E extends Event ? Omit<E, "now"> : never) : never;
type Question =
  | { type: Verb; body: string }
  | { type: "start"; boot: string | undefined }
  | { type: "disconnect"; force: boolean };
type Hear = (status: number, body: string) => void;

/** Milliseconds after which the platform repeats an alarm that failed. */
const RETRY_MS = 2000;

export class Server {
  readonly name: string;
  readonly world: World;
  state: State | undefined;
  /** Counts the losses of memory. */
  life = 0;
  readonly disk = new Disk();
  readonly sockets = new Map<number, { person: Person; attachment: Remembered }>();
  /** Milliseconds its clock is off. */
  skew = 0;
  flushing = false;
  #asked = new Map<number, Hear>();
  #next = 1;
  /** Whether an alarm rang whose flush is still to come. */
  #ringing = false;

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
  }

  /** An event. A server without memory remembers first what it can. */
  happen(happening: Happening): void {
    if (this.state === undefined) this.#wake();
    this.#turn(happening);
  }

  /** A request; `hear` gets the answer, unless this life ends before. */
  ask(question: Question, hear: Hear): void {
    const req = this.#next++;
    this.#asked.set(req, hear);
    this.happen({ ...question, req } as Happening);
  }

  connect(person: Person): number {
    const key = this.#next++;
    this.sockets.set(key, { person, attachment: null });
    this.happen({ type: "open", client: key });
    return key;
  }

  /** The memory is lost, the sockets stay; only a server with nothing to do is put to sleep. */
  evict(): void {
    if (this.state === undefined || this.flushing) return;
    this.world.count("evicted");
    this.world.say(`${this.name} is evicted`);
    this.#forget();
  }

  /** The memory is lost and all sockets are cut. */
  crash(): void {
    this.world.say(`${this.name} crashes`);
    this.#forget();
    for (const [key, { person }] of [...this.sockets]) {
      this.sockets.delete(key);
      this.world.after(5, () => person.closed(this, key));
    }
  }

  #forget(): void {
    // The platform rings again if the object did not survive the ring.
    if (this.#ringing) this.#write({ do: "alarm", at: this.disk.alarm ?? this.world.now + this.skew + RETRY_MS });
    this.#ringing = false;
    this.state = undefined;
    this.life++;
    this.flushing = false;
    this.#asked = new Map();
  }

  #wake(): void {
    const { world } = this;
    const chance = { mint: () => world.mint(), random: () => world.random.next() };
    const sockets = [...this.sockets].map(([key, { attachment }]): [number, Remembered] => [key, attachment]);
    this.state = this.disk.boot({ chat: "lobby", name: this.name, host: undefined }, chance, sockets);
    this.#turn({ type: "wake" });
  }

  #turn(happening: Happening): void {
    const { world } = this;
    if (this.state === undefined) return;
    const effects = step(this.state, { ...happening, now: world.now + this.skew } as Event);
    if (world.fault("crash before the commit", 400)) {
      this.crash();
      return;
    }
    for (const effect of effects) this.#write(effect);
    if (world.fault("crash after the commit", 400)) this.crash();
    else for (const effect of effects) this.#let(effect);
  }

  #write(effect: Effect): void {
    const { disk, world } = this;
    disk.write(effect);
    if (effect.do === "append") for (const line of effect.lines.split("\n")) world.write(line);
    if (effect.do !== "alarm") return;
    const { at } = effect;
    disk.alarm = at;
    if (at !== null) world.after(at - this.skew - world.now, () => this.#ring(at));
  }

  #ring(at: number): void {
    if (this.disk.alarm !== at) return;
    this.world.count(this.state ? "alarm" : "alarm after a loss of memory");
    if (this.state === undefined) {
      // The platform takes the alarm away before it calls.
      this.disk.alarm = null;
      this.#wake();
    }
    this.disk.alarm = null;
    this.#ringing = true;
    this.happen({ type: "alarm" });
  }

  #let(effect: Effect): void {
    const { world } = this;
    const tell = (key: number, frame: string) => {
      const person = this.sockets.get(key)?.person;
      if (person) world.after(person.delay(), () => person.heard(this, key, frame));
    };
    if (effect.do === "send") tell(effect.client, effect.frame);
    if (effect.do === "tell")
      for (const [key, { attachment }] of this.sockets)
        if (attachment && attachment !== PARKED) tell(key, effect.frame);
    const socket = "client" in effect ? this.sockets.get(effect.client) : undefined;
    if (effect.do === "admit" && socket) socket.attachment = effect.attachment;
    if (effect.do === "park" && socket) socket.attachment = PARKED;
    if (effect.do === "close" && socket) {
      this.sockets.delete(effect.client);
      world.after(socket.person.delay(), () => socket.person.closed(this, effect.client));
    }
    if (effect.do === "reply") {
      this.#asked.get(effect.req)?.(effect.status, effect.body);
      this.#asked.delete(effect.req);
    }
    if (effect.do === "post") world.post(this, effect.peer, effect.verb, effect.body, effect.patience);
    if (effect.do === "print") world.say(`${this.name} ${effect.message}`);
    if (effect.do === "flush") {
      const { life } = this;
      this.flushing = true;
      world.after(world.random.below(2), () => {
        if (this.life !== life) return;
        this.flushing = false;
        this.happen({ type: "flush" });
        if (this.life === life) this.#ringing = false;
      });
    }
  }
}
