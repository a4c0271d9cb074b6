/** The world as a client needs it: sockets, a clock and the lot. */

/** As much of a WebSocket as is needed; browsers' and Node's have it. */
export interface Socket {
  addEventListener(type: "open", ear: () => void): void;
  addEventListener(type: "message", ear: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", ear: (event: { code: number; reason: string }) => void): void;
  send(data: string): void;
  close(): void;
}

/** What a client needs of the world. */
export interface Host {
  /** Begins to connect. May throw if it will not. */
  connect(url: string): Socket;
  /** Milliseconds of a clock that never goes back, as `performance.now()`. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Calls back in `ms`; answers how to call that off. */
  later(ms: number, callback: () => void): () => void;
}
