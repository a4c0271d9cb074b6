/** Somebody who watches the cluster, now here, now there: what they are told must be true, in bounded frames, and in the end complete. */
import type { View } from "../../src/chat/view.ts";
import { expectEqual } from "./invariants.ts";
import type { Server } from "./server.ts";
import type { World } from "./world.ts";

export class Spectator {
  readonly #world: World;
  #place: { server: Server; key: number } | undefined;
  #view: View | undefined;
  /** When the server sent the latest frame that says what travels, by its clock. */
  #arrives = 0;

  constructor(world: World) {
    this.#world = world;
  }

  delay(): number {
    const { world } = this;
    this.#arrives = Math.max(this.#arrives, world.now + 1 + world.random.below(world.faulty ? 200 : 5));
    return this.#arrives - world.now;
  }

  get world(): World {
    return this.#world;
  }

  /** Goes and watches at a server; only one at a time. */
  watch(server: Server): void {
    if (this.#place) this.#place.server.sockets.drop(this.#place.key);
    this.world.say(`somebody watches ${server.name}`);
    this.#view = undefined;
    this.#place = { server, key: server.watch(this) };
  }

  heard(server: Server, key: number, lines: string[]): void {
    if (this.#place?.key !== key || this.#place.server !== server) return;
    for (const line of lines) {
      const told = JSON.parse(line) as { type: string };
      if (told.type === "traffic") this.world.count("traffic watched");
      else if (told.type === "cluster") this.#see(server, told as unknown as View);
      else throw new Error(`a watcher of ${server.name} is told ${line.slice(0, 100)}`);
    }
  }

  #see(server: Server, view: View): void {
    expectEqual("whose view it is", view.server, server.name);
    for (const { to, from, lag = 0, rtt = 0 } of view.links) {
      if (from !== server.name) this.world.count("view of others watched");
      if (!Number.isInteger(lag) || lag < 0 || rtt < 0) throw new Error(`${from}>${to} has lag ${lag}, rtt ${rtt}`);
    }
    this.#view = view;
  }

  closed(server: Server, key: number): void {
    if (this.#place?.server === server && this.#place.key === key) this.#place = undefined;
  }

  /** At the end what is shown is what there is: the servers, who is where, and that nothing is owed. */
  check({ world, state }: Server): void {
    if (this.#place === undefined || this.#view === undefined) throw new Error("somebody watches and sees nothing");
    const members = [...(state?.members ?? [])].map(([name, { status }]) => `${name} ${status}`).sort();
    const { servers, links, server } = this.#view;
    expectEqual(
      "servers as watched",
      servers.map(({ name, status }) => `${name} ${status}`),
      members,
    );
    for (const { name, status, clients } of servers) {
      const here = world.people.filter((person) => person.server?.name === name).length;
      if (status === "alive") expectEqual(`clients of ${name} as watched`, clients, here);
    }
    for (const { from, to, lag, status } of links)
      expectEqual(`${from}>${to} as watched`, [status, from === server ? lag : 0], ["alive", 0]);
  }
}
