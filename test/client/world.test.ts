/** Whole clients in a world where everything goes wrong now and then: nothing is lost, repeated or out of order. */
import { expect, it } from "vitest";
import { Client } from "../../client/lib/client.ts";
import type { Snapshot } from "../../client/lib/state.ts";
import { type Faults, World } from "./world.ts";

/** Worlds tried, and how much is said in each by each client. */
const SEEDS = 150;
const TEXTS = 40;
/** Milliseconds of a world's time: until all is said, and until all is heard once nothing goes wrong any more. */
const TALK_MS = 60_000;
const HEAL_MS = 120_000;

const faults: Faults = {
  cut: 0,
  lostFrame: 0,
  silent: 0,
  busy: 0,
  moved: 0,
  slow: 0,
  forgot: 0,
  repeated: 0,
  refused: 0,
  lostWelcome: 0,
};
let restarts = 0;

/** A person who talks at odd times and now and then starts the program anew from what it stored. */
class Talker {
  readonly world: World;
  readonly name: string;
  readonly heard: { id: string; n: number; text: string }[] = [];
  readonly echoed: number[] = [];
  readonly said: string[] = [];
  client: Client;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.client = this.#begin();
  }

  #begin(resume?: Snapshot): Client {
    const options = { url: "http://chat.test", chat: "lobby", name: this.name, ...(resume && { resume }) };
    const client = new Client(options, this.world);
    client.on("object", (object) => {
      if (object.type === "message") this.heard.push(object);
      else if (object.type === "unsupported") throw new Error(object.line);
    });
    client.on("echoed", ({ n }) => this.echoed.push(n));
    client.on("failed", (failure) => {
      throw new Error(`${this.name}: ${JSON.stringify(failure)}`);
    });
    return client.start();
  }

  talk(): void {
    if (this.said.length === TEXTS) return;
    const burst = Math.min(TEXTS - this.said.length, 1 + Math.floor(this.world.random() * 5));
    for (let i = 0; i < burst; i++) {
      this.said.push(`${this.name} ${this.said.length + 1}`);
      expect(this.client.send(this.said.at(-1) ?? "")).toBe(this.said.length);
    }
    if (this.world.random() < 0.05 && this.client.id !== undefined) {
      restarts++;
      const stored = JSON.stringify(this.client.snapshot());
      this.client.close();
      this.client = this.#begin(JSON.parse(stored) as Snapshot);
    }
    this.world.later(this.world.random() * 1000, () => this.talk());
  }
}

async function live(seed: number): Promise<void> {
  const world = new World(seed, faults);
  const talkers = ["John", "Mary", "Anne"].map((name) => new Talker(world, name));
  for (const talker of talkers) talker.talk();
  await world.run(() => talkers.every(({ said }) => said.length === TEXTS), TALK_MS);
  world.trouble = 0;
  const total = TEXTS * talkers.length;
  const last = () => JSON.stringify(world.log.at(-1));
  await world.run(
    () =>
      world.log.length === total &&
      talkers.every(
        ({ client, heard }) => client.waiting === 0 && heard.some((told) => JSON.stringify(told) === last()),
      ),
    HEAL_MS,
  );
  for (const { client, said, echoed, heard } of talkers) {
    expect(world.log.filter(({ id }) => id === client.id).map(({ text }) => text)).toEqual(said);
    expect(echoed).toEqual(said.map((_, i) => i + 1));
    // From where it began to hear each author: every number once, in order, to the last.
    for (const other of talkers) {
      const numbers = heard.filter(({ id }) => id === other.client.id).map(({ n }) => n);
      const first = numbers[0] ?? 1;
      expect(numbers).toEqual(Array.from({ length: TEXTS - first + 1 }, (_, i) => i + first));
    }
    client.leave();
  }
  await world.run(() => talkers.every(({ client }) => client.state.is === "offline" && client.state.final), HEAL_MS);
}

it("K4 K5 K7 K10 K16 whatever is cut, lost, moved, silent, busy, forgotten or begun anew: all is echoed and heard once, in order", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await live(seed);
    } catch (error) {
      throw new Error(`in the world of seed ${seed}`, { cause: error });
    }
  }
  // Each of these must have happened, or the above says nothing about it.
  for (const [fault, times] of Object.entries({ ...faults, restarts }))
    expect([fault, times > 20]).toEqual([fault, true]);
});
