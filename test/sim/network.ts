/** The network between servers: it delays, loses, repeats and reorders requests, and loses answers. */
import type { Verb } from "../../src/chat/wire.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

/** Milliseconds until a request that got no answer counts as lost. */
const TIMEOUT_MS = 10_000;
/** Milliseconds until a patient caller asks again. */
const PAUSE_MS = 500;
/** Answers after which it does: nothing, not started, being started. */
const NOT_YET = new Set([0, 404, 503]);

export class Network {
  readonly #world: World;
  /** Pairs `from>to` between which nothing passes now. */
  readonly cut = new Set<string>();
  /** Whether it loses and repeats. */
  lossy = true;
  /** Requests between servers that are under way, or wait for their end. */
  underWay = 0;
  #sent = 0;
  /** Per pair `from>to` the number of the latest request that arrived. */
  readonly #latest = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Carries a request there and its answer back, or tells after a while that none came. */
  post(from: Server, peer: string, verb: Verb, body: string, patience: number): void {
    const world = this.#world;
    const { life } = from;
    this.underWay++;
    let over = false;
    const end = (status: number, answer: string) => {
      if (over) return;
      over = true;
      this.underWay--;
      if (from.life !== life) return;
      if (NOT_YET.has(status) && patience > 0) {
        world.after(PAUSE_MS, () => from.life === life && this.post(from, peer, verb, body, patience - PAUSE_MS));
        return;
      }
      from.happen({ type: "answer", peer, verb, status, body: answer });
    };
    const sent = this.#sent++;
    const arrive = () => {
      this.#note(`${from.name}>${peer}`, sent);
      world.server(peer).ask({ type: verb, body }, (status, answer) => {
        if (this.#passes(peer, from.name, "answer")) world.after(this.#delay(), () => end(status, answer));
      });
    };
    if (this.#passes(from.name, peer, "request")) world.after(this.#delay(), arrive);
    if (this.lossy && world.fault("repeated request", 40)) world.after(this.#delay(), arrive);
    world.after(TIMEOUT_MS, () => end(0, ""));
  }

  #note(pair: string, sent: number): void {
    const latest = this.#latest.get(pair) ?? 0;
    if (sent < latest) this.#world.count("reordered request");
    else this.#latest.set(pair, sent);
  }

  /** Milliseconds on the way. */
  #delay(): number {
    const { faulty, random } = this.#world;
    return faulty && random.oneIn(10) ? random.below(2000) : 1 + random.below(10);
  }

  #passes(from: string, to: string, what: string): boolean {
    if (this.cut.has(`${from}>${to}`)) {
      this.#world.count(`partitioned ${what}`);
      return false;
    }
    return !(this.lossy && this.#world.fault(`lost ${what}`, 30));
  }
}
