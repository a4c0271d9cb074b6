import type { ClientMessage, ServerMessage } from "../../src/chat/wire.ts";
import type { Node } from "./cluster.ts";

type Told<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** A plain client of one server. */
export class Client {
  readonly node: Node;
  readonly key: number;

  constructor(node: Node, key: number) {
    this.node = node;
    this.key = key;
  }

  say(...messages: (ClientMessage | Record<string, unknown> | string)[]): void {
    const data = messages.map((m) => (typeof m === "string" ? m : JSON.stringify(m))).join("\n");
    this.node.do({ type: "frame", client: this.key, data });
  }

  join(name: string, more: Partial<Extract<ClientMessage, { type: "client_join_req" }>> = {}): this {
    this.say({ type: "client_join_req", name, ...more });
    return this;
  }

  send(text: string, n?: number): void {
    this.say(n === undefined ? { type: "send", text } : { type: "send", text, n });
  }

  cut(): void {
    this.node.attachments.delete(this.key);
    this.node.do({ type: "close", client: this.key });
  }

  get open(): boolean {
    return this.node.attachments.has(this.key);
  }

  get got(): ServerMessage[] {
    return (this.node.frames.get(this.key) ?? []).flatMap((frame) =>
      frame.split("\n").map((text) => JSON.parse(text) as ServerMessage),
    );
  }

  all<T extends ServerMessage["type"]>(type: T): Told<T>[] {
    return this.got.filter((message): message is Told<T> => message.type === type);
  }

  /** The last object of a type; the test fails if there is none. */
  last<T extends ServerMessage["type"]>(type: T): Told<T> {
    const found = this.all(type).at(-1);
    if (found === undefined) throw new Error(`no ${type} among ${JSON.stringify(this.got)}`);
    return found;
  }

  get texts(): string[] {
    return this.all("message").map(({ text }) => text);
  }

  /** What a person reads, in the original's words. */
  get screen(): string[] {
    return this.got.flatMap((message) => {
      if (message.type === "join") return [`[JOIN] ${message.name}`];
      if (message.type === "leave") return [`[LEAVE] ${message.name}`];
      return message.type === "message" ? [`[${message.name}] ${message.text}`] : [];
    });
  }
}
