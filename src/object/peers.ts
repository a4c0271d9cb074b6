/** Requests to other servers. Whatever goes wrong comes back as status 0: the core sends again, applying is idempotent. */
import type { Verb } from "../chat/wire.ts";

/** Milliseconds until an unanswered request counts as lost. */
const TIMEOUT_MS = 30_000;
/** Milliseconds between two questions to a server that is not started yet; it doubles. */
const FIRST_PAUSE_MS = 50;

/** The name of a server's object. */
export const objectName = (chat: string, server: string): string => `${chat}/${server}`;

export interface PeerAnswer {
  status: number;
  body: string;
}

/** Asks a peer. For `patience` ms a peer that is not started yet (404, 503) is asked again. */
export async function post(
  namespace: DurableObjectNamespace,
  chat: string,
  server: string,
  verb: Verb,
  body: string,
  patience: number,
): Promise<PeerAnswer> {
  for (let pause = FIRST_PAUSE_MS, waited = 0; ; pause *= 2) {
    const answer = await once(namespace, chat, server, verb, body);
    if ((answer.status !== 404 && answer.status !== 503) || waited + pause > patience) return answer;
    waited += pause;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function once(
  namespace: DurableObjectNamespace,
  chat: string,
  server: string,
  verb: Verb,
  body: string,
): Promise<PeerAnswer> {
  // A fresh stub each time: one that threw stays broken.
  const stub = namespace.getByName(objectName(chat, server));
  const url = `https://chatty/chats/${chat}/servers/${server}/${verb}`;
  try {
    const answer = await stub.fetch(url, { method: "POST", body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? error.message : String(error) };
  }
}
