/** Whole clients in a world where everything goes wrong now and then: nothing is lost, repeated or out of order. */
import { expect, it } from "vitest";
import { Client } from "../../client/lib/client.ts";
import { SAID_MS } from "../../client/lib/limits.ts";
import type { Storage } from "../../client/lib/storage.ts";
import { type Faults, Life, World } from "./world.ts";

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
/** Programs begun anew after an end, after a kill, and what a kill took away: things heard, which come again, and things said. */
const lives = { restarts: 0, kills: 0, heardAgain: 0, neverSaid: 0 };

/** A person who talks at odd times, and whose program ends or is killed now and then, and begun anew from what it stored. */
class Talker {
  readonly world: World;
  readonly name: string;
  readonly heard: { id: string; n: number; text: string }[] = [];
  readonly echoed: number[] = [];
  readonly said: { text: string; at: number }[] = [];
  /** As a page does it: what is shown is stored with the snapshot. */
  #stored: { text: string; heard: number; echoed: number } | undefined;
  #life: Life;
  client: Client;
  #serial = 0;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.#life = new Life(world);
    this.client = this.#begin(this.#life);
  }

  #begin(life: Life): Client {
    this.#life = life;
    const storage: Storage = {
      load: () => this.#stored?.text,
      save: (text) => {
        if (!life.dead) this.#stored = { text, heard: this.heard.length, echoed: this.echoed.length };
      },
    };
    const client = new Client({ url: "http://chat.test", chat: "lobby", name: this.name, storage }, life);
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
      // No text twice, so that a number that is given to two of them is noticed.
      this.said.push({ text: `${this.name} ${++this.#serial}`, at: this.world.now() });
      expect(this.client.send(this.said.at(-1)?.text ?? "")).toBe(this.said.length);
    }
    const fate = this.world.random();
    if (fate < 0.05) this.#restart();
    else if (fate < 0.08) this.#kill();
    else if (fate < 0.15) this.world.later(this.world.random() * 200, () => this.#kill());
    this.world.later(this.world.random() * 1000, () => this.talk());
  }

  #restart(): void {
    lives.restarts++;
    const { waiting } = this.client;
    this.client.close();
    expect(this.#stored?.heard).toBe(this.heard.length);
    this.client = this.#begin(new Life(this.world));
    expect(this.client.waiting).toBe(waiting);
  }

  /** In the middle of whatever it does. */
  #kill(): void {
    lives.kills++;
    this.#life.kill();
    const { heard, echoed } = this.#stored ?? { heard: 0, echoed: 0 };
    lives.heardAgain += this.heard.splice(heard).length;
    this.echoed.length = echoed;
    this.client = this.#begin(new Life(this.world));
    const { n, outbox } = this.client.snapshot();
    const lost = this.said.splice(Math.max(n, outbox.at(-1)?.n ?? 0));
    lives.neverSaid += lost.length;
    for (const { at } of lost) expect(this.world.now() - at).toBeLessThanOrEqual(SAID_MS);
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
    expect(world.log.filter(({ id }) => id === client.id).map(({ text }) => text)).toEqual(
      said.map(({ text }) => text),
    );
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

it("K4 K5 K7 K10 K16 K21 K22 K23 whatever is cut, lost, moved, silent, busy, forgotten, ended or killed: all is echoed and heard once, in order", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      await live(seed);
    } catch (error) {
      throw new Error(`in the world of seed ${seed}`, { cause: error });
    }
  }
  // Each of these must have happened, or the above says nothing about it.
  for (const [fault, times] of Object.entries({ ...faults, ...lives }))
    expect([fault, times > 20]).toEqual([fault, true]);
});
