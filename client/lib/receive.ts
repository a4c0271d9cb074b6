/** The clauses for what servers say: welcome, message, update_servers, exit, reset, error. */
import { become, finish, LEFT, type Moment, moved, retryIn } from "./connection.ts";
import { ACK_EVERY, ECHO_MS, GAP_MS, MAX_WAIT_MS, PING_MS } from "./limits.ts";
import type { Outgoing } from "./outbox.ts";
import { placesOf } from "./places.ts";
import { type Exit, readLine, type Told } from "./read.ts";
import type { Action, State } from "./state.ts";

/** The answer to `ping`. */
const PONG = "pong";
/** What changes what is to be stored. */
const STORED = ["welcome", "message", "reset", "error"];

/** A frame: any is a sign of life; each line is for itself. */
export function frame(state: State, data: string | null, at: Moment, out: Action[]): void {
  const { socket } = state;
  state.deadlines.delete("pong");
  if (data === PONG) return;
  state.unacked += data?.length ?? 0;
  for (const line of data?.split("\n") ?? ["(binary)"]) {
    // A line may have ended the connection.
    if (state.socket !== socket || state.phase === "down") return;
    if (line.trim() !== "") object(state, line, at, out);
  }
  if (state.phase === "live" && state.unacked >= ACK_EVERY) ack(state, at, out);
}

/** Says how far it is. Echoes come behind what was missed: who is sent that much is not out of touch, and one that gets no `ack` lets go. */
function ack(state: State, at: Moment, out: Action[]): void {
  state.unacked = 0;
  out.push({ do: "send", frame: JSON.stringify({ type: "ack", cursor: state.cursor }) });
  awaitEcho(state, at);
}

function object(state: State, line: string, at: Moment, out: Action[]): void {
  const told = readLine(line);
  if (told !== undefined && STORED.includes(told.type)) state.unsaved = true;
  if (told === undefined) out.push({ do: "tell", object: { type: "unsupported", line } });
  else if (told.type === "message") message(state, told, at, out);
  else {
    out.push({ do: "tell", object: told });
    if (told.type === "welcome") welcome(state, told, at, out);
    else if (told.type === "update_servers") state.places = placesOf(told.servers, state.url);
    else if (told.type === "reset") reset(state, told, at, out);
    else if (told.type === "exit") exit(state, told, at, out);
    else if (told.type === "error") error(state, told, at, out);
  }
}

type Of<T extends Told["type"]> = Extract<Told, { type: T }>;

function welcome(state: State, { id, session, cursor, n, servers, server }: Of<"welcome">, at: Moment, out: Action[]) {
  if (state.phase !== "joining") return;
  state.phase = "live";
  state.places = placesOf(servers, state.url);
  // A session is stored before anything is said in it: another one would say it again.
  if (session !== state.session) state.outbox.stored = false;
  // From now on by its own URL, also if the deployment chose the server.
  state.url = state.places.find(({ name }) => name === server)?.url ?? state.url;
  Object.assign(state, { id, session, cursor: { ...cursor }, tries: new Map(), fails: 0, lead: undefined });
  state.outbox.next = Math.max(state.outbox.next, n + 1);
  state.known = n;
  state.deadlines.delete("connect");
  state.deadlines.set("ping", at.now + PING_MS);
  become(state, { is: "online", server }, out);
}

function message(state: State, told: Of<"message">, at: Moment, out: Action[]): void {
  const { id, n, text, origin, seq } = told;
  if (state.cursor) state.cursor[origin] = Math.max(seq, state.cursor[origin] ?? 0);
  out.push(state.seen.add(id, n) ? { do: "tell", object: told } : { do: "repeated", message: told });
  if (id !== state.id) return;
  state.echoed = Math.max(state.echoed, n);
  state.outbox.next = Math.max(state.outbox.next, n + 1);
  const waiting = state.outbox.find(n);
  if (waiting === undefined) return;
  state.outbox.remove(n);
  if (waiting.text === text) out.push({ do: "echoed", message: waiting });
  else fail([waiting], "n_reused", `number ${n} of this session is another text`, out);
  awaitEcho(state, at);
}

/** What the server knew at the welcome and is told no more, because it was trimmed, is delivered: its echo can no longer come. */
function reset(state: State, { reason, cursor }: Of<"reset">, at: Moment, out: Action[]): void {
  if (cursor) state.cursor = { ...cursor };
  if (reason !== "trimmed") return;
  for (const message of state.outbox.waiting.filter(({ n }) => n <= state.known)) {
    state.outbox.remove(message.n);
    state.echoed = Math.max(state.echoed, message.n);
    out.push({ do: "echoed", message });
  }
  awaitEcho(state, at);
}

/** After progress, or going back: the time for the next echo begins, if one is due. */
function awaitEcho(state: State, { now }: Moment): void {
  if (state.outbox.inFlight > 0) state.deadlines.set("echo", now + ECHO_MS);
  else state.deadlines.delete("echo");
}

function fail(messages: readonly Outgoing[], code: string, why: string, out: Action[]): void {
  for (const message of messages) out.push({ do: "failed", message: { ...message, code, message: why } });
}

function exit(state: State, { reason, servers, after }: Exit, at: Moment, out: Action[]): void {
  state.places = placesOf(servers, state.url);
  if (reason === "leave") finish(state, "left", LEFT, out);
  else if (reason === "replaced") finish(state, "replaced", "this session is connected from elsewhere", out);
  else moved(state, reason === "slow", after, `the server said exit: ${reason}`, at, out);
}

function error(state: State, refusal: Of<"error">, at: Moment, out: Action[]): void {
  const { code, message: why, n, fatal } = refusal;
  const retry = refusal.retry === undefined ? undefined : Math.min(refusal.retry, MAX_WAIT_MS);
  if (state.phase === "joining" || fatal) {
    if (retry === undefined) finish(state, code, why, out);
    else retryIn(state, retry, `${code}: ${why}`, at, out);
    return;
  }
  if (state.phase !== "live") return;
  if (code === "n_gap") gap(state, n, at);
  else if (code === "n_reused") reused(state, n, why, at, out);
  else if (retry !== undefined) {
    state.outbox.rewind(n);
    state.deadlines.set("pause", at.now + retry);
    awaitEcho(state, at);
  } else if (n !== undefined) {
    // Its number stays free, and what came behind it was refused as well.
    fail(state.outbox.cut(n), code, why, out);
    awaitEcho(state, at);
  }
}

/** The server lacks `n`: from there again. During a pause that is so anyway; of what was sent together each has its own answer. */
function gap(state: State, n: number | undefined, at: Moment): void {
  if (n === undefined || state.deadlines.has("pause") || !state.outbox.find(n)) return;
  if (state.gap?.n === n && at.now - state.gap.at < GAP_MS) return;
  state.gap = { n, at: at.now };
  state.outbox.rewind(n);
  awaitEcho(state, at);
}

/** Number `n` was another text, said by whoever else has this session: that message alone, if it waits at all. */
function reused(state: State, n: number | undefined, why: string, at: Moment, out: Action[]): void {
  const message = n === undefined ? undefined : state.outbox.find(n);
  if (message === undefined) return;
  state.outbox.remove(message.n);
  fail([message], "n_reused", why, out);
  awaitEcho(state, at);
}
