/** Which object a request goes to. Whoever asks a chat and not a server gets `main`, or a living server if `main` has left. */
import { hostOf } from "./chat/address.ts";
import type { ServerEntry } from "./chat/wire.ts";
import { objectName } from "./object/peers.ts";
import type { Env } from "./object/server.ts";

/** The chat's first server. */
const MAIN = "main";

/** Asks one server; `path` is what of it is asked. */
export function ask(env: Env, chat: string, server: string, path: string, init?: RequestInit): Promise<Response> {
  return env.CHAT_SERVER.getByName(objectName(chat, server)).fetch(`https://chatty${path}`, init);
}

/** Asks `main`, or a living server it knows of, or one that one knows of…: `ws` for a client, `watch` for a watcher, `cluster` for the view. */
export async function askAny(env: Env, chat: string, what: "ws" | "watch" | "cluster", headers: Headers) {
  const tried = new Set<string>();
  const open = [MAIN];
  for (let server = open.shift(); server !== undefined; server = open.shift()) {
    if (tried.has(server)) continue;
    tried.add(server);
    const answer = await ask(env, chat, server, `/chats/${chat}/${what}`, { headers });
    if (answer.status !== 409) return answer;
    const { servers } = await answer.json<{ servers: ServerEntry[] }>();
    open.push(...neighbours(servers));
  }
  return ask(env, chat, MAIN, `/chats/${chat}/servers/${MAIN}/${what}`, { headers });
}

/** The servers of a chat as `main` knows them, or, since it hears nothing once it has left, as a living one does. */
export const listServers = async (env: Env, chat: string): Promise<Response> => (await livingServer(env, chat)).list;

/** A page of the transcript, from `main` or, if it has left, from a living server. */
export async function readTranscript(
  env: Env,
  chat: string,
  server: string | undefined,
  query: string,
): Promise<Response> {
  const from = server ?? (await livingServer(env, chat)).server;
  return ask(env, chat, from, `/chats/${chat}/servers/${from}/transcript${query}`);
}

/** `main`, or a living server it knows of, or that one knows of…, and what it says of the others. If none is alive, `main`. */
async function livingServer(env: Env, chat: string): Promise<{ server: string; list: Response }> {
  const tried = new Set<string>();
  const open = [MAIN];
  let last: { server: string; list: Response } | undefined;
  for (let server = open.shift(); server !== undefined; server = open.shift()) {
    if (tried.has(server)) continue;
    tried.add(server);
    const list = await ask(env, chat, server, `/chats/${chat}/servers/${server}/servers`);
    const { servers } = await list.clone().json<{ servers: ServerEntry[] }>();
    if (servers.some(({ name, status }) => name === server && status !== "left")) return { server, list };
    last ??= { server, list };
    open.push(...neighbours(servers));
  }
  return last as { server: string; list: Response };
}

/** The servers of this deployment that have not left. */
const neighbours = (servers: ServerEntry[]): string[] =>
  servers.filter(({ name, status }) => status !== "left" && hostOf(name) === undefined).map(({ name }) => name);
