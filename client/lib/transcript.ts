/** Reads pages of the transcript: what was said before one came. */
import { type Message, readObject } from "./read.ts";

/** Some messages in order, and the mark of the page before them; absent where nothing comes before. */
export interface Page {
  messages: Message[];
  before?: string;
}

/** The page before a mark, or the last one, as `server` has it, or whichever answers; a path at the deployment. */
export function transcriptPath(chat: string, before?: string, server?: string): string {
  const query = Object.entries({ server, before }).flatMap(([field, value]) =>
    value === undefined ? [] : [`${field}=${encodeURIComponent(value)}`],
  );
  return `/chats/${chat}/transcript${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

/** The body of an answer; what is no message is left out, and `undefined` is the answer to what is no page. */
export function readPage(body: unknown): Page | undefined {
  const { messages, before } = (body ?? {}) as { messages?: unknown; before?: unknown };
  if (!Array.isArray(messages)) return undefined;
  const read = messages.map(readObject).filter((told): told is Message => told?.type === "message");
  return { messages: read, ...(typeof before === "string" ? { before } : {}) };
}
