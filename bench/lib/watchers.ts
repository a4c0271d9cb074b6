/** A system that is watched while it is measured, and one that is not, beside each other. */
import type { Run } from "./report.ts";
import type { Contender } from "./run.ts";
import { RawSocket } from "./socket.ts";
import { median } from "./stats.ts";
import { pooled } from "./wait.ts";
import type { Server } from "./workerd.ts";

/** Connections being made at the same time. */
const CONNECTING = 50;

export interface WatchedContender extends Contender {
  /** How many of the watchers were told at least so many bytes by the last server. */
  told(bytes: number): number;
}

/** The same system with so many who watch the chat that is measured, from before anybody joins it. */
export function watched(contender: Contender, name: string, count: number): WatchedContender {
  let watchers: RawSocket[] = [];
  const start = async (): Promise<Server> => {
    const server = await contender.start();
    const { port } = server;
    const open = () => RawSocket.open({ port, path: "/chats/bench/cluster/ws", ack: false });
    try {
      watchers = await pooled(count, CONNECTING, open);
    } catch (error) {
      await server.stop();
      throw error;
    }
    for (const watcher of watchers) watcher.count();
    const stop = async () => {
      for (const watcher of watchers) watcher.close();
      await server.stop();
    };
    const { pid, cpuSeconds, tail } = server;
    return {
      port,
      pid: () => pid.call(server),
      cpuSeconds: () => cpuSeconds.call(server),
      tail: () => tail.call(server),
      stop,
    };
  };
  return { ...contender, name, start, told: (bytes) => watchers.filter((watcher) => watcher.bytes >= bytes).length };
}

/** The median of the rounds' ratios of what is delivered per second: of the system that is watched to the one that is not. */
export function watchedTo(runs: readonly Run[], watched: string, alone: string): number {
  const of = (system: string, round: number) =>
    runs.find((run) => run.system === system && run.round === round)?.deliveriesPerSecond ?? 0;
  const rounds = [...new Set(runs.map(({ round }) => round))];
  return median(rounds.map((round) => of(watched, round) / of(alone, round)));
}
