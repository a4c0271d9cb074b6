/**
 * One resume storm: thousands of clients lose their connections at once, miss what one who stays or comes before them says, and all come back at
 * once with their sessions and cursors. Either the server lives on, or it is killed after all was said and comes back on its storage.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { arrive, cut, type Guest } from "./arrive.ts";
import type { Bundle } from "./bundle.ts";
import { join } from "./crowd.ts";
import { Inspector, startInspected, watchPeak } from "./inspector.ts";
import type { Line } from "./line.ts";
import { Missed } from "./missed.ts";
import { RawSocket } from "./socket.ts";
import { median } from "./stats.ts";
import { until, within } from "./wait.ts";
import { textOf } from "./witness.ts";
import type { Workerd } from "./workerd.ts";

const CHAT = "resume";
const PATH = `/chats/${CHAT}/servers/main/ws`;
/** How long an echo may take, and all of them to be whole. In milliseconds. */
const ECHO_MS = 10_000;
const WHOLE_MS = 120_000;
const LOOK_MS = 20;
/** After that one waits for what must not come: a message twice. In milliseconds. */
const QUIET_MS = 1000;
/** Milliseconds between two looks at the heap. */
const PEAK_MS = 100;

export interface HomecomingOptions {
  readonly clients: number;
  /** Connections being made at the same time. */
  readonly connecting: number;
  /** How many messages are missed, said one after the other's echo: each is a batch of its own. */
  readonly messages: number;
  /** Whether the server is killed before they come back. */
  readonly killed: boolean;
}

export interface Homecoming {
  /** Seconds from the first connection until all were welcomed, half of them were whole, and all of them were. */
  readonly welcomed: number;
  readonly half: number;
  readonly whole: number;
  /** Seconds from the kill until the server answered again; 0 if it was not killed. */
  readonly away: number;
  /** The most the isolate's heap held while they came back, in bytes. */
  readonly heap: number;
  /** Bytes of messages and all to one client, at most; and CPU seconds of the server while they came back. */
  readonly bytes: number;
  readonly cpu: number | undefined;
}

export async function homecoming(bundle: Bundle, options: HomecomingOptions): Promise<Homecoming> {
  const { server, inspector } = await startInspected(bundle);
  const people: Guest[] = [];
  try {
    return await measure(server, inspector, people, options);
  } catch (error) {
    throw new Error(`the server printed:\n${server.tail()}`, { cause: error });
  } finally {
    cut(people);
    await server.stop();
  }
}

async function measure(
  server: Workerd,
  port: number,
  people: Guest[],
  { clients, connecting, messages, killed }: HomecomingOptions,
): Promise<Homecoming> {
  let wrong: string | undefined;
  const common = { port: server.port, ack: true, connecting, path: () => PATH };
  const onWrong = (why: string): void => {
    wrong ??= why;
  };
  const guests = await arrive(clients, {
    ...common,
    join: (index) => ({ name: `p${index}` }),
    hear: () => {},
    onWrong,
  });
  cut(guests);
  const talker = await RawSocket.open({ port: server.port, path: PATH, ack: true });
  const { id } = await join(talker, "talker");
  await say(talker, String(id), messages);
  talker.onEnd = () => {};
  const away = killed ? await restart(server) : 0;

  const missed = guests.map(() => new Missed(String(id), 1, messages));
  const inspector = await Inspector.open(port, server);
  const peak = watchPeak(inspector, PEAK_MS);
  const before = server.cpuSeconds();
  const began = performance.now();
  const back = await arrive(clients, {
    ...common,
    join: (index) => {
      const { session, cursor } = (guests[index] as Guest).welcome;
      return { name: `p${index}`, session, cursor };
    },
    hear: (index, line) => missed[index]?.hear(line, performance.now()),
    onWrong,
  });
  people.push(...back);
  const welcomed = performance.now();
  const complete = () => missed.every(({ whole, wrong }) => whole !== undefined || wrong !== undefined);
  await until("all whole", complete, { ms: WHOLE_MS, every: LOOK_MS });
  const after = server.cpuSeconds();
  const heap = await peak();
  await sleep(QUIET_MS);
  inspector.close();
  talker.close();
  wrong ??= missed.find((one) => one.wrong !== undefined)?.wrong;
  if (wrong !== undefined) throw new Error(wrong);
  const whole = missed.map((one) => ((one.whole as number) - began) / 1000);
  return {
    welcomed: (welcomed - began) / 1000,
    half: median(whole),
    whole: Math.max(...whole),
    away,
    heap,
    bytes: Math.max(...back.map(({ socket }) => socket.bytes)),
    cpu: after === undefined || before === undefined ? undefined : after - before,
  };
}

/** Says messages 1 to `count`, each after the echo of the one before. */
async function say(socket: RawSocket, id: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const echoed = new Promise<void>((resolve) => {
      socket.onLine = (line: Line) => line.type === "message" && line.id === id && line.n === n && resolve();
    });
    socket.send([JSON.stringify({ type: "send", text: textOf(n), n })]);
    await within(ECHO_MS, `the echo of message ${n}`, echoed);
  }
}

/** Seconds from the kill until it answers again. */
async function restart(server: Workerd): Promise<number> {
  const killed = performance.now();
  await server.crash();
  await server.restart();
  return (performance.now() - killed) / 1000;
}
