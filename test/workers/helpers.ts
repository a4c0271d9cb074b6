/** What operators and a test may do to servers: start, disconnect, list; look into an object; wait for a condition. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { vi } from "vitest";
import { BRISK } from "../../src/chat/limits.ts";
import type { Member } from "../../src/chat/members.ts";
import type { ServerEntry } from "../../src/chat/wire.ts";
import type { ChatServer, Env } from "../../src/object/server.ts";

// Longer than any wait below, so that a test that hangs says what it waits for.
vi.setConfig({ testTimeout: 30_000 });
const log = vi.spyOn(console, "log").mockImplementation(() => {});

/** What the servers of a chat have reported of themselves. */
export const reports = (chat: string): Record<string, unknown>[] =>
  log.mock.calls
    .map(([text]) => JSON.parse(String(text)) as Record<string, unknown>)
    .filter((report) => report.chat === chat);

// An alarm says here what is owed, also where much is said.
BRISK.times = Number.POSITIVE_INFINITY;

/** Milliseconds a condition may take to come true. */
export const PATIENCE_MS = 5000;
/** Milliseconds between two looks at a condition that cannot announce itself. */
const LOOK_MS = 10;

export const COOKIE = { authorization: "Bearer secret" };

/** A chat nobody has used. */
export const freshChat = (): string => `chat-${crypto.randomUUID().slice(0, 8)}`;

export interface Answer {
  status: number;
  body: string;
}

/** Asks the Worker from outside. */
export async function call(path: string, init?: RequestInit): Promise<Answer> {
  const response = await exports.default.fetch(`https://chatty.example${path}`, init);
  return { status: response.status, body: await response.text() };
}

/** An operator's or a peer's call, with the cookie. */
export const order = (chat: string, server: string, verb: string, body: unknown = {}): Promise<Answer> =>
  call(`/chats/${chat}/servers/${server}/${verb}`, {
    method: "POST",
    headers: COOKIE,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

async function ordered(chat: string, server: string, verb: string, body: unknown): Promise<void> {
  const answer = await order(chat, server, verb, body);
  if (answer.status !== 200) throw new Error(`${verb} of ${server}: ${answer.status} ${answer.body}`);
}

export const startServer = (chat: string, server: string, boot?: string) => ordered(chat, server, "start", { boot });
export const disconnectServer = (chat: string, server: string) => ordered(chat, server, "disconnect", {});

type Listed = ServerEntry & { clients: number };

/** The servers of a chat as anybody is told them, or as one server knows them. */
export async function listServers(chat: string, server?: string): Promise<Listed[]> {
  if (server === undefined) return serversIn((await call(`/chats/${chat}/servers`)).body);
  const response = await stubOf(chat, server).fetch(`https://chatty/chats/${chat}/servers/${server}/servers`);
  return serversIn(await response.text());
}

function serversIn(body: string): Listed[] {
  const { servers } = JSON.parse(body) as { servers?: Listed[] };
  if (!servers) throw new Error(`no list of servers: ${body}`);
  return servers;
}

/** `["b left", "main alive"]` */
export const statuses = (servers: ServerEntry[]): string[] => servers.map(({ name, status }) => `${name} ${status}`);

/** `{"error":{"code",…}}` */
export const codeOf = ({ body }: Answer): string => (JSON.parse(body) as { error: { code: string } }).error.code;

/** A fresh stub of a server's object: one that saw a crash stays broken. */
export const stubOf = (chat: string, server: string): DurableObjectStub =>
  env.CHAT_SERVER.getByName(`${chat}/${server}`);

/** Runs code inside a server's object. */
export const inside = <T>(
  chat: string,
  server: string,
  code: (state: DurableObjectState, self: ChatServer) => T | Promise<T>,
): Promise<T> => runInDurableObject(stubOf(chat, server), (self: ChatServer, state) => code(state, self));

/** When a server's alarm rings, if one is set once the flush of this turn is done. */
export const alarmOf = (chat: string, server: string): Promise<number | null> =>
  inside(chat, server, async (state) => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    return state.storage.getAlarm();
  });

/** Rings a server's alarm now, if one is set; true if it was. */
export const ring = (chat: string, server: string): Promise<boolean> => runDurableObjectAlarm(stubOf(chat, server));

/** What a server's tables hold. */
export const rows = <T extends Record<string, SqlStorageValue>>(chat: string, server: string, query: string) =>
  inside(chat, server, (state) => state.storage.sql.exec<T>(query).toArray());

/** A server's own entry among the members, as it is stored. */
export async function memberOf(chat: string, server: string): Promise<Member> {
  const [row] = await rows<{ value: string }>(chat, server, `SELECT value FROM state WHERE key = 'member/${server}'`);
  return JSON.parse(row?.value ?? "null") as Member;
}

/** A request of a server to a peer, under way or over. */
export interface Tapped {
  peer: string;
  verb: string;
  body: string;
  /** When, ms since epoch. */
  at: number;
}

/** Records what a server asks its peers from now on, and makes its requests to `cut` fail; until the next call, or until it forgets. */
export async function tap(chat: string, server: string, ...cut: string[]): Promise<Tapped[]> {
  const tapped: Tapped[] = [];
  await inside(chat, server, (_, self) => {
    const getByName = (name: string) => ({
      fetch: (url: string, init: RequestInit) => {
        const peer = name.slice(chat.length + 1);
        tapped.push({ peer, verb: url.slice(url.lastIndexOf("/") + 1), body: String(init.body), at: Date.now() });
        if (cut.includes(peer)) return Promise.reject(new Error("unreachable"));
        return env.CHAT_SERVER.getByName(name).fetch(url, init);
      },
    });
    (self as unknown as { env: Env }).env = { ...env, CHAT_SERVER: { getByName } as unknown as DurableObjectNamespace };
  });
  return tapped;
}

const realNow = Date.now;

/** Sets everyone's clock ahead of the real one. */
export function setAhead(ms: number): void {
  Date.now = () => realNow() + ms;
}

/** Looks until the condition holds; says what it was if it never does. */
export async function eventually(what: string, holds: () => Promise<boolean>, patience = PATIENCE_MS): Promise<void> {
  for (const end = performance.now() + patience; !(await holds()); )
    if (performance.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
    else await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

/** Until these servers owe nothing. */
export const settled = (chat: string, ...servers: string[]): Promise<void> =>
  eventually(`${servers} of ${chat} owe nothing`, async () => {
    for (const server of servers) if ((await alarmOf(chat, server)) !== null) return false;
    return true;
  });

/** Until each of these servers lists exactly this. */
export const agreed = (chat: string, servers: string[], expected: string[]): Promise<void> =>
  eventually(`${servers} of ${chat} list ${expected}`, async () => {
    for (const server of servers) if (`${statuses(await listServers(chat, server))}` !== `${expected}`) return false;
    return true;
  });
