/** What a client hears, as lines: what was said, in the original's words, and quiet notes about all else. */
import type { Cursor, ServerEntry } from "../../src/chat/wire.ts";
import { type Client, type Failure, type Heard, type Message, People, type Status, serverOf } from "../lib/index.ts";
import { byServer, label, labels } from "./people.ts";
import { dim, ofId } from "./style.ts";
import { visible, visibleJson } from "./visible.ts";

/** Where lines go, and whether each takes colour. */
export interface Output {
  /** What was said. */
  say(line: string): void;
  /** The rest. */
  note(line: string): void;
  readonly colour: { said: boolean; notes: boolean };
}

/** People listed by name when one joins. */
const LISTED = 10;
/** Characters shown of what is not understood, or not delivered. */
const SHOWN = 200;
/** Errors the library sees to by itself. */
const SEEN_TO = ["n_gap", "n_reused"];

export class Conversation {
  readonly people = new People();
  readonly #client: Client;
  readonly #output: Output;
  readonly #json: boolean;
  #servers: ServerEntry[] = [];
  /** Where the stream of this connection began: what is at or below it is history. */
  #start: Cursor = {};
  /** The server one is, or was last, connected to. */
  #server: string | undefined;
  /** Whether it was said that the connection is gone. */
  #lost = false;
  /** How many messages failed. */
  failed = 0;

  /** `json`: print objects as they come instead of lines. */
  constructor(client: Client, output: Output, json: boolean) {
    this.#client = client;
    this.#output = output;
    this.#json = json;
    client.on("object", (object) => this.#hear(object));
    client.on("state", (status) => this.#turn(status));
    client.on("failed", (failure) => this.#fail(failure));
  }

  note(text: string): void {
    for (const line of text.split("\n")) this.#output.note(dim(line, this.#output.colour.notes));
  }

  who(): void {
    const { count, known } = this.people;
    const all = amount(count, "person", "people");
    const more = count > known.length ? `and ${count - known.length} more` : "";
    const places = byServer(this.people, this.#server);
    if (places.length < 2) {
      this.note(`${all}: ${labels(this.people).join(", ")}${more && ` ${more}`}`);
      return;
    }
    this.note(all);
    for (const [server, names] of places) {
      const place = server === undefined ? "elsewhere" : visible(server);
      this.note(`${place}${server === this.#server ? " (yours)" : ""}: ${names.join(", ")}`);
    }
    if (more) this.note(more);
  }

  servers(): void {
    for (const { name, status } of this.#servers)
      this.note(`${visible(name)}  ${visible(status)}${name === this.#server ? "  (yours)" : ""}`);
  }

  #hear(object: Heard): void {
    if (this.#json) this.#print(object);
    else this.#show(object);
    switch (object.type) {
      case "welcome":
        this.people.welcome(object);
        this.#servers = object.servers;
        this.#start = { ...object.cursor };
        this.#welcome(object.chat, object.server);
        break;
      case "update_servers":
      case "exit":
        this.#servers = object.servers;
        break;
      case "join":
        this.people.add(object);
        break;
      case "move":
        this.people.move(object);
        break;
      case "leave":
        this.people.remove(object);
        break;
      case "presence":
        this.people.reset(object.names ?? [], object.count);
    }
  }

  /** Where somebody speaks; what is history says where they once were. */
  #serverOf({ origin, seq }: Message): string | undefined {
    return seq > (this.#start[origin] ?? 0) ? serverOf(origin, this.#servers) : undefined;
  }

  #print(object: Heard): void {
    if (object.type === "unsupported") this.note(`unsupported: ${visible(object.line.slice(0, SHOWN))}`);
    else this.#output.say(visibleJson(object.type === "unknown" ? object.object : object));
  }

  #show(object: Heard): void {
    const { said } = this.#output.colour;
    switch (object.type) {
      case "join":
        // Whether a namesake is here is asked with the new one among them.
        this.people.add(object);
        this.#output.say(dim(`[JOIN] ${label(this.people, object)} joined the chat`, said));
        break;
      case "leave":
        this.#output.say(dim(`[LEAVE] ${label(this.people, object)} left the chat`, said));
        break;
      case "message":
        this.people.hear(object, this.#serverOf(object));
        this.#output.say(`${ofId(`[${label(this.people, object)}]`, object.id, said)} ${visible(object.text)}`);
        break;
      case "presence":
        // Many moved to another server, which is nobody's concern.
        if (object.joined + object.left === 0) break;
        this.note(`${object.joined} joined, ${object.left} left; ${amount(object.count, "person", "people")} here`);
        break;
      case "reset":
        this.note(`messages may be missing before this line (${visible(object.reason)})`);
        break;
      case "error":
        // One that ends the client is said at the end.
        if (object.retry === undefined && !SEEN_TO.includes(object.code) && this.#client.state.is === "online")
          this.note(`${visible(object.code)}: ${visible(object.message)}`);
        break;
      case "unknown":
        this.note(`unsupported message: ${visible(JSON.stringify(object.object).slice(0, SHOWN))}`);
        break;
      case "unsupported":
        this.note(`unsupported message: ${visible(object.line.slice(0, SHOWN))}`);
    }
  }

  /** The first welcome says where one is; a later one only what is different. */
  #welcome(chat: string, server: string): void {
    if (this.#server === undefined) {
      const { count } = this.people;
      const some = labels(this.people).slice(0, LISTED).join(", ");
      const names = some === "" ? "" : `: ${some}${count > LISTED ? ", …" : ""}`;
      this.note(`chat ${visible(chat)}, server ${visible(server)}, ${amount(count, "person", "people")}${names}`);
    } else if (this.#lost) this.note(`back, on server ${visible(server)}`);
    else if (server !== this.#server) this.note(`moved to server ${visible(server)}`);
    this.#server = server;
    this.#lost = false;
  }

  #turn(status: Status): void {
    if (status.is !== "offline" || status.final || this.#lost || this.#server === undefined) return;
    this.#lost = true;
    this.note(`connection lost: ${visible(status.why)}; trying to come back`);
  }

  #fail({ text, code, message }: Failure): void {
    this.failed++;
    this.note(`not delivered: ${visible(text.slice(0, SHOWN))} (${visible(code)}: ${visible(message)})`);
  }
}

/** `1 person`, `2 people`. */
export const amount = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
