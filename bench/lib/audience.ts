/**
 * Everybody in one chat before whom somebody talks at an even pace: the talker, a few witnesses who read all they hear, and onlookers who count,
 * each of the three in a thread of its own.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startServers } from "./crowd.ts";
import { Ear } from "./ear.ts";
import { lag, outstanding } from "./lag.ts";
import { Onlookers } from "./onlookers.ts";
import { type Said, Talker } from "./talker.ts";
import { until, within } from "./wait.ts";

/** Witnesses, spread over the servers and over the order of joining, which is that of telling. */
const WITNESSES = 5;
/** Nobody has received anything for so long: it is quiet. In milliseconds. */
const QUIET_MS = 300;
/** How long it may take to be quiet, and for everybody to have all that was said. In milliseconds. */
const SETTLE_MS = 60_000;
const HEAR_MS = 20_000;
const LOOK_MS = 50;
/** Of how many seconds the messages may be outstanding when the talker has ended, for a server that has kept up. */
const BACKLOG_S = 1;

export interface AudienceOptions {
  readonly port: number;
  readonly servers: readonly string[];
  readonly receivers: number;
  readonly ack: boolean;
}

/** What was measured at one pace: milliseconds, if the server kept up; if not, how many messages per second it managed. */
export interface Heard {
  readonly p50?: number;
  readonly p99?: number;
  readonly most?: number;
  readonly managed?: number;
  /** The talker's own lateness, in milliseconds, that 99 of 100 messages did not exceed. It is part of the latency. */
  readonly late: number;
}

export class Audience {
  readonly #servers: number;
  readonly #onlookers: Onlookers;
  readonly #ears: readonly Ear[];
  readonly #talker: Talker;

  private constructor(servers: number, onlookers: Onlookers, ears: readonly Ear[], talker: Talker) {
    this.#servers = servers;
    this.#onlookers = onlookers;
    this.#ears = ears;
    this.#talker = talker;
    for (const ear of ears) ear.listen(talker.id);
  }

  static async gather({ port, servers, receivers, ack }: AudienceOptions): Promise<Audience> {
    const base = "/chats/latency/servers";
    await startServers(`http://127.0.0.1:${port}${base}`, servers);
    const paths = servers.map((server) => `${base}/${server}/ws`);
    const onlookers = await Onlookers.invite({ port, paths, ack });
    const ears: Ear[] = [];
    let joined = 0;
    for (let i = 0; i < WITNESSES; i++) {
      const place = Math.round((i * (receivers - 1)) / (WITNESSES - 1));
      await onlookers.join(Array.from({ length: place - joined }, (_, k) => k % paths.length));
      ears.push(await Ear.open({ port, path: paths[i % paths.length] as string, ack }, `witness ${i}`));
      joined = place + 1;
    }
    const talker = await Talker.come({ port, path: paths[0] as string, ack });
    const audience = new Audience(servers.length, onlookers, ears, talker);
    await audience.#quiet();
    await audience.#countAnew();
    return audience;
  }

  /** Says one message after the other for `ms` milliseconds, so that the server's code gets hot. */
  async warmUp(ms: number): Promise<void> {
    const last = await within(ms + HEAR_MS, "the echo of a message", this.#talker.warmUp(ms));
    await this.#complete({ first: last, count: 1 });
  }

  /** Measures at one pace. A server that could not keep up is busy with what was said for long: nothing more can be measured with it. */
  async measure(perSecond: number, seconds: number): Promise<Heard> {
    const said = await this.#talker.talk(perSecond, seconds);
    const left = outstanding(said, this.#heard());
    if (left > perSecond * BACKLOG_S) return { managed: (said.count - left) / seconds, late: said.late };
    await this.#complete(said);
    return { ...lag(said, this.#heard()), late: said.late };
  }

  async leave(): Promise<void> {
    for (const { socket } of this.#ears) {
      socket.onEnd = () => {};
      socket.close();
    }
    await Promise.all([this.#talker.leave(), this.#onlookers.leave()]);
  }

  /** Waits until everybody has everything that was said, and nothing else; throws if anything was lost, repeated or out of order. */
  async #complete(said: Pick<Said, "first" | "count">): Promise<void> {
    const wrong = () => this.#ears.find((ear) => ear.wrong !== undefined)?.wrong;
    const all = () => wrong() !== undefined || outstanding(said, this.#heard()) === 0;
    await until("all messages heard", all, { ms: HEAR_MS, every: LOOK_MS });
    await this.#quiet();
    let difference: string | undefined;
    const same = async () => {
      const bytes = this.#ears.slice(0, this.#servers).map(({ socket }) => socket.bytes);
      difference = await this.#onlookers.difference(bytes);
      return difference === undefined;
    };
    try {
      await until("everybody has what the witnesses have", same, { ms: HEAR_MS, every: QUIET_MS });
    } catch (error) {
      throw new Error(difference, { cause: error });
    }
    const found = wrong();
    if (found !== undefined) throw new Error(found);
    await this.#countAnew();
  }

  async #countAnew(): Promise<void> {
    for (const { socket } of this.#ears) socket.resetCount();
    await this.#onlookers.countAnew();
  }

  async #quiet(): Promise<void> {
    const end = performance.now() + SETTLE_MS;
    const received = () => this.#ears.reduce((sum, { socket }) => sum + socket.bytes, 0);
    for (let before = -1; before !== received(); await sleep(QUIET_MS)) {
      if (performance.now() > end) throw new Error(`it was not quiet within ${SETTLE_MS} ms`);
      before = received();
    }
  }

  #heard(): (readonly number[])[] {
    return this.#ears.map(({ heard }) => heard);
  }
}
