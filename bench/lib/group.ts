/**
 * The receivers of one server, counted together: that is how a thousand sockets are known to be complete, or quiet,
 * without looking at each of them after each read.
 */
import type { RawSocket } from "./socket.ts";
import { until } from "./wait.ts";

/** Nobody has received anything for so long: the joins have been told to all. In milliseconds. */
const QUIET_MS = 500;
/** How long it may take until it is quiet, in milliseconds. */
const SETTLE_MS = 60_000;

export class Group {
  readonly server: string;
  readonly sockets: RawSocket[] = [];
  /** Bytes received by all of them together since the count began. */
  bytes = 0;
  /** Called after each read of one of them. */
  onBytes: () => void = () => {};

  constructor(server: string) {
    this.server = server;
  }

  get witness(): RawSocket {
    const [first] = this.sockets;
    if (!first) throw new Error(`${this.server} has no receiver`);
    return first;
  }

  add(socket: RawSocket): void {
    this.sockets.push(socket);
    socket.onBytes = (bytes) => {
      this.bytes += bytes;
      this.onBytes();
    };
  }

  resetCount(): void {
    this.bytes = 0;
    for (const socket of this.sockets) socket.resetCount();
  }
}

/** Waits until no receiver has got a byte for `quiet` milliseconds. */
export async function settle(groups: readonly Group[], quiet: number = QUIET_MS): Promise<void> {
  let seen = -1;
  const still = (): boolean => {
    const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
    const same = bytes === seen;
    seen = bytes;
    return same;
  };
  await until("crowd: quiet", still, { ms: SETTLE_MS, every: quiet });
}
