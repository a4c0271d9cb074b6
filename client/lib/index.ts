/** The client library of Chatty. */
export { Client, connect, type Events, FullError, type Host, LeftError, type Socket, TextError } from "./client.ts";
export type { Outgoing } from "./outbox.ts";
export type { Exit, Reset, Told } from "./read.ts";
export { SnapshotError } from "./snapshot.ts";
export type { Failure, Heard, Options, Snapshot, Status } from "./state.ts";
export { type Items, memoryStorage, type Storage, webStorage } from "./storage.ts";
