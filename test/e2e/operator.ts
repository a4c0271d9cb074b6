/** What an operator does with curl: start and disconnect servers, list them, and say where people connect. `url`: of the deployment. */
import { expect } from "vitest";
import type { ServerEntry } from "../../src/chat/wire.ts";
import type { Of } from "./record.ts";

/** The header of whoever holds the cookie of `npm start`. */
export const OPERATOR = { authorization: "Bearer secret" };

/** The WebSocket of a chat, or of one of its servers. */
export const at = (url: string, chat: string, server?: string): string =>
  `${url}/chats/${chat}${server === undefined ? "" : `/servers/${server}`}/ws`;

/** Gives an order, and expects it to be followed. */
export async function order(
  url: string,
  chat: string,
  server: string,
  verb: "start" | "disconnect",
  body: object = {},
): Promise<void> {
  const init = { method: "POST", headers: OPERATOR, body: JSON.stringify(body) };
  const answer = await fetch(`${url}/chats/${chat}/servers/${server}/${verb}`, init);
  const status = verb === "start" ? "alive" : "left";
  expect([answer.status, await answer.json()]).toMatchObject([200, { server: { name: server, status } }]);
}

/** The servers of a chat, as in `main alive`. */
export async function list(url: string, chat: string): Promise<string[]> {
  const answer = await fetch(`${url}/chats/${chat}/servers`);
  const { servers } = (await answer.json()) as { servers: ServerEntry[] };
  return servers.map(({ name, status }) => `${name} ${status}`);
}

/** A page of the transcript. */
interface Page {
  messages: Of<"message">[];
  before?: string;
}

/** The transcript of a chat, as one of its servers has it: its last page and all that come before it, first message first. */
export async function transcript(url: string, chat: string, server?: string): Promise<Of<"message">[]> {
  const pages: Page["messages"][] = [];
  const query = new URLSearchParams(server === undefined ? {} : { server });
  for (let more = true; more; more = query.has("before")) {
    const answer = await fetch(`${url}/chats/${chat}/transcript?${query}`);
    const { messages, before } = (await answer.json()) as Page;
    pages.unshift(messages);
    if (before === undefined) query.delete("before");
    else query.set("before", before);
  }
  return pages.flat();
}
