/**
 * One run: a system and a number of receivers, on a fresh workerd with a fresh database, warmed up and then measured.
 */
import type { Bundle } from "./bundle.ts";
import { Sender } from "./burst.ts";
import { type CrowdOptions, gather } from "./crowd.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

/** Messages of the first warm-up burst; each further one has four times as many. */
const WARM_UP_MESSAGES = 64;
const WARM_UP_GROWTH = 4;
/** The burst that takes at least so long tells the rate the measured one is sized by. In seconds. */
const WARM_UP_SECONDS = 0.7;
const WARM_UP_QUIET_MS = 100;
/** After the measured burst one waits longer for what must not come: a message twice, a late line. In milliseconds. */
const QUIET_MS = 500;
/** Fewest messages that are worth measuring: the floor manages about 35 in a second before a thousand receivers. */
const MIN_MESSAGES = 100;
const MAX_MESSAGES = 1_000_000;

export interface System {
  readonly name: string;
  readonly bundle: Bundle;
  readonly servers: readonly string[];
  readonly ack: boolean;
}

export interface Result {
  readonly system: string;
  readonly receivers: number;
  readonly messages: number;
  readonly seconds: number;
  /** messages × receivers / seconds */
  readonly deliveriesPerSecond: number;
  /** CPU seconds used per second of the run by workerd and by this process; above 1 where threads share the work. */
  readonly serverCpu: number | undefined;
  readonly loadCpu: number;
  /** What went wrong, and what the server printed; absent if nothing did. */
  readonly failed?: string;
}

/** A run that fails is a result too: of zero deliveries, saying why. */
export async function run(system: System, receivers: number, seconds: number): Promise<Result> {
  let server: Workerd | undefined;
  try {
    server = await startWorkerd(system.bundle);
    return await measure(server, system, receivers, seconds);
  } catch (error) {
    const said = server?.tail() ?? "";
    const failed = `${describe(error)}${said === "" ? "" : `\nworkerd printed:\n${said}`}`;
    const nothing = { messages: 0, seconds: 0, deliveriesPerSecond: 0, serverCpu: undefined, loadCpu: 0 };
    return { system: system.name, receivers, ...nothing, failed };
  } finally {
    await server?.stop();
  }
}

async function measure(server: Workerd, system: System, receivers: number, seconds: number): Promise<Result> {
  const { servers, ack } = system;
  const options: CrowdOptions = { port: server.port, chat: "bench", servers, receivers, ack };
  const crowd = await gather(options);
  try {
    const sender = new Sender(crowd);
    const rate = await warmUp(sender);
    const messages = Math.min(MAX_MESSAGES, Math.max(MIN_MESSAGES, Math.round(rate * seconds)));
    const before = cpu(server);
    let after = before;
    const onDone = (): void => {
      after = cpu(server);
    };
    const took = await sender.burst(messages, { quiet: QUIET_MS, onDone });
    return {
      system: system.name,
      receivers,
      messages,
      seconds: took,
      deliveriesPerSecond: (messages * receivers) / took,
      serverCpu:
        after.server === undefined || before.server === undefined ? undefined : (after.server - before.server) / took,
      loadCpu: (after.load - before.load) / took,
    };
  } finally {
    crowd.close();
  }
}

/** Lets the server's code get hot, and gives the messages per second of the last burst. */
async function warmUp(sender: Sender): Promise<number> {
  for (let messages = WARM_UP_MESSAGES; ; messages *= WARM_UP_GROWTH) {
    const seconds = await sender.burst(messages, { quiet: WARM_UP_QUIET_MS });
    if (seconds >= WARM_UP_SECONDS || messages >= MAX_MESSAGES) return messages / seconds;
  }
}

function cpu(server: Workerd): { server: number | undefined; load: number } {
  const { user, system } = process.cpuUsage();
  return { server: server.cpuSeconds(), load: (user + system) / 1e6 };
}

/** An error with all its causes. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describe(error.cause)}`;
}
