/** How a program leaves a chat: once all is delivered, not later than a few seconds after it was asked, and at once when asked twice. */
import type { Client } from "../lib/index.ts";

/** Milliseconds after which leaving no longer waits for what is not delivered. */
const LEAVE_MS = 5000;

export class Leaving {
  readonly #client: Client;
  readonly #before: () => void;
  #begun = false;

  /** `before` is called once, when it begins. */
  constructor(client: Client, before: () => void = () => {}) {
    this.#client = client;
    this.#before = before;
  }

  /** Somebody asks for it. Who asks again does not want to wait. */
  ask(): void {
    if (this.#begun) this.#client.close();
    else this.begin();
  }

  /** It is to end, and nobody is impatient: the input, the terminal or the reader is gone. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#before();
    this.#client.leave();
    setTimeout(() => this.#client.close(), LEAVE_MS).unref();
  }

  /** Leaves when the system or the person says so, or nobody reads the output any more. */
  watch({ stdout, stderr }: NodeJS.Process): void {
    process.on("SIGINT", () => this.ask());
    process.on("SIGTERM", () => this.ask());
    process.on("SIGHUP", () => this.begin());
    for (const stream of [stdout, stderr]) stream.on("error", () => this.begin());
  }
}

/** Whether a stream failed because there is nobody at its other end. */
export const isGone = ({ code }: NodeJS.ErrnoException): boolean => code === "EPIPE" || code === "EIO";
