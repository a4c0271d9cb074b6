/** What hosts one core: a disk, sockets, who waits for an answer. What comes out is collected, not carried anywhere. */
import { createHash } from "node:crypto";
import { type Effect, type Event, PARKED } from "../../../src/chat/effects.ts";
import type { State } from "../../../src/chat/state.ts";
import { step } from "../../../src/chat/step.ts";
import type { Verb } from "../../../src/chat/wire.ts";
import { Disk, type Remembered } from "../../disk.ts";
import { tidyBody, tidyFrame } from "./canon.ts";
import { wrongWith } from "./effect-oracle.ts";

/** Milliseconds after which the platform rings again whose alarm was not seen through. */
const RING_AGAIN_MS = 2000;
/** Effects that leave nothing on the disk; all others are kept in the journal. */
const FLEETING = new Set<Effect["do"]>([
  "tell",
  "send",
  "admit",
  "park",
  "close",
  "reply",
  "post",
  "alarm",
  "flush",
  "later",
  "print",
]);
/** An alarm says what is owed. */
const PLAIN = { brisk: Number.POSITIVE_INFINITY };
/** In place of a frame: the server closed the connection. */
export const CLOSED = "";

/** An event as the network brings it; `asker` is who gets the answer. */
export type Happening =
  | { type: "open" | "close"; client: number }
  | { type: "frame"; client: number; data: string }
  | { type: Verb; body: string; asker: string }
  | { type: "start"; boot: string; asker: string }
  | { type: "disconnect"; force: boolean; asker: string }
  | { type: "answer"; peer: string; verb: Verb; status: number; body: string }
  | { type: "flush" | "alarm" | "wake" };

/** What is left of a server that has no memory: what it wrote, in order, and sockets that hibernate. */
export interface Rest {
  readonly life: number;
  readonly minted: number;
  readonly journal: readonly Effect[];
  readonly alarm: number | null;
  readonly sockets: readonly (readonly [number, Remembered])[];
}

/** What a step let out. */
export interface Output {
  posts: { peer: string; verb: Verb; body: string; patience: number }[];
  answers: { asker: string; status: number; body: string }[];
  /** Frames to clients, and `CLOSED`. */
  down: { client: number; frame: string }[];
  wrong: string | undefined;
}

export const nothing = (): Output => ({ posts: [], answers: [], down: [], wrong: undefined });

export class Host {
  readonly name: string;
  readonly life: number;
  minted: number;
  readonly disk = new Disk(PLAIN);
  readonly sockets: Map<number, Remembered>;
  readonly asked = new Map<number, string>();
  readonly #journal: Effect[] = [];
  state: State | undefined;
  /** Whether an alarm rang whose flush is still to come. */
  ringing = false;

  constructor(name: string, { life, minted, journal, alarm, sockets }: Rest) {
    this.name = name;
    this.life = life;
    this.minted = minted;
    this.sockets = new Map(sockets);
    for (const effect of journal) this.#write(effect);
    this.disk.alarm = alarm;
  }

  /** What is left when the memory goes now. Of several writes under one key the last is kept. */
  rest(sockets: "cut" | "hibernate", now: number): Rest {
    const { life, minted, disk } = this;
    // The platform rings again if the object did not survive the ring.
    const alarm = this.ringing ? (disk.alarm ?? now + RING_AGAIN_MS) : disk.alarm;
    const last = new Map(this.#journal.map((effect, i) => [effect.do === "put" ? effect.key : i, effect]));
    const journal = this.#journal.filter(
      (effect, i) => effect.do !== "put" || last.get(effect.key) === this.#journal[i],
    );
    return { life: life + 1, minted, journal, alarm, sockets: sockets === "cut" ? [] : [...this.sockets] };
  }

  /** Lets something happen. With `out` what comes out is collected and checked, without it is known already. */
  happen(happening: Happening, now: number, out?: Output): void {
    if (happening.type === "alarm") {
      // The platform takes the alarm away before it calls.
      this.disk.alarm = null;
      this.ringing = true;
    }
    if (happening.type === "open") this.sockets.set(happening.client, null);
    if (happening.type === "close") this.sockets.delete(happening.client);
    if (this.state === undefined) {
      const chance = { mint: () => this.#mint(), random: () => 0.5 };
      const place = { chat: "lobby", name: this.name, host: undefined };
      const sockets = [...this.sockets].filter(([key]) => happening.type !== "open" || key !== happening.client);
      this.state = this.disk.boot(place, chance, sockets);
      this.#step({ type: "wake", now }, out);
      if (happening.type === "wake") return;
    }
    this.#step(this.#event(happening, now), out);
    if (happening.type === "flush") this.ringing = false;
  }

  #mint(): string {
    return createHash("md5")
      .update(`${this.name} ${this.minted++}`)
      .digest("hex");
  }

  #event(happening: Happening, now: number): Event {
    if (!("asker" in happening)) return { ...happening, now };
    const { asker, ...rest } = happening;
    let req = 1;
    while (this.asked.has(req)) req++;
    this.asked.set(req, asker);
    return { ...rest, req, now };
  }

  #step(event: Event, out: Output | undefined): void {
    for (const effect of step(this.state as State, event)) {
      if (out) out.wrong ??= wrongWith(effect, this.disk);
      this.#perform(effect, out);
    }
  }

  #write(effect: Effect): void {
    if (FLEETING.has(effect.do)) return;
    this.#journal.push(effect);
    this.disk.write(effect);
  }

  #perform(effect: Effect, out: Output | undefined): void {
    this.#write(effect);
    const { sockets } = this;
    if (effect.do === "alarm") this.disk.alarm = effect.at;
    if (effect.do === "admit" && sockets.has(effect.client)) sockets.set(effect.client, effect.attachment);
    if (effect.do === "park" && sockets.has(effect.client)) sockets.set(effect.client, PARKED);
    if (effect.do === "send" && sockets.has(effect.client))
      out?.down.push({ client: effect.client, frame: tidyFrame(effect.frame) });
    if (effect.do === "tell" && out)
      for (const [client, attachment] of sockets)
        if (attachment && attachment !== PARKED) out.down.push({ client, frame: effect.frame });
    if (effect.do === "close" && sockets.delete(effect.client))
      out?.down.push({ client: effect.client, frame: CLOSED });
    if (effect.do === "post" && out) out.posts.push({ ...effect, body: tidyBody(effect.body) });
    if (effect.do === "reply") {
      const { status, body } = effect;
      out?.answers.push({ asker: this.asked.get(effect.req) ?? "", status, body: tidyBody(body) });
      this.asked.delete(effect.req);
    }
  }
}
