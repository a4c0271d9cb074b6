/** One session of a server that keeps the contract, moved by hand: what is under way in either direction waits until it is taken. */
import type { ClientMessage } from "../../../src/chat/wire.ts";
import { message, Rig, welcome } from "../../client/rig.ts";

const ORIGIN = "main#1";
/** A text no server takes. */
export const BAD = "bad";

/** One session at its server, and both directions of its connection, each in order. */
export class Session {
  readonly rig = new Rig();
  readonly log: string[] = [];
  readonly said: string[] = [];
  busy = false;
  #joined = false;
  /** The highest number accepted on this connection. */
  #n = 0;
  #toServer: string[] = [];
  #toClient: object[][] = [];
  #performed = 0;

  /** Takes up what the client wants done. */
  #perform(): void {
    for (const action of this.rig.done.slice(this.#performed)) {
      if (action.do === "open" || action.do === "close") {
        this.#joined = false;
        this.#toServer = [];
        this.#toClient = [];
      } else if (action.do === "send") this.#toServer.push(action.frame);
    }
    this.#performed = this.rig.done.length;
  }

  say(...texts: string[]): void {
    this.said.push(...texts);
    this.rig.say(...texts);
    this.#perform();
  }

  connect(): void {
    this.rig.open();
    this.#perform();
  }

  cut(): void {
    this.rig.cut();
    this.#perform();
  }

  pass(ms: number): void {
    this.rig.pass(ms);
    this.#perform();
  }

  /** The server takes the next frame. */
  serve(): void {
    const frame = this.#toServer.shift();
    if (frame === "ping") this.#toClient.push(["pong" as unknown as object]);
    else if (frame !== undefined)
      this.#toClient.push(frame.split("\n").flatMap((line) => this.#answer(JSON.parse(line))));
  }

  /** The client hears the next frame. */
  hear(): void {
    const frame = this.#toClient.shift();
    if (frame?.length) this.rig.hear(...frame);
    this.#perform();
  }

  /**
   * A text that will be refused, if nothing is under way: a refusal names a number only, and what is under way could be refused
   * once more when that number is another text's already.
   */
  bad(): void {
    const { phase, outbox } = this.rig.state;
    const quiet = this.#toServer.length + this.#toClient.length + outbox.waiting.length === 0;
    if (phase === "live" && quiet) this.say(BAD);
  }

  /** Another device says something under the next number; who has joined is told. */
  elsewhere(text: string): void {
    this.log.push(text);
    if (this.#joined) this.#toClient.push([this.#line(this.log.length)]);
  }

  #line(n: number): object {
    return message(n, this.log[n - 1] ?? "", { origin: ORIGIN });
  }

  #answer(object: ClientMessage): object[] {
    const known = this.log.length;
    if (object.type === "client_join_req") {
      this.#joined = true;
      this.#n = Math.max(known, object.n ?? 0);
      const cursor = object.cursor ?? { [ORIGIN]: known };
      const from = cursor[ORIGIN] ?? 0;
      const past = Array.from({ length: known - from }, (_, i) => this.#line(from + i + 1));
      return [welcome({ n: known, cursor }), ...past];
    }
    if (object.type !== "send") return [];
    const { text, n = 0 } = object;
    const error = (code: string, fields: object = {}) => [{ type: "error", code, message: code, ...fields }];
    if (text === BAD) return error("bad_text", { n });
    if (n <= known) {
      if (n === this.#n + 1) this.#n = n;
      return this.log[n - 1] === text ? [] : error("n_reused", { n });
    }
    if (n > this.#n + 1) return error("n_gap", { n: this.#n + 1 });
    if (this.busy) return error("busy", { n, retry: 300 });
    this.log.push(text);
    this.#n = this.log.length;
    return [this.#line(n)];
  }
}
