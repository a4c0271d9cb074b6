/** Answers to requests: JSON, and for errors the shape every route shares. */
import type { Effect, RequestKey } from "./effects.ts";
import { writeMembers } from "./members-wire.ts";
import { type State, self } from "./state.ts";

/** A status and a body of JSON. */
export interface Reply {
  status: number;
  body: string;
}

export const yes = (body: unknown): Reply => ({ status: 200, body: JSON.stringify(body) });

/** `extra`: fields beside `error`. */
export const no = (status: number, code: string, message: string, extra: Record<string, unknown> = {}): Reply => ({
  status,
  body: JSON.stringify({ error: { code, message }, ...extra }),
});

/** Answers a request; a clause without a reply answers later. */
export function answer(req: RequestKey, reply: Reply | undefined, out: Effect[]): void {
  if (reply) out.push({ do: "reply", req, ...reply });
}

/** Why this server does nothing for `whom` now, if it does not; one that has left says so with its members. */
export function peerRefusal(state: State, whom: string): Reply | undefined {
  const me = self(state);
  if (me?.status === "alive") return undefined;
  const who = `server '${state.name}' of chat '${state.chat}'`;
  if (state.starting) return no(503, "starting", `${who} is being started`);
  if (me === undefined) return no(404, "not_started", `${who} was never started`);
  return no(409, "left", `${who} has left`, { members: writeMembers(whom, state.members, state) });
}
