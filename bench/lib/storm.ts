/** One join storm: many clients come to one chat at once, each of whom keeps count of the people as it is told. */
import { setTimeout as sleep } from "node:timers/promises";
import { arrive, cut, type Guest } from "./arrive.ts";
import { startServers } from "./crowd.ts";
import { Headcount } from "./headcount.ts";
import type { System } from "./run.ts";
import { median } from "./stats.ts";
import { startWorkerd } from "./workerd.ts";

/** Seconds after the last welcome within which everybody is to know how many there are; so long it is looked at. */
export const AGREE_S = 5;
const LOOK_MS = 20;
/** After that, what is still on its way is waited for: nobody has received anything for so long, in milliseconds. */
const QUIET_MS = 1000;

export interface Storm {
  /** Seconds from the first connection to the last welcome, and from there until all counts were right; undefined if some were not in time. */
  readonly joined: number;
  readonly agreed: number | undefined;
  /** How many had a wrong count at the end. */
  readonly astray: number;
  /** To one client, from its welcome on. */
  readonly bytes: { readonly median: number; readonly most: number };
  /** CPU seconds of the server until the last welcome; undefined where there is no /proc. */
  readonly cpu: number | undefined;
}

export interface StormOptions {
  readonly clients: number;
  /** Connections being made at the same time. */
  readonly connecting: number;
}

export async function storm({ bundle, servers, ack }: System, { clients, connecting }: StormOptions): Promise<Storm> {
  const server = await startWorkerd(bundle);
  const base = "/chats/storm/servers";
  const headcounts = Array.from({ length: clients }, () => new Headcount());
  let wrong: string | undefined;
  let guests: Guest[] = [];
  try {
    await startServers(`http://127.0.0.1:${server.port}${base}`, servers);
    const counts = bundle.className === "ChatServer";
    const before = server.cpuSeconds();
    const began = performance.now();
    guests = await arrive(clients, {
      port: server.port,
      ack,
      connecting,
      path: (index) => `${base}/${servers[index % servers.length]}/ws`,
      join: (index) => ({ name: `p${index}` }),
      hear: (index, line) => counts && headcounts[index]?.hear(line),
      onWrong: (why) => {
        wrong ??= why;
      },
    });
    const last = performance.now();
    const after = server.cpuSeconds();
    const astray = () => (counts ? headcounts.filter(({ count }) => count !== clients).length : 0);
    while (astray() > 0 && performance.now() - last < AGREE_S * 1000) await sleep(LOOK_MS);
    const agreed = astray() === 0 ? (performance.now() - last) / 1000 : undefined;
    const received = () => guests.map(({ socket }) => socket.bytes);
    for (let seen = -1; seen !== sum(received()); await sleep(QUIET_MS)) seen = sum(received());
    if (wrong !== undefined) throw new Error(wrong);
    return {
      joined: (last - began) / 1000,
      agreed,
      astray: astray(),
      bytes: { median: median(received()), most: Math.max(...received()) },
      cpu: after === undefined || before === undefined ? undefined : after - before,
    };
  } catch (error) {
    throw new Error(`the server printed:\n${server.tail()}`, { cause: error });
  } finally {
    cut(guests);
    await server.stop();
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
