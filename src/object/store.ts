/** A server's SQLite: the log, one row per flush, and what else must survive, by key. Nothing is created before the first write. */

import type { Stored } from "../chat/boot.ts";
import type { Effect } from "../chat/effects.ts";
import type { Head } from "../chat/log.ts";
import type { Member } from "../chat/members.ts";
import type { Published } from "../chat/presence.ts";

/** The version of the tables below. */
const SCHEMA = 1;

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
    const stored: Stored = { members: [], published: [], rows: [], alarm };
    if (!this.#created) return stored;
    for (const { key, value } of this.#rows<{ key: string; value: string }>("SELECT key, value FROM state")) {
      const [kind, name] = key.split("/") as [string, string];
      if (kind === "member") stored.members.push([name, JSON.parse(value) as Member]);
      if (kind === "presence") stored.published.push([name, JSON.parse(value) as Published]);
    }
    for (const { heads } of this.#rows<{ heads: string }>("SELECT heads FROM log ORDER BY pos"))
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

  #create(): void {
    if (this.#created) return;
    this.#sql.exec("CREATE TABLE log (pos INTEGER PRIMARY KEY, heads TEXT NOT NULL, lines TEXT NOT NULL)");
    this.#sql.exec("CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
    this.#sql.exec("INSERT INTO state (key, value) VALUES ('schema', ?)", String(SCHEMA));
    this.#created = true;
  }

  /** There is one version so far. A newer one was written by newer code, and this code would damage it. */
  #migrate(): void {
    const version = Number(this.#rows<{ value: string }>("SELECT value FROM state WHERE key = 'schema'")[0]?.value);
    if (version !== SCHEMA) throw new Error(`the database has schema ${version}, this code knows ${SCHEMA}`);
  }

  #rows<T extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]): T[] {
    return this.#sql.exec<T>(query, ...bindings).toArray();
  }
}
