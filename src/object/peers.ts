/**
 * Requests to other servers: by stub to those of this deployment, by http(s) with the cookie to those of another.
 * Whatever goes wrong comes back as status 0: the core sends again, applying is idempotent.
 */
import { hostOf, nameOf, urlOfHost } from "../chat/address.ts";
import { MAX_BODY } from "../chat/limits.ts";
import type { Verb } from "../chat/wire.ts";
import { readText } from "./http.ts";

/** Milliseconds until an unanswered request counts as lost. */
const TIMEOUT_MS = 10_000;
/** Milliseconds between two questions to a server that is not started yet; it doubles up to the second of them. */
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 200;

/** The host by which servers of one deployment ask each other. The Worker, which speaks for everybody else, asks by another. */
export const NEIGHBOUR = "neighbour";

/** The name of a server's object. */
export const objectName = (chat: string, server: string): string => `${chat}/${server}`;

/** What reaches the other servers. */
export interface Way {
  namespace: DurableObjectNamespace;
  cookie: string | undefined;
}

interface PeerAnswer {
  status: number;
  body: string;
}

/** Answers after which a patient caller asks again: nothing, not started, being started. */
const NOT_YET = new Set([0, 404, 503]);

/** A request to the server at `address`; for `patience` ms one that cannot answer yet is asked again. */
export async function post(
  way: Way,
  chat: string,
  address: string,
  verb: Verb,
  body: string,
  patience: number,
): Promise<PeerAnswer> {
  const end = Date.now() + patience;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LAST_PAUSE_MS)) {
    const answer = await once(way, chat, address, verb, body);
    if (!NOT_YET.has(answer.status) || Date.now() + pause > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function once(way: Way, chat: string, address: string, verb: Verb, body: string): Promise<PeerAnswer> {
  // AbortSignal.timeout cannot be called off, and its timer would keep the object awake long after the answer.
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  try {
    const answer = await send(way, chat, address, verb, { method: "POST", body, signal: abort.signal });
    // What this deployment's own servers say is bounded by themselves, and read at once.
    const text = hostOf(address) === undefined ? await answer.text() : await readText(answer.body, MAX_BODY);
    if (text === undefined) return { status: 0, body: `an answer of more than ${MAX_BODY} bytes` };
    return { status: answer.status, body: text };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

function send({ namespace, cookie }: Way, chat: string, address: string, verb: Verb, init: RequestInit) {
  const host = hostOf(address);
  const path = `/chats/${chat}/servers/${nameOf(address)}/${verb}`;
  // A fresh stub each time: one that threw stays broken.
  if (host === undefined)
    return namespace.getByName(objectName(chat, address)).fetch(`https://${NEIGHBOUR}${path}`, init);
  const headers = { authorization: `Bearer ${cookie ?? ""}` };
  // The cookie goes to that host alone, wherever it may point.
  return fetch(urlOfHost(host, "http") + path, { ...init, headers, redirect: "manual" });
}
