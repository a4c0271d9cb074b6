/** What comes in: lines of a stream that may be endless, and what a line typed on a terminal asks for. */
import { MAX_TEXT } from "../../src/chat/limits.ts";

/** Code units of a line that are kept: all that can be a message, and enough to see that more cannot. */
const KEPT = 2 * MAX_TEXT + 1;

/** The lines of a stream, without their ends. Of a line too long for any message only the beginning is held in memory. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? "";
    for (const line of lines) yield withoutReturn(line);
    if (rest.length > KEPT) rest = rest.slice(0, KEPT);
  }
  rest += decoder.decode();
  if (rest !== "") yield withoutReturn(rest);
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

export type Order =
  | { do: "send"; text: string }
  | { do: "leave" | "who" | "servers" | "help" | "nothing" }
  | { do: "unknown"; command: string };

export const COMMANDS = `/who       who is here
/servers   the servers of this chat
/help      this
//text     say '/text'
exit       leave (also Ctrl-D, Ctrl-C)`;

/** A line typed on a terminal. */
export function readOrder(line: string): Order {
  if (line === "exit") return { do: "leave" };
  if (line.trim() === "") return { do: "nothing" };
  if (line.startsWith("//")) return { do: "send", text: line.slice(1) };
  if (!line.startsWith("/")) return { do: "send", text: line };
  const command = line.trim();
  switch (command) {
    case "/who":
      return { do: "who" };
    case "/servers":
      return { do: "servers" };
    case "/help":
      return { do: "help" };
    default:
      return { do: "unknown", command };
  }
}
