/** A server's SQLite: the log, one row per flush, and what else must survive, by key. Nothing is created before the first write. */

import type { Head } from "../chat/batch.ts";
import type { Stored } from "../chat/boot.ts";
import type { Effect } from "../chat/effects.ts";
import type { Floor } from "../chat/log.ts";
import type { Member } from "../chat/members.ts";
import type { Published } from "../chat/presence.ts";
import type { SessionEntry } from "../chat/seen.ts";

/** The version of the tables below. */
const SCHEMA = 2;

export class Store {
  readonly #sql: SqlStorage;
  #created: boolean;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#created = this.#rows<{ n: number }>("SELECT count(*) n FROM sqlite_master WHERE name = 'state'")[0]?.n === 1;
    if (this.#created) this.#migrate();
  }

  /** Everything a server is rebuilt from; of the log only the headers. */
  load(alarm: number | null): Stored {
    const stored: Stored = {
      members: [],
      published: [],
      unreachable: [],
      floor: undefined,
      sessions: [],
      rows: [],
      alarm,
    };
    if (!this.#created) return stored;
    for (const { key, value } of this.#rows<{ key: string; value: string }>("SELECT key, value FROM state")) {
      const [kind, name] = key.split("/") as [string, string];
      if (kind === "member") stored.members.push([name, JSON.parse(value) as Member]);
      if (kind === "presence") stored.published.push([name, JSON.parse(value) as Published]);
      if (kind === "unreachable" && JSON.parse(value)) stored.unreachable.push(name);
      if (kind === "floor") stored.floor = JSON.parse(value) as Floor;
      if (kind === "seen") stored.sessions.push(...(JSON.parse(value) as SessionEntry[]));
    }
    const from = stored.floor?.pos ?? 0;
    for (const { heads } of this.#rows<{ heads: string }>("SELECT heads FROM log WHERE pos >= ? ORDER BY pos", from))
      stored.rows.push(JSON.parse(heads) as Head[]);
    return stored;
  }

  /** The lines of a row. */
  read(pos: number): string {
    const [row] = this.#rows<{ lines: string }>("SELECT lines FROM log WHERE pos = ?", pos);
    if (row === undefined) throw new Error(`row ${pos} of the log is missing`);
    return row.lines;
  }

  append({ pos, heads, lines }: Effect & { do: "append" }): void {
    this.#create();
    this.#sql.exec("INSERT INTO log (pos, heads, lines) VALUES (?, ?, ?)", pos, JSON.stringify(heads), lines);
  }

  put({ key, value }: Effect & { do: "put" }): void {
    this.#create();
    this.#sql.exec("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", key, JSON.stringify(value));
  }

  trim({ below }: Effect & { do: "trim" }): void {
    this.#sql.exec("DELETE FROM log WHERE pos < ?", below);
  }

  #create(): void {
    if (this.#created) return;
    this.#sql.exec("CREATE TABLE log (pos INTEGER PRIMARY KEY, heads TEXT NOT NULL, lines TEXT NOT NULL)");
    this.#sql.exec("CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
    this.#sql.exec("INSERT INTO state (key, value) VALUES ('schema', ?)", String(SCHEMA));
    this.#created = true;
  }

  /**
   * Version 1 knew no floor and would take a trimmed log for a short one; the tables are the same.
   * A newer version was written by newer code, and this code would damage it.
   */
  #migrate(): void {
    const version = Number(this.#rows<{ value: string }>("SELECT value FROM state WHERE key = 'schema'")[0]?.value);
    if (!(version <= SCHEMA)) throw new Error(`the database has schema ${version}, this code knows ${SCHEMA}`);
    if (version < SCHEMA) this.#sql.exec("UPDATE state SET value = ? WHERE key = 'schema'", String(SCHEMA));
  }

  #rows<T extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]): T[] {
    return this.#sql.exec<T>(query, ...bindings).toArray();
  }
}
