/**
 * The crowd: all receivers of one run, joined and quiet, in one group for each server.
 *
 * The first client of a group is its witness: it parses and checks all it receives. The others only count bytes, and
 * are right if they end with exactly the witness's count. The witness of the first server is also the first sender, and
 * the other senders, if there are any, are beside it.
 */
import { COOKIE } from "./bundle.ts";
import { type Dialect, JSON_LINES } from "./dialect.ts";
import { Group, settle } from "./group.ts";
import type { Line } from "./line.ts";
import { RawSocket } from "./socket.ts";
import { pooled, until, within } from "./wait.ts";

/** Connections being made at the same time: the more of them, the fewer times a server has to tell everyone who is new. */
const CONNECTING = 250;
/** How long one join may take, in milliseconds: a thousand of them make much presence to tell. */
const JOIN_MS = 30_000;
/** How long the servers of a chat may take to know each other, in milliseconds. */
const MEET_MS = 15_000;

export interface Talker {
  readonly socket: RawSocket;
  /** Public id, as its messages carry it. */
  readonly id: string;
}

export interface Crowd {
  readonly groups: readonly Group[];
  readonly senders: readonly Talker[];
  /** Public id of the first sender. */
  readonly senderId: string;
  /** Set by whoever must know that a connection ended before its time. */
  onEnd: (why: string) => void;
  close(): void;
}

export interface CrowdOptions {
  readonly port: number;
  readonly chat: string;
  /** The first is the chat's `main`, which always is; the others are started here. */
  readonly servers: readonly string[];
  readonly receivers: number;
  readonly ack: boolean;
  /** How many of the receivers on the first server send; one if nothing is said. */
  readonly senders?: number;
  /** Where clients connect and what they speak there, if not as Chatty's do. */
  readonly path?: string | undefined;
  readonly dialect?: Dialect;
}

export async function gather(options: CrowdOptions): Promise<Crowd> {
  const { port, chat, servers, receivers, ack, senders: count = 1, path, dialect = JSON_LINES } = options;
  const base = `/chats/${chat}/servers`;
  await startServers(`http://127.0.0.1:${port}${base}`, servers);
  const groups = servers.map((server) => new Group(server));
  const sockets: RawSocket[] = [];
  const close = (): void => {
    for (const socket of sockets) socket.close();
  };
  try {
    const joined = await pooled(receivers, CONNECTING, async (index) => {
      const group = groups[index % groups.length] as Group;
      const there = path ?? `${base}/${group.server}/ws`;
      const socket = await within(JOIN_MS, "open", RawSocket.open({ port, path: there, ack, dialect }));
      sockets.push(socket);
      const { id } = await join(socket, `r${index + 1}`);
      group.add(socket);
      // At once: five thousand who read of all the others who join would take minutes.
      if (socket !== group.witness) socket.count();
      return { socket, id: String(id) };
    });
    await settle(groups);
    const senders = (groups[0]?.sockets ?? []).slice(0, count).map((socket) => talker(joined, socket));
    const crowd: Crowd = {
      groups,
      senders,
      senderId: senders[0]?.id ?? "",
      onEnd: () => {},
      close: () => {
        crowd.onEnd = () => {};
        close();
      },
    };
    for (const socket of sockets) socket.onEnd = (why) => crowd.onEnd(why);
    return crowd;
  } catch (error) {
    close();
    throw error;
  }
}

function talker(joined: readonly Talker[], socket: RawSocket): Talker {
  const found = joined.find((one) => one.socket === socket);
  if (!found) throw new Error("a sender has not joined");
  return found;
}

/** Joins, and gives the `welcome`. */
export function join(socket: RawSocket, name: string): Promise<Line> {
  const welcome = new Promise<Line>((resolve, reject) => {
    socket.onEnd = (why) => reject(new Error(`${name} while joining: ${why}`));
    socket.onLine = (line: Line) => {
      if (line.type === "welcome") resolve(line);
      if (line.type === "error" || line.type === "exit") reject(new Error(`${name}: ${JSON.stringify(line)}`));
    };
    socket.say([{ type: "client_join_req", name }]);
  });
  return within(JOIN_MS, "join", welcome);
}

/** Starts all servers of a chat but the first, which is there, and waits until they know each other. */
export async function startServers(url: string, [boot, ...others]: readonly string[]): Promise<void> {
  for (const server of others) await start(url, server, boot);
  if (others.length > 0) await meet(url, others.length + 1);
}

/** Starts a server at its boot server, as its operator. `url`: of the servers of a chat. */
export async function start(url: string, server: string, boot: string | undefined): Promise<void> {
  const headers = { Authorization: `Bearer ${COOKIE}`, "Content-Type": "application/json" };
  const response = await fetch(`${url}/${server}/start`, { method: "POST", headers, body: JSON.stringify({ boot }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`start of ${server}: ${response.status} ${text}`);
}

/** Waits until `count` servers know each other, as `main` says. */
export async function meet(url: string, count: number): Promise<void> {
  const known = async (): Promise<boolean> => {
    const { servers } = (await (await fetch(url)).json()) as { servers: { name: string; status: string }[] };
    return servers.filter(({ status }) => status === "alive").length === count;
  };
  await until("servers: know each other", known, { ms: MEET_MS, every: 100 });
}
