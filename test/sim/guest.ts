/** A person with a client that keeps the contract: it comes back with its session and cursor, and says again what was not echoed. */
import type { Cursor, ServerMessage } from "../../src/chat/wire.ts";
import type { Client } from "../unit/client.ts";
import type { Node } from "../unit/cluster.ts";

export class Guest {
  readonly name: string;
  readonly note: (line: string) => void;
  client: Client | undefined;
  #session: string | undefined;
  #id = "";
  #cursor: Cursor = {};
  /** Texts said, the n-1st under number n; the highest number echoed. */
  readonly #said: string[] = [];
  #echoed = 0;
  #welcome = false;
  /** How much of what its connection brought was read. */
  #read = 0;

  constructor(name: string, note: (line: string) => void) {
    this.name = name;
    this.note = note;
  }

  join(node: Node): void {
    this.cut();
    this.client = node.connect();
    const session = this.#session;
    const resume = session === undefined ? {} : { session, cursor: this.#cursor, n: this.#echoed };
    if (this.client.open) this.client.join(this.name, resume);
  }

  say(text: string): void {
    this.#said.push(text);
    if (this.#welcome) this.client?.send(text, this.#said.length);
  }

  leave(): void {
    this.#welcome = false;
    this.client?.say({ type: "client_leave_req" });
  }

  /** The connection is lost without a word. */
  cut(): void {
    if (this.client?.open) this.client.cut();
    this.client = undefined;
    this.#welcome = false;
    this.#read = 0;
  }

  /** Reads what has come. */
  hear(): void {
    const { client } = this;
    if (client === undefined) return;
    const got = client.got.slice(this.#read);
    this.#read += got.length;
    for (const message of got) this.#heard(message);
    if (!client.open) this.cut();
  }

  #heard(message: ServerMessage): void {
    if (message.type === "welcome") {
      this.#id = message.id;
      this.#session = message.session;
      this.#cursor = { ...message.cursor };
      this.#welcome = true;
      this.#sayAgain();
    } else if (message.type === "message") {
      const { id, n, origin, seq } = message;
      this.#cursor[origin] = Math.max(this.#cursor[origin] ?? 0, seq);
      if (id === this.#id) this.#echoed = Math.max(this.#echoed, n);
    }
  }

  /** In order all that was not echoed; at once, as the simplest client does, although the echo may come with the welcome. */
  #sayAgain(): void {
    for (let n = this.#echoed + 1; n <= this.#said.length; n++) {
      this.note(`    ${this.name} sends n ${n}: ${this.#said[n - 1]}`);
      this.client?.send(this.#said[n - 1] as string, n);
    }
  }
}
