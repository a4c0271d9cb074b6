/** What operators do: list the servers of a chat, start one, disconnect one. */
import { readFileSync } from "node:fs";
import { type Command, UsageError } from "./args.ts";
import { ask, type Listed, Refused, serversIn } from "./http.ts";
import { visible, visibleJson } from "./visible.ts";

/** The cookie of `npm start`, as the original's nodes have it. */
const LOCAL_COOKIE = "secret";

type Order = Extract<Command, { do: "servers" | "start" | "disconnect" }>;

/** Carries out an order; answers the lines to print. Throws UsageError, Refused or Unreachable. */
export async function operate(order: Order, env: Record<string, string | undefined>): Promise<string[]> {
  const chat = `${order.url}/chats/${order.chat}`;
  const answer = order.do === "servers" ? await ask(`${chat}/servers`) : await command(chat, order, env);
  if (order.json) return [visibleJson(answer)];
  return serversIn(answer).map(lineOf);
}

function command(chat: string, order: Exclude<Order, { do: "servers" }>, env: Record<string, string | undefined>) {
  const body = order.do === "start" ? (order.boot === undefined ? {} : { boot: order.boot }) : { force: order.force };
  const headers = { authorization: `Bearer ${cookieFor(order.url, order.cookieFile, env)}` };
  return ask(`${chat}/servers/${order.server}/${order.do}`, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The cookie to show to `url`; the one everybody knows is shown to this machine only. Throws UsageError. */
export function cookieFor(url: string, file: string | undefined, env: Record<string, string | undefined>): string {
  const cookie = file === undefined ? env.CHATTY_COOKIE : readCookie(file);
  if (cookie !== undefined && cookie !== "") {
    // What a header cannot hold would fail later, and less clearly.
    if (/^[\x21-\x7e]+$/.test(cookie)) return cookie;
    throw new UsageError("the cookie has characters other than visible ASCII ones");
  }
  if (file !== undefined) throw new UsageError(`the cookie file '${file}' is empty`);
  if (isLoopback(new URL(url).hostname)) return LOCAL_COOKIE;
  throw new UsageError(`${url} is not this machine: set its cookie in CHATTY_COOKIE, or give --cookie-file FILE`);
}

function readCookie(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`cannot read the cookie: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether a host, as URLs have it, is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === "[::1]";

/** `main  alive  3 clients`. */
function lineOf({ name, status, clients }: Listed): string {
  const people = Number.isSafeInteger(clients) ? `  ${clients} ${clients === 1 ? "client" : "clients"}` : "";
  return `${visible(name)}  ${visible(status)}${people}`;
}

/** Why a chat that cannot be joined never will be; nothing if it may yet. Throws Refused, or Unreachable if nobody answers. */
export async function whyRefused(url: string, chat: string, server: string | undefined): Promise<void> {
  const servers = serversIn(await ask(`${url}/chats/${chat}/servers`));
  if (server !== undefined && !servers.some(({ name }) => name === server))
    throw new Refused("not_started", `server '${server}' of chat '${chat}' was never started`);
}
