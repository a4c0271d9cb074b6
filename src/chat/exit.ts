/** How connections end from this side. */
import type { ClientKey, Effect } from "./effects.ts";
import { lose } from "./people.ts";
import { type Client, type State, serverEntries } from "./state.ts";
import { forgetWatcher } from "./watch.ts";
import { line } from "./wire.ts";

/** Why a server lets a client go, and the WebSocket close code: done, going away, and two of the application's range. */
const CODES = { leave: 1000, disconnect: 1001, replaced: 4001, slow: 4002 };
/** WebSocket close code "service restart": come back. */
const RESTART = 1012;
/** The same for one that is not heard any more. */
const SILENT = 4003;

/** Tells a client to go elsewhere, `after` ms, or that it is done, and closes its connection. */
export function exit(state: State, client: Client, reason: keyof typeof CODES, out: Effect[], after = 0): void {
  const frame = line({ type: "exit", reason, servers: serverEntries(state), ...(after > 0 ? { after } : {}) });
  const { key } = client;
  out.push({ do: "send", client: key, frame }, { do: "close", client: key, code: CODES[reason], reason });
  forget(state, client);
}

/** Lets a client go that lags too far behind; its person stays shown while it comes back. */
export function letGo(state: State, client: Client, now: number, out: Effect[]): void {
  exit(state, client, "slow", out);
  lose(state, client.id, now);
}

/** Closes connections that are dead without a word; their people stay shown for the grace period. */
export function dropSilent(state: State, silent: ClientKey[], now: number, out: Effect[]): void {
  for (const key of silent) {
    const client = state.clients.get(key);
    if (client === undefined && !forgetWatcher(state.watching, key)) continue;
    out.push({ do: "close", client: key, code: SILENT, reason: "silent" });
    if (client === undefined) continue;
    forget(state, client);
    lose(state, client.id, now);
  }
}

/** Closes a connection of which nobody knows any more how far it was: the client comes back, and says so. */
export function restart(state: State, client: Client, now: number, out: Effect[]): void {
  out.push({ do: "close", client: client.key, code: RESTART, reason: "restart" });
  forget(state, client);
  lose(state, client.id, now);
}

/** The same for all who are live: what they were told last may have been in the memory that is lost. */
export function restartAll(state: State, now: number, out: Effect[]): void {
  for (const client of [...state.clients.values()]) if (client.phase === "live") restart(state, client, now, out);
}

export function forget(state: State, client: Client): void {
  client.phase = "gone";
  state.clients.delete(client.key);
  if (state.byId.get(client.id) === client) state.byId.delete(client.id);
}
