/** Many clients who come at once: each connects, joins, and is heard from its first line on. */

import type { Line } from "./line.ts";
import { RawSocket } from "./socket.ts";
import { pooled, within } from "./wait.ts";
import { FATAL } from "./witness.ts";

/** How long one of them may take to connect and to be welcomed while thousands do, in milliseconds. */
const ARRIVE_MS = 120_000;

export interface Guest {
  readonly socket: RawSocket;
  readonly welcome: Line;
}

export interface Arrival {
  readonly port: number;
  readonly ack: boolean;
  /** Connections being made at the same time. */
  readonly connecting: number;
  /** Of each one's WebSocket, and what it joins with. */
  readonly path: (index: number) => string;
  readonly join: (index: number) => { readonly name: string };
  /** Each line it is told, the welcome first. */
  readonly hear: (index: number, line: Line) => void;
  /** A server said no, or a connection ended; also later, for as long as they stay. */
  readonly onWrong: (why: string) => void;
}

/** Resolves when all are welcomed. */
export function arrive(count: number, arrival: Arrival): Promise<Guest[]> {
  const { port, ack, connecting, path, join, hear, onWrong } = arrival;
  return pooled(count, connecting, async (index) => {
    const { name, ...rest } = join(index);
    const socket = await within(ARRIVE_MS, `${name}: connect`, RawSocket.open({ port, path: path(index), ack }));
    const welcomed = new Promise<Line>((resolve, reject) => {
      const wrong = (why: string): void => {
        onWrong(`${name}: ${why}`);
        reject(new Error(`${name}: ${why}`));
      };
      socket.onEnd = wrong;
      socket.onLine = (line) => {
        if (FATAL.has(line.type)) wrong(JSON.stringify(line));
        hear(index, line);
        if (line.type === "welcome") resolve(line);
      };
    });
    socket.send([JSON.stringify({ type: "client_join_req", name, ...rest })]);
    return { socket, welcome: await within(ARRIVE_MS, `${name}: welcome`, welcomed) };
  });
}

/** They are gone without a word. */
export function cut(guests: readonly Guest[]): void {
  for (const { socket } of guests) {
    socket.onEnd = () => {};
    socket.close();
  }
}
