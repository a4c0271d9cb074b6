/** Talking without a terminal: each line of input is a message, and the end of the input is the end once all is echoed. */
import { type Client, FullError, LeftError, TextError } from "../lib/index.ts";
import type { Output } from "./conversation.ts";
import { linesOf } from "./input.ts";

/** Messages that wait for their echo beyond which no more input is read: twice what is in flight, so that reading is never waited for. */
const WAITING = 2048;

/** Prints each turn's lines at once. */
export class Plain implements Output {
  readonly colour: Output["colour"];
  readonly #said: NodeJS.WritableStream;
  readonly #notes: NodeJS.WritableStream;
  #pending = "";

  constructor(said: NodeJS.WritableStream, notes: NodeJS.WritableStream, colour: Output["colour"]) {
    this.#said = said;
    this.#notes = notes;
    this.colour = colour;
  }

  say(line: string): void {
    if (this.#pending === "") setImmediate(() => this.flush());
    this.#pending += `${line}\n`;
  }

  note(line: string): void {
    this.#notes.write(`${line}\n`);
  }

  flush(): void {
    if (this.#pending !== "") this.#said.write(this.#pending);
    this.#pending = "";
  }
}

/** Sends the lines of a stream until it ends, says `exit`, or the client has left. The numbers of lines that cannot be sent go to `refused`. */
export async function sendLines(
  client: Client,
  chunks: AsyncIterable<Uint8Array | string>,
  refused: number[],
): Promise<void> {
  let number = 0;
  for await (const line of linesOf(chunks)) {
    number++;
    if (line === "exit" || hasEnded(client)) break;
    if (line === "") continue;
    try {
      await say(client, line);
    } catch (error) {
      if (error instanceof LeftError) break;
      if (!(error instanceof TextError)) throw error;
      refused.push(number);
    }
    if (client.waiting >= WAITING) await until(client, () => client.waiting < WAITING || hasEnded(client));
  }
}

/** Sends a line as soon as there is room for it. */
async function say(client: Client, line: string): Promise<void> {
  for (;;) {
    const { waiting } = client;
    try {
      client.send(line);
      return;
    } catch (error) {
      if (!(error instanceof FullError)) throw error;
    }
    await until(client, () => client.waiting < waiting || hasEnded(client));
  }
}

/** Resolves when a client is welcomed, or has ended. */
export function welcomed(client: Client): Promise<void> {
  return until(client, () => client.id !== undefined || hasEnded(client));
}

const hasEnded = ({ state }: Client): boolean => state.is === "offline" && state.final;

function until(client: Client, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    let offs: (() => void)[] = [];
    const look = () => {
      if (!holds()) return;
      for (const off of offs) off();
      resolve();
    };
    offs = [client.on("echoed", look), client.on("failed", look), client.on("state", look)];
    look();
  });
}
