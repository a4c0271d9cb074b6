/** Somebody who watches the cluster at one server. */
import type { View } from "../../src/chat/view.ts";
import type { Node } from "./cluster.ts";

interface Told {
  type: string;
  messages?: Record<string, number>;
}

export class Spectator {
  readonly node: Node;
  readonly key: number;

  constructor(node: Node, key: number) {
    this.node = node;
    this.key = key;
  }

  say(data: string | null): void {
    this.node.do({ type: "frame", client: this.key, data });
  }

  cut(): void {
    this.node.attachments.delete(this.key);
    this.node.do({ type: "close", client: this.key });
  }

  get open(): boolean {
    return this.node.attachments.has(this.key);
  }

  get frames(): string[] {
    return this.node.frames.get(this.key) ?? [];
  }

  get got(): Told[] {
    return this.frames.flatMap((frame) => frame.split("\n").map((text) => JSON.parse(text) as Told));
  }

  get views(): View[] {
    return this.got.filter(({ type }) => type === "cluster") as unknown as View[];
  }

  /** The last view; the test fails if there is none. */
  get view(): View {
    const last = this.views.at(-1);
    if (last === undefined) throw new Error(`no view among ${JSON.stringify(this.got)}`);
    return last;
  }

  /** `main alive 2` */
  get servers(): string[] {
    return this.view.servers.map(({ name, status, clients }) => `${name} ${status} ${clients}`);
  }

  /** `main>b 0`, with the messages that are owed, or `main>b unreachable 3`. */
  get links(): string[] {
    return this.view.links.map(({ from, to, status, lag }) =>
      [`${from}>${to}`, ...(status === "alive" ? [] : [status]), ...(lag === undefined ? [] : [lag])].join(" "),
    );
  }

  /** All messages that were told to travel, per server. */
  get traffic(): Record<string, number> {
    const all: Record<string, number> = {};
    for (const { messages = {} } of this.got)
      for (const [server, count] of Object.entries(messages)) all[server] = (all[server] ?? 0) + count;
    return all;
  }
}
