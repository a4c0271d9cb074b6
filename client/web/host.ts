/** What the client library needs of the world, from a browser. */
import type { Host } from "../lib/index.ts";

export const host: Host = {
  connect: (url) => new WebSocket(url),
  now: () => performance.now(),
  random: Math.random,
  later: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
