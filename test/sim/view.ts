/** What a client has been told of the people and the servers of its chat: in the end that must be what there is. */
import type { ServerMessage } from "../../src/chat/wire.ts";

export class View {
  /** The people it would show: id → server. */
  #people = new Map<string, string>();
  /** `name status` of the servers. */
  #servers: string[] = [];

  /** `id server` of each. */
  get people(): string[] {
    return [...this.#people].map(([id, server]) => `${id} ${server}`).sort();
  }

  get servers(): string[] {
    return this.#servers;
  }

  hear(told: ServerMessage): void {
    if (told.type === "welcome" || (told.type === "presence" && told.names))
      this.#people = new Map(told.names?.map(({ id, server }) => [id, server]));
    if (told.type === "join" || told.type === "move") {
      if (told.type === "move" && !this.#people.has(told.id))
        throw new Error(`told that ${told.id} moved, who is not here`);
      this.#people.set(told.id, told.server);
    }
    // Who goes in the flush of a welcome is told to the one welcomed too, who never saw it.
    if (told.type === "leave") this.#people.delete(told.id);
    if (told.type === "welcome" || told.type === "update_servers")
      this.#servers = told.servers.map(({ name, status }) => `${name} ${status}`).sort();
    if ("count" in told && told.count !== this.#people.size)
      throw new Error(`told of ${told.count} people, and named ${this.#people.size}`);
  }
}
