/** The clauses for what clients do: connect, `client_join_req`, `send`, `client_leave_req`, and the loss of a connection. */
import type { ClientKey, Effect } from "./effects.ts";
import { exit, forget } from "./exit.ts";
import { ack } from "./flow.ts";
import { find } from "./history.ts";
import { BUSY_RETRY_MS, MAX_FRAME, MAX_N, MAX_PENDING, WAITING_RETRY_MS } from "./limits.ts";
import { park } from "./parked.ts";
import { parseLine } from "./parse.ts";
import { lose } from "./people.ts";
import { addClient, type Client, type State, self, wantFlush } from "./state.ts";
import { type ClientMessage, line, type Refusal } from "./wire.ts";

/** How long a client turned away by a server that is draining waits, ms: it may yet stay. */
const DRAINING_RETRY_MS = 1000;

/** A new connection. A server that has left or is leaving sends it where the others are. */
export function open(state: State, key: ClientKey, out: Effect[]): void {
  const client = addClient(state, key);
  if (state.draining || self(state)?.status === "left") exit(state, client, "disconnect", out);
}

/** A frame: one object per line, each for itself. */
export function frame(state: State, key: ClientKey, data: string | null, now: number, out: Effect[]): void {
  const client = state.clients.get(key);
  if (client === undefined) return;
  if (data === null) {
    error(client, { code: "binary", message: "send text frames with one JSON object per line, not binary ones" }, out);
  } else if (data.length > MAX_FRAME) {
    const message = `a frame has at most ${MAX_FRAME} characters, this one has ${data.length}; send several`;
    error(client, { code: "frame_too_large", message }, out);
  } else if (data.includes("\n")) {
    for (const text of data.split("\n")) if (text.trim() !== "") object(state, client, text, now, out);
  } else if (data.trim() !== "") {
    object(state, client, data, now, out);
  }
}

function object(state: State, client: Client, text: string, now: number, out: Effect[]): void {
  if (client.phase === "gone") return;
  const message = parseLine(text);
  const refused = "code" in message ? message : clause(state, client, message, now, out);
  if (refused) error(client, refused, out);
}

function clause(state: State, client: Client, message: ClientMessage, now: number, out: Effect[]): Refusal | undefined {
  if (message.type === "client_join_req") return client_join_req(state, client, message, now, out);
  if (client.phase === "open")
    return { code: "not_joined", message: 'join first: {"type":"client_join_req","name":"John"}' };
  if (message.type === "send") return send(state, client, message, out);
  if (message.type === "client_leave_req") client_leave_req(state, client, out);
  else if (message.type === "ack") {
    ack(state, client, message.cursor);
    if (client.phase === "catching") wantFlush(state, out);
  }
  return undefined;
}

type Of<T extends ClientMessage["type"]> = Extract<ClientMessage, { type: T }>;

/** Adds the client. It is welcomed, and the others are told, by the flush of this turn. */
function client_join_req(
  state: State,
  client: Client,
  join: Of<"client_join_req">,
  now: number,
  out: Effect[],
): Refusal | undefined {
  if (client.phase !== "open")
    return { code: "already_joined", message: `this connection has joined as '${client.name}'; open another one` };
  client.session = join.session ?? state.env.mint();
  client.id = state.env.idOf(client.session);
  client.name = join.name;
  client.cursor = join.cursor;
  const older = state.byId.get(client.id);
  client.n = Math.max(join.n ?? 0, state.log.seen.highest(client.id), older?.n ?? 0);
  client.known = client.n;
  if (older) exit(state, older, "replaced", out);
  state.byId.set(client.id, client);
  if (!park(state, client, now, out)) {
    client.phase = "joining";
    state.joining.push(client);
  }
  wantFlush(state, out);
  return undefined;
}

/** Queues the message for the flush of this turn; its sender learns of it by the `message` everyone gets. */
function send(state: State, client: Client, { text, n: given }: Of<"send">, out: Effect[]): Refusal | undefined {
  if (client.phase === "parked") {
    const message = "this server has not yet what you have seen; send after its welcome";
    return { code: "waiting", message, retry: WAITING_RETRY_MS, ...(given ? { n: given } : {}) };
  }
  if (state.draining)
    return {
      code: "leaving",
      message: "this server is leaving; send again soon",
      retry: DRAINING_RETRY_MS,
      ...(given ? { n: given } : {}),
    };
  const next = client.n + 1;
  const n = given ?? Math.max(next, state.log.seen.highest(client.id) + 1);
  if (given !== undefined && (n < next || state.log.seen.has(client.id, n))) return again(state, client, text, n);
  if (n > next && given !== undefined)
    return { code: "n_gap", message: `the next n of this session is ${next}, not ${n}`, n: next };
  if (n > MAX_N) return { code: "bad_n", message: "this session has used up its numbers; join without a session" };
  if (state.sendsSize + text.length > MAX_PENDING)
    return { code: "busy", message: "too much waits to be written; send again later", n, retry: BUSY_RETRY_MS };
  client.n = n;
  state.sends.push({ id: client.id, name: client.name, text, n });
  state.sendsSize += text.length;
  wantFlush(state, out);
  return undefined;
}

/** A number that was used before: the same message is silently the same, another text is an error that names it. */
function again(state: State, client: Client, text: string, n: number): Refusal | undefined {
  const { id } = client;
  const waiting = state.sends.find((pending) => pending.id === id && pending.n === n);
  const logged = waiting ? undefined : find(state.log, id, n);
  const known = waiting?.text ?? (logged && (JSON.parse(logged) as { text: string }).text);
  if (n === client.n + 1) client.n = n;
  // The text of what was trimmed is not known any more.
  const trimmed = known === undefined && state.log.seen.has(id, n);
  if (known === text || trimmed) return undefined;
  const next = client.n + 1;
  if (known === undefined)
    return { code: "n_gap", message: `the next n of this session is ${next}, not ${n}`, n: next };
  return { code: "n_reused", message: `n ${n} of this session was another text; the next n is ${next}`, n };
}

/** Lets the client go with the flush of this turn, after what it said. */
function client_leave_req(state: State, client: Client, out: Effect[]): void {
  client.phase = "gone";
  state.leaving.push(client);
  wantFlush(state, out);
}

/** The connection is gone without a word: its person stays shown for the grace period. */
export function close(state: State, key: ClientKey, now: number, out: Effect[]): void {
  const client = state.clients.get(key);
  if (client === undefined) return;
  const left = state.leaving.includes(client);
  forget(state, client);
  if (client.id === "" || left || state.byId.has(client.id)) return;
  state.joining = state.joining.filter((joining) => joining !== client);
  state.parked = state.parked.filter((parked) => parked !== client);
  lose(state, client.id, now);
  wantFlush(state, out);
}

function error(client: Client, refusal: Refusal, out: Effect[]): void {
  out.push({ do: "send", client: client.key, frame: line({ type: "error", ...refusal }) });
}
