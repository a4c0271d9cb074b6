/** Somebody who watches a cluster. */
import type { View } from "../../src/chat/view.ts";
import { open } from "./client.ts";
import { eventually } from "./helpers.ts";

export class Spectator {
  readonly frames: string[] = [];
  closed: number | undefined;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => void this.frames.push(String(data)));
    socket.addEventListener("close", ({ code }) => {
      this.closed = code;
    });
    socket.accept();
  }

  static async come(chat: string): Promise<Spectator> {
    const spectator = new Spectator(await open(`/chats/${chat}/cluster/ws`));
    await eventually("a first view", async () => spectator.frames.length > 0);
    return spectator;
  }

  raw(data: string): void {
    this.#socket.send(data);
  }

  leave(): void {
    this.#socket.close(1000, "");
  }

  get lines(): { type: string }[] {
    return this.frames.filter((frame) => frame.startsWith("{")).flatMap((frame) => frame.split("\n").map((line) => JSON.parse(line) as { type: string })); // biome-ignore format: one thing
  }

  /** The last view. */
  get view(): View {
    return this.lines.findLast(({ type }) => type === "cluster") as unknown as View;
  }

  /** `main alive 2` */
  get servers(): string[] {
    return this.view.servers.map(({ name, status, clients }) => `${name} ${status} ${clients}`);
  }

  /** Until exactly this is shown. */
  sees(...servers: string[]): Promise<void> {
    return eventually(`a view of ${servers}`, async () => `${this.servers}` === `${servers}`);
  }
}
