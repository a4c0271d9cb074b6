/** The objects of the wire contract, as they stand in frames and request bodies (docs/protocol.md). */

/** How far into each origin's messages someone is: `{origin: seq}`; an absent origin means 0. */
export type Cursor = Record<string, number>;

/** One person, as shown to others: `id` is public and belongs to one session. */
export interface Person {
  name: string;
  id: string;
}

/** A person and the address of the server they are on. */
export interface Here extends Person {
  server: string;
}

/** A server as shown to clients: `url` leads to its WebSocket, relative to the deployment. */
export interface ServerEntry {
  name: string;
  status: "alive" | "unreachable" | "left";
  url: string;
}

/** What a client may send. `n` of a join is the highest number it saw echoed. */
export type ClientMessage =
  | { type: "client_join_req"; name: string; session?: string; cursor?: Cursor; n?: number }
  | { type: "send"; text: string; n?: number }
  | { type: "ack"; cursor: Cursor }
  | { type: "client_leave_req" };

/** What a server tells a client. */
export type ServerMessage =
  | ({ type: "welcome"; chat: string; server: string; session: string; n: number; cursor: Cursor } & Person & {
        servers: ServerEntry[];
        names: Here[];
        count: number;
      })
  | ({ type: "join" | "move" } & Here)
  | ({ type: "leave" } & Person)
  | { type: "presence"; count: number; joined: number; left: number; names?: Here[] }
  | ({ type: "message"; text: string; n: number; origin: string; seq: number; time: number } & Person)
  | { type: "update_servers"; servers: ServerEntry[] }
  | { type: "reset"; reason: "ahead" | "trimmed"; cursor?: Cursor }
  | { type: "exit"; reason: "leave" | "replaced" | "disconnect" | "slow"; servers: ServerEntry[]; after?: number }
  | ({ type: "error" } & Refusal);

/** Why something was refused; `n` the number meant, `retry` ms to wait (absent: final), `fatal` the connection ends. */
export interface Refusal {
  code: string;
  message: string;
  n?: number;
  retry?: number;
  fatal?: boolean;
}

/** The verbs between servers, under the original's names. */
export type Verb = "server_join_req" | "update_servers" | "relay";

/** What `(server, epoch)` calls itself in sequence numbers. */
export const originOf = (server: string, epoch: string): string => `${server}#${epoch}`;

/** The server of an origin; an address is its own. */
export const addressOf = (origin: string): string => origin.split("#", 1)[0] as string;

/** Serialises an object for a frame. */
export const line = (message: ServerMessage): string => JSON.stringify(message);
