/** The server: one clause per message, under the original's names. `step(state, event)` changes the state and answers what is to be done. */

import { wake } from "./boot.ts";
import { close, frame, open } from "./clients.ts";
import { askUnwritten, assumeDebts, assumeNoDebts, isOwn, saysOpen, settle } from "./debts.ts";
import { disconnect } from "./disconnect.ts";
import type { Effect, Event } from "./effects.ts";
import { dropSilent, restartAll } from "./exit.ts";
import { flush } from "./flush.ts";
import { dropParked } from "./parked.ts";
import { answered } from "./peers.ts";
import { relay } from "./relay.ts";
import { answer } from "./replies.ts";
import { closeRow } from "./rows.ts";
import { joined, server_join_req, start, update_servers } from "./servers.ts";
import { type State, wantFlush } from "./state.ts";
import { forgetWatcher, hearWatcher, show, watch } from "./watch.ts";

/**
 * What may write something that peers lack. The alarm is set in the same turn: after a crash before the flush, it is all that remembers the debt.
 */
const WRITES = new Set<Event["type"]>(["flush", "answer", "start", "server_join_req", "update_servers"]);

export function step(state: State, event: Event): Effect[] {
  const out: Effect[] = [];
  switch (event.type) {
    case "frame":
      if (state.watching.watchers.has(event.client)) hearWatcher(state, event.client, event.data, out);
      else frame(state, event.client, event.data, event.now, out);
      break;
    case "flush":
      dropSilent(state, event.silent ?? [], event.now, out);
      flush(state, event.now, out);
      break;
    case "open":
      open(state, event.client, out);
      break;
    case "watch":
      watch(state, event.client, event.now, out);
      break;
    case "close":
      if (forgetWatcher(state.watching, event.client)) break;
      close(state, event.client, event.now, out);
      break;
    case "server_join_req":
      answer(event.req, server_join_req(state, event, out), out);
      break;
    case "update_servers":
      answer(event.req, update_servers(state, event, out), out);
      break;
    case "relay":
      answer(event.req, relay(state, event, out), out);
      break;
    case "start":
      answer(event.req, start(state, event, out), out);
      break;
    case "disconnect":
      answer(event.req, disconnect(state, event, out), out);
      break;
    case "answer":
      if (event.verb === "server_join_req") joined(state, event, out);
      else answered(state, event, out);
      show(state, event.now, out);
      break;
    case "wake":
      dropParked(state, event.now, out);
      if (saysOpen(state.alarm)) restartAll(state, event.now, out);
      if (state.alarm === null) assumeNoDebts(state);
      if (wake(state, event.now)) wantFlush(state, out);
      break;
    case "pump":
    case "crowd":
      state.later.delete(event.type);
      wantFlush(state, out);
      break;
    case "show":
      state.later.delete(event.type);
      show(state, event.now, out);
      break;
    case "alarm":
      if (!isOwn(state, event.at)) {
        // Set in an earlier life: what was owed then is not known now.
        assumeDebts(state);
        if (saysOpen(event.at)) restartAll(state, event.now, out);
      }
      state.alarm = null;
      closeRow(state, out);
      askUnwritten(state);
      wantFlush(state, out);
      break;
    default:
      // A stray message never kills the server.
      out.push({ do: "print", event: "unsupported", message: "unsupported message", detail: { message: event } });
  }
  if (WRITES.has(event.type)) settle(state, event.now, out);
  return out;
}
