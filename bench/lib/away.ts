/**
 * One round of the catch-up: two deployments, of which one is killed, misses many messages, and comes back with somebody who was there before,
 * while people talk on the other one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Bundle } from "./bundle.ts";
import { Sender } from "./burst.ts";
import { gather, join, meet, start } from "./crowd.ts";
import { hostOf, startDeployment } from "./federation.ts";
import type { Line } from "./line.ts";
import { comeBack, now } from "./returner.ts";
import { RawSocket } from "./socket.ts";
import { quantile } from "./stats.ts";
import { Steady } from "./steady.ts";
import { within } from "./wait.ts";
import type { Workerd } from "./workerd.ts";

const CHAT = "catchup";
/** How long a message may take from one deployment to the other while both are up, in milliseconds. */
const HEAR_MS = 10_000;
/** What has arrived when nothing has for so long, in milliseconds. */
const QUIET_MS = 500;
/** How long people talk before what they hear is measured, and how long it is measured before the other deployment comes back, in milliseconds. */
const WARM_UP_MS = 2000;
const BEFORE_MS = 3000;

export interface Parameters {
  /** Messages missed, and how many of them were in flight at a time: with one, each is a batch of its own. */
  readonly messages: number;
  readonly window: number;
  /** People on the deployment that stays up, and texts said to them per second. */
  readonly listeners: number;
  readonly perSecond: number;
}

/** Milliseconds from saying to hearing. */
export interface Latency {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
  readonly deliveries: number;
}

export interface Round {
  /** Seconds the other deployment was away. */
  readonly away: number;
  /** Seconds from the connection of who came back to the last message they had missed, and of these until the first. */
  readonly caughtUp: number;
  readonly waited: number;
  /** CPU seconds used from the connection to the last message, by the one that stayed and the one that came back; undefined where there is no /proc. */
  readonly cpu: { readonly stayed: number | undefined; readonly back: number | undefined };
  /** Before the deployment came back, and from the first to the last message of the catch-up. */
  readonly before: Latency;
  readonly during: Latency;
}

export async function round(bundle: Bundle, parameters: Parameters): Promise<Round> {
  const a = await startDeployment(bundle);
  const b = await startDeployment(bundle);
  try {
    return await measure(a, b, parameters);
  } catch (error) {
    throw new Error(`a printed:\n${a.tail()}\nb printed:\n${b.tail()}`, { cause: error });
  } finally {
    await Promise.all([a.stop(), b.stop()]);
  }
}

async function measure(a: Workerd, b: Workerd, parameters: Parameters): Promise<Round> {
  const { messages, window, listeners, perSecond } = parameters;
  const servers = `/chats/${CHAT}/servers`;
  const main = `${servers}/main/ws`;
  const path = `${servers}/b/ws`;
  const crowd = await gather({ port: a.port, chat: CHAT, servers: ["main"], receivers: 1, ack: true });
  await start(`http://127.0.0.1:${b.port}${servers}`, "b", `main@${hostOf(a.port)}`);
  await meet(`http://127.0.0.1:${a.port}${servers}`, 2);
  const sender = new Sender(crowd, window);

  const traveller = await RawSocket.open({ port: b.port, path, ack: true });
  const { session } = await join(traveller, "Traveller");
  const heard = new Promise<Line>((resolve) => {
    traveller.onLine = (line) => line.type === "message" && resolve(line);
  });
  await sender.burst(1, { quiet: QUIET_MS });
  const { origin, seq } = await within(HEAR_MS, "a message from the other deployment", heard);
  traveller.onEnd = () => {};
  await b.crash();
  const left = now();
  await sender.burst(messages, { quiet: QUIET_MS });

  const people = await Steady.gather(a.port, main, listeners);
  people.talk(perSecond);
  await sleep(WARM_UP_MS);
  const from = performance.now();
  await sleep(BEFORE_MS);
  const to = performance.now();
  await b.restart();
  const away = now() - left;
  const cursor = { [String(origin)]: seq };
  const used = spent(a, b);
  const { connected, first, last } = await comeBack({
    port: b.port,
    path,
    join: { name: "Traveller", session, cursor },
    senderId: crowd.senderId,
    first: 2,
    last: messages + 1,
  });
  const cpu = spent(a, b, used);
  await sleep(QUIET_MS);
  const { timeOrigin } = performance;
  const round: Round = {
    away: away / 1000,
    caughtUp: (last - connected) / 1000,
    waited: (first - connected) / 1000,
    cpu,
    before: latency(people.latencies(from, to)),
    during: latency(people.latencies(first - timeOrigin, last - timeOrigin)),
  };
  people.close();
  crowd.close();
  return round;
}

type Spent = Round["cpu"];

/** The CPU seconds of both, beyond those spent before. */
function spent(a: Workerd, b: Workerd, before?: Spent): Spent {
  const beyond = (now: number | undefined, then = 0) => (now === undefined ? undefined : now - then);
  return { stayed: beyond(a.cpuSeconds(), before?.stayed), back: beyond(b.cpuSeconds(), before?.back) };
}

const latency = (values: readonly number[]): Latency => ({
  median: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  most: quantile(values, 1),
  deliveries: values.length,
});
