/** The client as a machine: `step(state, event)` changes the state and answers what is to be done. No clock, no lot, no socket in here. */
import { dead, finish, join, LEFT, lost, open } from "./connection.ts";
import { ECHO_MS, LEAVE_MS, PING_MS, PONG_MS } from "./limits.ts";
import { frame } from "./receive.ts";
import { isStored, save } from "./saving.ts";
import { type Action, type Deadline, type Event, isFinal, type State } from "./state.ts";

export function step(state: State, event: Event): Action[] {
  const out: Action[] = [];
  if (isFinal(state)) return out;
  switch (event.type) {
    case "start":
      open(state, event, out);
      break;
    case "open":
      if (event.socket === state.socket && state.phase === "opening") join(state, event, out);
      break;
    case "frame":
      if (event.socket === state.socket && state.phase !== "down") frame(state, event.data, event, out);
      break;
    case "closed":
      if (event.socket === state.socket && state.phase !== "down") lost(state, event.why, event, out);
      break;
    case "retry":
      if (state.phase === "down") open(state, event, out);
      break;
    case "leave":
      state.wantsLeave = true;
      if (state.phase !== "live" && state.outbox.waiting.length === 0) finish(state, "left", LEFT, out);
      break;
    case "close":
      finish(state, "closed", "closed", out);
      break;
    case "wake":
      // Used up, also if the timer came a little early and nothing is due yet.
      state.wake = undefined;
      expire(state, event, out);
      break;
    case "pump":
      break;
  }
  save(state, event.now, out);
  pump(state, event, out);
  alarm(state, out);
  return out;
}

/** Sends what may be sent now; when nothing is owed any more, the leave. */
function pump(state: State, { now }: Event, out: Action[]): void {
  if (state.phase !== "live" || state.deadlines.has("pause") || !isStored(state)) return;
  for (const frame of state.outbox.frames()) out.push({ do: "send", frame });
  if (state.outbox.inFlight > 0 && !state.deadlines.has("echo")) state.deadlines.set("echo", now + ECHO_MS);
  if (!state.wantsLeave || state.outbox.waiting.length > 0) return;
  state.phase = "leaving";
  state.deadlines.set("leave", now + LEAVE_MS);
  out.push({ do: "send", frame: JSON.stringify({ type: "client_leave_req" }) });
}

/** What each deadline means when it has come. */
function expire(state: State, event: Event, out: Action[]): void {
  const { now } = event;
  const due = (deadline: Deadline): boolean => {
    const at = state.deadlines.get(deadline);
    if (at === undefined || at > now) return false;
    state.deadlines.delete(deadline);
    return true;
  };
  if (due("retry")) open(state, event, out);
  else if (due("connect")) lost(state, "no answer", event, out);
  else if (due("leave")) finish(state, "left", `${LEFT}; the server did not answer`, out);
  else if (due("pong")) dead(state, "no answer to a ping", event, out);
  else if (due("echo")) dead(state, "what was sent was not echoed", event, out);
  else {
    due("pause");
    if (due("ping")) {
      out.push({ do: "send", frame: "ping" });
      state.deadlines.set("ping", now + PING_MS);
      state.deadlines.set("pong", now + PONG_MS);
    }
  }
}

/** Asks to be woken at the earliest deadline. */
function alarm(state: State, out: Action[]): void {
  const at = state.deadlines.size > 0 ? Math.min(...state.deadlines.values()) : undefined;
  if (at === state.wake) return;
  state.wake = at;
  out.push({ do: "wake", at });
}
