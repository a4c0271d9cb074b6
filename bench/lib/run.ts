/**
 * One run: a system and a crowd, on a fresh process with a fresh database, warmed up and then measured.
 */
import type { Bundle } from "./bundle.ts";
import { Sender } from "./burst.ts";
import { type CrowdOptions, gather } from "./crowd.ts";
import type { Server } from "./workerd.ts";

/** Messages of the first warm-up burst, as many as the slowest system tells 5000 receivers in about 2 s; each further one has four times as many. */
const WARM_UP_MESSAGES = 8;
const WARM_UP_GROWTH = 4;
/** The burst that takes at least so long tells the rate the measured one is sized by. In seconds. */
const WARM_UP_SECONDS = 0.7;
const WARM_UP_QUIET_MS = 100;
/** After the measured burst one waits longer for what must not come: a message twice, a late line. In milliseconds. */
const QUIET_MS = 500;
const MAX_MESSAGES = 1_000_000;
/** A burst that takes less than this part of its time was sized by a warm-up that something held up, and is warm-up itself. */
const TOO_SHORT = 0.5;

/** A Worker to be measured on bare workerd. */
export interface System {
  readonly name: string;
  readonly bundle: Bundle;
  readonly servers: readonly string[];
  readonly ack: boolean;
}

/** Whatever is measured, and what the load must know to talk to it. */
export interface Contender extends Omit<CrowdOptions, "port" | "chat" | "receivers" | "senders"> {
  readonly name: string;
  readonly start: () => Promise<Server>;
}

export interface Size {
  readonly receivers: number;
  /** How many of the receivers send. */
  readonly senders: number;
}

export interface Result extends Size {
  readonly system: string;
  readonly messages: number;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  /** messages × receivers / seconds */
  readonly deliveriesPerSecond: number;
  /** CPU seconds used per second of the run by the server and by this process; above 1 where threads share the work. */
  readonly serverCpu: number | undefined;
  readonly loadCpu: number;
  /** What went wrong, and what the server printed; absent if nothing did. */
  readonly failed?: string;
}

/** A run of about so many seconds. One that fails is a result too: of zero deliveries, saying why. */
export async function run(contender: Contender, size: Size, seconds: number): Promise<Result> {
  let server: Server | undefined;
  try {
    server = await contender.start();
    return await measure(server, contender, size, seconds);
  } catch (error) {
    const said = server?.tail() ?? "";
    const failed = `${describe(error)}${said === "" ? "" : `\nthe server printed:\n${said}`}`;
    const rates = { messagesPerSecond: 0, deliveriesPerSecond: 0, serverCpu: undefined, loadCpu: 0 };
    return { system: contender.name, ...size, messages: 0, seconds: 0, ...rates, failed };
  } finally {
    await server?.stop();
  }
}

async function measure(server: Server, contender: Contender, size: Size, seconds: number): Promise<Result> {
  const crowd = await gather({ ...contender, ...size, port: server.port, chat: "bench" });
  try {
    const sender = new Sender(crowd);
    const { messages, took, before, after } = await longEnough(server, sender, size, seconds);
    return {
      system: contender.name,
      ...size,
      messages,
      seconds: took,
      messagesPerSecond: messages / took,
      deliveriesPerSecond: (messages * size.receivers) / took,
      serverCpu:
        after.server === undefined || before.server === undefined ? undefined : (after.server - before.server) / took,
      loadCpu: (after.load - before.load) / took,
    };
  } finally {
    crowd.close();
  }
}

interface Burst {
  messages: number;
  took: number;
  before: Cpu;
  after: Cpu;
}

/** Warms up, and measures bursts, each longer than the one before, until one takes about so many seconds. */
async function longEnough(server: Server, sender: Sender, size: Size, seconds: number): Promise<Burst> {
  let rate = await warmUp(sender);
  for (;;) {
    const messages = Math.min(MAX_MESSAGES, Math.max(size.senders, Math.round(rate * seconds)));
    const before = cpu(server);
    let after = before;
    const onDone = (): void => {
      after = cpu(server);
    };
    const took = await sender.burst(messages, { quiet: QUIET_MS, onDone });
    if (took >= seconds * TOO_SHORT || messages === MAX_MESSAGES) return { messages, took, before, after };
    rate = messages / took;
  }
}

/** Lets the server's code get hot, and gives the messages per second of the last burst. */
async function warmUp(sender: Sender): Promise<number> {
  for (let messages = WARM_UP_MESSAGES; ; messages *= WARM_UP_GROWTH) {
    const seconds = await sender.burst(messages, { quiet: WARM_UP_QUIET_MS });
    if (seconds >= WARM_UP_SECONDS || messages >= MAX_MESSAGES) return messages / seconds;
  }
}

interface Cpu {
  server: number | undefined;
  load: number;
}

function cpu(server: Server): Cpu {
  const { user, system } = process.cpuUsage();
  return { server: server.cpuSeconds(), load: (user + system) / 1e6 };
}

/** An error with all its causes. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
