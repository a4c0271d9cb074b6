/** A client on Node's own WebSocket, which offers compression and understands it: it reads all it hears of one person, and checks it. */
import type { Line } from "./line.ts";
import { FATAL, textOf } from "./witness.ts";

/** Messages between two of its `ack`s. */
const ACK_EVERY = 1000;

export class Reader {
  /** The last number it heard: it heard all up to it. */
  heard = 0;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** `granted`: whether the server is to take up the offer; `onWrong` is told what should not have come. */
  static async open(url: string, talker: string, granted: boolean, onWrong: (why: string) => void): Promise<Reader> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
    });
    if (socket.extensions.includes("permessage-deflate") !== granted)
      throw new Error(`the reader expected compression: ${granted}, and got '${socket.extensions}'`);
    const reader = new Reader(socket);
    const hear = (line: Line): void => {
      if (FATAL.has(line.type)) onWrong(JSON.stringify(line));
      if (line.type !== "message" || line.id !== talker) return;
      const n = ++reader.heard;
      if (line.n !== n || line.text !== textOf(n)) onWrong(`the reader expected message ${n}: ${JSON.stringify(line)}`);
      if (n % ACK_EVERY === 0)
        socket.send(JSON.stringify({ type: "ack", cursor: { [String(line.origin)]: line.seq } }));
    };
    socket.onmessage = ({ data }) => {
      for (const text of String(data).split("\n")) hear(JSON.parse(text) as Line);
    };
    socket.onclose = () => onWrong("the reader lost the connection");
    socket.send(JSON.stringify({ type: "client_join_req", name: "reader" }));
    return reader;
  }

  leave(): void {
    this.#socket.onclose = null;
    this.#socket.close();
  }
}
