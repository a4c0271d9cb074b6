/** The client library of Chatty. */
export { Client, connect, type Events } from "./client.ts";
export { FullError, LeftError, SnapshotError, TextError } from "./errors.ts";
export type { Host, Socket } from "./host.ts";
export type { Outgoing } from "./outbox.ts";
export { People, type Placed, serverOf, tagOf } from "./people.ts";
export type { Exit, Message, Reset, Told } from "./read.ts";
export type { Failure, Heard, Options, Snapshot, Status } from "./state.ts";
export { type Items, memoryStorage, type Storage, webStorage } from "./storage.ts";
export { type Page, readPage, transcriptPath } from "./transcript.ts";
export type { Watched } from "./watched.ts";
export { Watcher, type WatchStatus } from "./watcher.ts";
