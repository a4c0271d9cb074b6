/** What happens in a cluster, line by line: what servers write, send each other and set their alarms to; indented, what people are told. */
import { type Effect, PARKED } from "../../src/chat/effects.ts";
import type { ServerMessage } from "../../src/chat/wire.ts";
import type { Happening, Node, Watcher } from "../unit/cluster.ts";
import { servers, told, Words } from "./wording.ts";

type Clock = { readonly now: number };
/** Who sits at a connection. */
type Who = (node: Node, key: number) => string;

export class Trace implements Watcher {
  readonly words = new Words();
  readonly #clock: Clock;
  readonly #start: number;
  readonly #who: Who;
  readonly #orders = new Set<string>();
  #lines: string[] = [];
  /** The line that tells what a server is writing, while it does nothing else; more goes on the same line. */
  #writing = -1;

  constructor(clock: Clock, who: Who) {
    this.#clock = clock;
    this.#start = clock.now;
    this.#who = who;
  }

  /** What happened since the last call. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#writing = -1;
    return lines;
  }

  note(line: string): void {
    this.#lines.push(line);
  }

  /** Seconds since the story began. */
  time(at = this.#clock.now): string {
    return `${(at - this.#start) / 1000} s`;
  }

  event({ name }: Node, happening: Happening): void {
    this.#writing = -1;
    if (happening.type === "start" || happening.type === "disconnect") this.#orders.add(`${name} ${happening.req}`);
    if (happening.type === "wake") this.note(`${name} wakes and reads its storage`);
    if (happening.type === "alarm") this.note(`${name} alarm rings at ${this.time()}`);
    if (happening.type === "answer") {
      const { peer, status, body } = happening;
      this.note(`${name} <- ${peer} ${this.words.answer(status, body)}`);
    }
  }

  effect(node: Node, effect: Effect): void {
    const { name } = node;
    if (effect.do === "append") for (const head of effect.heads) this.#write(name, this.words.batch(head));
    if (effect.do === "trim") this.#write(name, `trims below row ${effect.below}`);
    if (effect.do === "put") this.#write(name, this.words.put(effect.key, effect.value));
    if (effect.do === "alarm") this.note(`${name} alarm ${effect.at === null ? "off" : `at ${this.time(effect.at)}`}`);
    if (effect.do === "print") this.#print(name, effect);
    if (effect.do === "post") this.#say(`${name} -> ${effect.peer} ${this.words.request(effect.verb, effect.body)}`);
    if (effect.do === "send") this.#tell(this.#who(node, effect.client), effect.frame);
    if (effect.do === "tell") {
      const here = [...node.attachments].filter(([, attachment]) => attachment && attachment !== PARKED);
      if (here.length > 0) this.#tell(here.map(([key]) => this.#who(node, key)).join(", "), effect.frame);
    }
    if (effect.do === "park") this.#say(`    ${this.#who(node, effect.client)} waits: ahead of ${name}`);
    if (effect.do === "close") this.#say(`    ${this.#who(node, effect.client)}: closed, ${effect.code}`);
    if (effect.do === "reply" && this.#orders.delete(`${name} ${effect.req}`)) this.#order(effect);
  }

  #write(name: string, what: string): void {
    if (this.#writing < 0) this.#writing = this.#lines.push(`${name} writes ${what}`) - 1;
    else this.#lines[this.#writing] += `, ${what}`;
  }

  /** What leaves a server ends what was written before. */
  #say(line: string): void {
    this.#writing = -1;
    this.note(line);
  }

  #print(name: string, { event, message, detail }: Effect & { do: "print" }): void {
    const { peer, fails, retryAt } = detail as { peer: string; fails: number; retryAt: number };
    const again = () => `tries ${peer} again at ${this.time(retryAt)}, after failure ${fails}`;
    this.note(`${name} ${event === "peer_failed" ? again() : `prints ${message}`}`);
  }

  #tell(who: string, frame: string): void {
    for (const line of frame.split("\n"))
      this.#say(`    ${who}: ${told(JSON.parse(line) as ServerMessage, this.words)}`);
  }

  #order({ status, body }: Effect & { do: "reply" }): void {
    const { error, server, servers: all } = JSON.parse(body);
    this.#say(
      error
        ? `    operator: ${status} ${error.code}`
        : `    operator: ${server.name} is ${server.status}; servers ${servers(all)}`,
    );
  }
}
