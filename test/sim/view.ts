/** What a client has been told of the people and the servers of its chat: in the end that must be what there is. */
import { People } from "../../client/lib/people.ts";
import type { ServerMessage } from "../../src/chat/wire.ts";

export class View {
  /** The people it would show. */
  readonly #people = new People();
  /** `name status` of the servers. */
  #servers: string[] = [];

  /** How many people are listed at most. */
  readonly #listed: number;

  constructor(listed: number) {
    this.#listed = listed;
  }

  get count(): number {
    return this.#people.count;
  }

  /** `id server` of each, if all are known. */
  get people(): string[] | undefined {
    if (!this.#people.isAll) return undefined;
    return this.#people.known.map(({ id, server }) => `${id} ${server}`).sort();
  }

  get servers(): string[] {
    return this.#servers;
  }

  /** How many are to be named: all who are no crowd; of a crowd some by a welcome. */
  #named({ type, count }: { type: "welcome" | "presence"; count: number }): number {
    if (count <= this.#listed) return count;
    return type === "welcome" ? this.#listed : 0;
  }

  hear(told: ServerMessage): void {
    const people = this.#people;
    if (told.type === "welcome") people.welcome(told);
    if (told.type === "presence") people.reset(told.names ?? [], told.count);
    if (told.type === "join") people.add(told);
    if (told.type === "move") {
      if (!people.known.some(({ id }) => id === told.id))
        throw new Error(`told that ${told.id} moved, who is not here`);
      people.move(told);
    }
    // Who goes in the flush of a welcome is told to the one welcomed too, who never saw it.
    if (told.type === "leave") people.remove(told);
    if (told.type === "welcome" || told.type === "update_servers")
      this.#servers = told.servers.map(({ name, status }) => `${name} ${status}`).sort();
    if ("count" in told && (told.names?.length ?? 0) !== this.#named(told))
      throw new Error(`told of ${told.count} people, and named ${told.names?.length}`);
  }
}
