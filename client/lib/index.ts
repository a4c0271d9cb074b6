/** The client library of Chatty. */
export { Client, connect, type Events, type Host, LeftError, type Socket, TextError } from "./client.ts";
export type { Outgoing } from "./outbox.ts";
export type { Exit, Reset, Told } from "./read.ts";
export type { Failure, Heard, Options, Snapshot, Status } from "./state.ts";
