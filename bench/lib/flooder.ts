/** Somebody who talks, uncompressed, as fast as the echoes come or at an even pace, and counts the echoes. */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "./crowd.ts";
import type { Line } from "./line.ts";
import type { RawSocket } from "./socket.ts";
import { textOf } from "./witness.ts";

/** Texts that are not echoed yet, while it talks as fast as it can. */
const IN_FLIGHT = 256;

export class Flooder {
  readonly #socket: RawSocket;
  id = "";
  said = 0;
  echoed = 0;
  cursor: Record<string, number> = {};
  #flooding = false;

  constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  async come(): Promise<void> {
    this.id = String((await join(this.#socket, "talker")).id);
    this.#socket.onLine = (line: Line) => {
      if (line.type !== "message") return;
      this.echoed++;
      this.cursor = { [String(line.origin)]: Number(line.seq) };
      if (this.#flooding) this.#say(1);
    };
  }

  /** Echoes per second, as fast as they come. */
  async flood(ms: number): Promise<number> {
    const [began, before] = [performance.now(), this.echoed];
    this.#flooding = true;
    this.#say(IN_FLIGHT);
    await sleep(ms);
    this.#flooding = false;
    return ((this.echoed - before) / (performance.now() - began)) * 1000;
  }

  async pace(perSecond: number, seconds: number): Promise<void> {
    const began = performance.now();
    for (let i = 0; i < perSecond * seconds; i++) {
      await sleep(Math.max(0, began + (i * 1000) / perSecond - performance.now()));
      this.#say(1);
    }
  }

  #say(count: number): void {
    this.#socket.say(
      Array.from({ length: count }, () => ({ type: "send", text: textOf(this.said + 1), n: ++this.said })),
    );
  }

  leave(): void {
    this.#socket.onEnd = () => {};
    this.#socket.close();
  }
}
