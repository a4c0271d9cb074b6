/** Where a client can connect: the URLs of servers, and which of them to try next. */
import type { ServerEntry } from "../../src/chat/wire.ts";

/** A server by the URL of its WebSocket. */
export interface Place {
  name: string;
  url: string;
  status: string;
}

/** The first part of a URL: scheme and host. */
const ORIGIN = /^(?:http|ws)(s?):\/\/[^/?#]+/i;

/** The URL of a WebSocket: `url` may be absolute, or a path at the deployment of `base`. `undefined` if it is neither. */
export function webSocketUrl(url: string, base: string): string | undefined {
  const absolute = ORIGIN.test(url) ? url : url.startsWith("/") ? originOf(base) + url : undefined;
  return absolute?.replace(ORIGIN, (origin, s: string) => `ws${s}${origin.slice(origin.indexOf(":"))}`);
}

const originOf = (url: string): string => ORIGIN.exec(url)?.[0] ?? "";

/** The URL of a chat, or of one server of it, at a deployment like `http://localhost:8787`. */
export function chatUrl(deployment: string, chat: string, server?: string): string {
  const path = server === undefined ? `/chats/${chat}/ws` : `/chats/${chat}/servers/${server}/ws`;
  const url = webSocketUrl(path, deployment);
  if (url === undefined || originOf(deployment) === "")
    throw new RangeError(`'${deployment}' is no URL of a deployment, like http://localhost:8787`);
  return url;
}

/** The servers a frame lists, seen from the connection it came by. Those whose URL cannot be used are left out. */
export const placesOf = (entries: readonly ServerEntry[], base: string): Place[] =>
  entries.flatMap(({ name, status, url }) => {
    const absolute = webSocketUrl(url, base);
    return absolute === undefined ? [] : [{ name, status, url: absolute }];
  });

/**
 * Where to try next: who was tried least, of those the alive before the unreachable, the URL it all began with last.
 * Equals are chosen by lot, so that the clients of a server that goes spread over those that stay. `random` is in [0, 1).
 */
export function choose(places: readonly Place[], home: string, tries: ReadonlyMap<string, number>, random: number) {
  const rank = new Map<string, number>([[home, 2]]);
  for (const { url, status } of places) if (status !== "left") rank.set(url, status === "alive" ? 0 : 1);
  if (rank.size > 1 && places.some(({ url, status }) => url === home && status === "left")) rank.delete(home);
  let best: string[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (const [url, order] of rank) {
    const weight = (tries.get(url) ?? 0) * 3 + order;
    if (weight > least) continue;
    if (weight < least) best = [];
    least = weight;
    best.push(url);
  }
  return best[Math.floor(random * best.length)] ?? home;
}
