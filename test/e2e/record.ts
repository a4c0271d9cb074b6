/** What one client was told, over all its connections, and what can be read from it. */
import type { Person, ServerMessage } from "../../src/chat/wire.ts";

export type Of<T extends ServerMessage["type"]> = ServerMessage & { type: T };

export class Record {
  /** Everything that came, in this order; what a server tells twice is here twice. */
  readonly received: ServerMessage[] = [];

  /** The objects of one type. */
  all<T extends ServerMessage["type"]>(type: T): Of<T>[] {
    return this.received.filter((object): object is Of<T> => object.type === type);
  }

  /** The texts of one session. */
  heard(id: string): string[] {
    return this.all("message").flatMap((message) => (message.id === id ? [message.text] : []));
  }

  /** The ids it was told of in `join`, or in `leave`. */
  people(type: "join" | "leave"): string[] {
    return this.received.flatMap((object) => (object.type === type ? [(object as Person).id] : []));
  }

  /** The ids of all who are in the chat now. */
  get present(): Set<string> {
    let present = new Set<string>();
    for (const object of this.received) {
      if ((object.type === "welcome" || object.type === "presence") && object.names)
        present = new Set(object.names.map(({ id }) => id));
      else if (object.type === "join") present.add((object as Person).id);
      else if (object.type === "leave") present.delete((object as Person).id);
    }
    return present;
  }

  /** The servers as last told, as in `main alive`. */
  get servers(): string[] {
    const told = this.received.flatMap((object) => ("servers" in object ? [object.servers] : []));
    return (told.at(-1) ?? []).map(({ name, status }) => `${name} ${status}`);
  }
}
