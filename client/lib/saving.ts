/** When a client's snapshot is to be stored: what it says before that goes out, what it heard soon after. */
import { HEARD_MS, SAID_MS } from "./limits.ts";
import { type Action, isFinal, type State, type Time } from "./state.ts";

/** Stores now what is due, or sets the time for it. Not for one who was replaced: what is stored is the other's. */
export function save(state: State, now: Time, out: Action[]): void {
  const { outbox, status, deadlines } = state;
  const replaced = status.is === "offline" && status.final && status.code === "replaced";
  if (!state.stores || replaced || (outbox.stored && !state.unsaved)) return;
  const at = state.savedAt + (outbox.stored ? HEARD_MS : SAID_MS);
  if (now < at && !isFinal(state)) {
    deadlines.set("save", at);
    return;
  }
  deadlines.delete("save");
  state.savedAt = now;
  state.unsaved = false;
  outbox.stored = true;
  out.push({ do: "save" });
}

/** Whether what may be sent is stored, if it has to be. */
export const isStored = ({ stores, outbox }: State): boolean => !stores || outbox.stored;
