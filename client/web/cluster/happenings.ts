/** What happened between two views of a cluster, in words. */
import type { ServerView, View } from "../../../src/chat/view.ts";

/** Milliseconds within which people who came to one server may be those who lost another one: it is known to be gone only later. */
const ROAM_MS = 60_000;

export interface Happening {
  kind: "started" | "unreachable" | "healed" | "drained" | "failed-over" | "seen-from";
  text: string;
}

/** People who came to a server, and are not known yet to come from another one. */
interface Rise {
  server: string;
  count: number;
  at: number;
}

export class Happenings {
  #rises: Rise[] = [];

  /** The first view is what there is: nothing has happened. */
  between(before: View | undefined, after: View, now: number): Happening[] {
    if (before === undefined) return [];
    const all = [...ofServers(before, after), ...ofLinks(before, after), ...this.#moves(before, after, now)];
    if (before.server !== after.server)
      all.push({ kind: "seen-from", text: `The cluster is seen from ${after.server} now` });
    return all;
  }

  /** Who is lost on a server that is gone, and came to others: in the same view, or, when it is just known to be gone, some time before. */
  #moves(before: View, after: View, now: number): Happening[] {
    const was = new Map(before.servers.map((server) => [server.name, server]));
    const rises: Rise[] = after.servers.flatMap(({ name, status, clients }) => {
      const count = clients - (was.get(name)?.clients ?? 0);
      return status === "alive" && count > 0 ? [{ server: name, count, at: now }] : [];
    });
    this.#rises = [...rises, ...this.#rises.filter(({ at, count }) => count > 0 && now - at < ROAM_MS)];
    return after.servers.flatMap(({ name, status, clients }) => {
      const old = was.get(name);
      if (status === "alive" || old === undefined) return [];
      return take(name, old.clients - clients, old.status === "alive" ? this.#rises : rises);
    });
  }
}

/** Explains as many who are lost on a server as came elsewhere. */
function take(from: string, lost: number, rises: Rise[]): Happening[] {
  const to = new Map<string, number>();
  for (const rise of rises) {
    const count = Math.min(lost, rise.count);
    if (count <= 0) continue;
    lost -= count;
    rise.count -= count;
    to.set(rise.server, (to.get(rise.server) ?? 0) + count);
  }
  return [...to].map(([server, count]) => ({
    kind: "failed-over",
    text: `${count} ${count === 1 ? "client" : "clients"} of ${from} went over to ${server}`,
  }));
}

function ofServers(before: View, after: View): Happening[] {
  const was = new Map(before.servers.map((server) => [server.name, server]));
  return after.servers.flatMap((server) => ofServer(was.get(server.name), server));
}

function ofServer(before: ServerView | undefined, { name, status }: ServerView): Happening[] {
  if (status === before?.status) return [];
  if (status === "left") return before ? [{ kind: "drained", text: `${name} was disconnected, and left` }] : [];
  if (status === "unreachable") return [{ kind: "unreachable", text: `${name} cannot be reached` }];
  if (before?.status === "unreachable") return [{ kind: "healed", text: `${name} is reached again` }];
  return [{ kind: "started", text: `${name} started` }];
}

/** Of the links between others: those of the server itself are what its view of the servers says. */
function ofLinks(before: View, after: View): Happening[] {
  const brokenIn = ({ server, servers, links }: View) => {
    const alive = new Set(servers.flatMap(({ name, status }) => (status === "alive" ? [name] : [])));
    return new Map(
      links
        .filter(({ from, to, status }) => from !== server && alive.has(from) && alive.has(to) && status !== "alive")
        .map(({ from, to }) => [`${from}>${to}`, [from, to]]),
    );
  };
  const [was, is] = [brokenIn(before), brokenIn(after)];
  const alive = new Set(after.servers.flatMap(({ name, status }) => (status === "alive" ? [name] : [])));
  const broke = [...is].filter(([link]) => !was.has(link));
  const healed = [...was].filter(([link, ends]) => !is.has(link) && ends.every((end) => alive.has(end)));
  return [
    ...broke.map(([, [from, to]]): Happening => ({ kind: "unreachable", text: `${from} cannot reach ${to}` })),
    ...healed.map(([, [from, to]]): Happening => ({ kind: "healed", text: `${from} reaches ${to} again` })),
  ];
}
