/** Rules broken on purpose: each sabotage replaces one passage of `src/chat`, and some test has to notice (test/sim/mutate.ts). */
import { OF_MESSAGES } from "./broken-messages.ts";
import { OF_SERVERS } from "./broken-servers.ts";
import { OF_WATCHING } from "./broken-watching.ts";

export interface Sabotage {
  /** What the server does wrong now. */
  name: string;
  /** The rule of docs/protocol.md that is broken. */
  rule: string;
  /** Within src/chat. */
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
}

export const SABOTAGES: Sabotage[] = [...OF_MESSAGES, ...OF_SERVERS, ...OF_WATCHING];
