/**
 * How a system puts objects into text frames: one JSON object per line, or socket.io's packets. Small enough that all systems are driven by
 * the same load.
 */
import { type Line, parseLines } from "./line.ts";

/** An object to say: its `type` and whatever belongs to it. */
export interface Said {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Dialect {
  /** The text frame that says one object. */
  frame(object: Said): string;
  /** The objects of a text frame; throws if it holds something else. */
  lines(text: string): Iterable<Line>;
  /** What has to be answered at once to a frame (of at most 125 bytes) that is no message; undefined for messages. */
  answer?(text: string): string | undefined;
  /** The type of the line after which a connection is open; without it, it is with the upgrade. */
  readonly ready?: string;
}

/** What Chatty speaks, and those that do as it does. */
export const JSON_LINES: Dialect = { frame: (object) => JSON.stringify(object), lines: parseLines };

/** Packets of engine.io v4, and within its messages (4) those of socket.io v5. */
const OPEN = "0";
const PING = "2";
const PONG = "3";
const CONNECT = "40";
const EVENT = "42";
/** Where a socket.io server listens: WebSocket from the first byte, no long polling. */
export const SOCKET_IO_PATH = "/socket.io/?EIO=4&transport=websocket";

/** An event's name is the `type` of its object, and its one argument the rest. */
export const SOCKET_IO: Dialect = {
  ready: "connect",
  frame: ({ type, ...rest }) => `${EVENT}${JSON.stringify([type, rest])}`,
  lines(text) {
    if (text.startsWith(EVENT)) {
      const [type, argument] = JSON.parse(text.slice(EVENT.length)) as [string, object];
      return [{ ...argument, type }];
    }
    if (text.startsWith(CONNECT)) return [{ type: "connect" }];
    if (text.startsWith(OPEN) || text === PING) return [];
    throw new Error(`not a packet of socket.io that the load knows: ${text.slice(0, 200)}`);
  },
  answer(text) {
    if (text === PING) return PONG;
    return text.startsWith(OPEN) ? CONNECT : undefined;
  },
};
