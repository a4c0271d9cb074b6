/** One round of the busy room: people with the client library on one server, some of whom talk; its process is killed, stays away, and is back. */
import { setTimeout as sleep } from "node:timers/promises";
import { host } from "../../client/cli/host.ts";
import { type Client, connect, type Heard } from "../../client/lib/index.ts";
import type { Bundle } from "./bundle.ts";
import { startDeployment } from "./federation.ts";
import { pooled, until } from "./wait.ts";
import { textOf } from "./witness.ts";
import type { Workerd } from "./workerd.ts";

/** Connections being made at the same time. */
const CONNECTING = 50;
/** Milliseconds a join may take, and that all may take to be whole again. */
const JOIN_MS = 30_000;
const WHOLE_MS = 120_000;
/** Milliseconds people talk before the kill, and after all are whole. */
const TALK_MS = 3000;
const LOOK_MS = 20;

export interface Parameters {
  /** How many there are, how many of them talk, and how many texts they say together per second, also while nobody answers. */
  readonly people: number;
  readonly talkers: number;
  readonly perSecond: number;
  /** Milliseconds from the kill to the start. */
  readonly away: number;
}

/** Seconds from the moment the server answers again, for each of the people. */
export interface Round {
  /** Until the first `welcome`. */
  readonly back: readonly number[];
  /** Until all was heard that anybody had said before that moment. */
  readonly whole: readonly number[];
  /** Seconds from the kill until it answers again, and texts said meanwhile. */
  readonly gone: number;
  readonly missed: number;
}

/** Somebody who counts what is heard of each talker, and notes when nothing of what was said before a moment is missing. */
class Person {
  readonly client: Client;
  said = 0;
  back: number | undefined;
  whole: number | undefined;
  wrong: string | undefined;
  readonly #heard = new Map<string, number>();
  #wanted: ReadonlyMap<string, number> | undefined;

  constructor(port: number, name: string) {
    this.client = connect({ url: `http://127.0.0.1:${port}`, chat: "busy", name }, host);
    this.client.on("object", (object) => this.#hear(object));
    this.client.on("failed", (failure) => this.#complain(failure));
  }

  say(): void {
    this.client.send(textOf(++this.said));
  }

  /** From now on it is noted when they are back, and when they have heard so many of each. */
  want(wanted: ReadonlyMap<string, number>): void {
    this.#wanted = wanted;
    if (this.client.state.is === "online") this.back = performance.now();
    this.#look();
  }

  has(wanted: ReadonlyMap<string, number>): boolean {
    return [...wanted].every(([id, count]) => (this.#heard.get(id) ?? 0) >= count);
  }

  #hear(object: Heard): void {
    if (object.type === "welcome") this.back ??= performance.now();
    if (object.type === "reset" || object.type === "unsupported") this.#complain(object);
    if (object.type !== "message") return;
    const { id, n, text } = object;
    if (n !== (this.#heard.get(id) ?? 0) + 1 || text !== textOf(n)) this.#complain(object);
    this.#heard.set(id, n);
    this.#look();
  }

  #look(): void {
    if (this.#wanted && this.whole === undefined && this.has(this.#wanted)) this.whole = performance.now();
  }

  #complain(what: object): void {
    this.wrong ??= JSON.stringify(what);
  }
}

export async function round(bundle: Bundle, parameters: Parameters): Promise<Round> {
  const server = await startDeployment(bundle);
  const people: Person[] = [];
  try {
    return await measure(server, people, parameters);
  } catch (error) {
    throw new Error(`the server printed:\n${server.tail()}`, { cause: error });
  } finally {
    for (const { client } of people) client.close();
    await server.stop();
  }
}

async function measure(server: Workerd, people: Person[], parameters: Parameters): Promise<Round> {
  await pooled(parameters.people, CONNECTING, async (index) => {
    const person = new Person(server.port, `p${index}`);
    people.push(person);
    await until("a welcome", () => person.client.state.is === "online", { ms: JOIN_MS, every: LOOK_MS });
  });
  const talkers = people.slice(0, parameters.talkers);
  const said = () => new Map(talkers.map(({ client, said }) => [String(client.id), said]));
  const count = () => talkers.reduce((sum, { said }) => sum + said, 0);
  const began = performance.now();
  const talking = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * parameters.perSecond;
    while (count() < due) talkers[count() % talkers.length]?.say();
  }, 1000 / parameters.perSecond);
  try {
    await sleep(TALK_MS);
    const killed = performance.now();
    const before = count();
    await server.crash();
    for (const person of people) person.back = undefined;
    await sleep(parameters.away);
    await server.restart();
    const returned = performance.now();
    const missed = count() - before;
    const wanted = said();
    for (const person of people) person.want(wanted);
    await until("all whole", () => people.every(({ whole }) => whole !== undefined), { ms: WHOLE_MS, every: LOOK_MS });
    await sleep(TALK_MS);
    clearInterval(talking);
    const all = said();
    await until("all heard", () => people.every((person) => person.has(all)), { ms: WHOLE_MS, every: LOOK_MS });
    const wrong = people.find(({ wrong }) => wrong !== undefined);
    if (wrong) throw new Error(`lost, repeated, reordered or refused: ${wrong.wrong}`);
    const since = (at: number | undefined): number => Math.max(0, (at as number) - returned) / 1000;
    return {
      back: people.map(({ back }) => since(back)),
      whole: people.map(({ whole }) => since(whole)),
      gone: (returned - killed) / 1000,
      missed,
    };
  } finally {
    clearInterval(talking);
  }
}
