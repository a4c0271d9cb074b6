/** Bodies and frames in few words, for a trace one can read. */
import type { Head } from "../../../src/chat/batch.ts";
import type { Member } from "../../../src/chat/members.ts";
import type { Published } from "../../../src/chat/presence.ts";
import type { Cursor, ServerMessage } from "../../../src/chat/wire.ts";

interface Body {
  from?: string;
  vv?: Cursor;
  batches?: Head[];
  presence?: Published;
  members?: Record<string, Member>;
  error?: { code: string };
}

const brief = (value: object): string => JSON.stringify(value).replaceAll('"', "");

/** A request's or an answer's body. */
export function summary(body: string): string {
  if (body === "") return "";
  const { from, vv, batches, presence, members, error } = JSON.parse(body.split("\n", 1)[0] as string) as Body;
  const parts = [
    from && `of ${from}`,
    error?.code,
    ...(batches ?? []).map(({ origin, first, count, dep }) => {
      const after = Object.keys(dep).length > 0 ? ` after ${brief(dep)}` : "";
      return `with ${origin} ${first}${count > 1 ? `..${first + count - 1}` : ""}${after}`;
    }),
    presence && `people v${presence.version} ${presence.people.map(([, name]) => name).join(" ") || "nobody"}`,
    members &&
      `members ${Object.entries(members).map(([address, { inc, status, epoch }]) => `${address} ${inc} ${status} ${epoch}`)}`,
    vv && `vv ${brief(vv)}`,
  ];
  return parts.filter(Boolean).join(", ");
}

function line(text: string): string {
  const told = JSON.parse(text) as ServerMessage;
  if (told.type === "message") return `"${told.text}" (${told.origin} ${told.seq})`;
  if (told.type === "welcome") return `welcome at ${brief(told.cursor)} with ${told.names.map(({ name }) => name)}`;
  if (told.type === "join" || told.type === "leave") return `${told.type} ${told.name}`;
  if (told.type === "error") return `error ${told.code}`;
  return "reason" in told ? `${told.type} ${told.reason}` : told.type;
}

/** A frame to a client. */
export const heard = (frame: string): string => frame.split("\n").map(line).join(", ");
