/**
 * A server's SQLite: the log, one row per flush, and what else must survive, by key. Nothing is created before the first write. Rows written are
 * what costs most, so the log lies in tables that are dropped whole; and the headers are written again, many in one row, so that waking reads few.
 */
import type { Head } from "../chat/batch.ts";
import type { Stored } from "../chat/boot.ts";
import type { Effect } from "../chat/effects.ts";
import type { Floor } from "../chat/log.ts";
import type { Member } from "../chat/members.ts";
import type { Published } from "../chat/presence.ts";
import type { SessionEntry } from "../chat/seen.ts";

/** The version of the tables below. */
const SCHEMA = 3;
/** Rows of the log in one table. A deleted row costs as much as a written one, a dropped table nothing; what is trimmed stays until its table is. */
const VOLUME = 1000;
/** Rows of the log whose headers are written together once more. */
const CHAPTER = 100;
/** Characters of headers beyond which they are not: a row ends at 2 MB, and a character may take 4 bytes. */
const MAX_CHAPTER = 400_000;

const volumeOf = (pos: number): string => `log_${Math.floor(pos / VOLUME)}`;
const chapterOf = (pos: number): number => Math.floor(pos / CHAPTER);

export class Store {
  readonly #sql: SqlStorage;
  #created: boolean;
  /** The tables of the log that are there. */
  readonly #volumes = new Set<string>();
  /** The headers of the chapter that is being written, as JSON, from row `#first` on. */
  #first = 0;
  #heads: string[] = [];

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#created = this.#tables().includes("state");
    if (!this.#created) return;
    this.#migrate();
    for (const name of this.#tables()) if (name.startsWith("log_")) this.#volumes.add(name);
  }

  #tables(): string[] {
    return this.#rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name);
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
    stored.rows = this.#loadHeads(stored.floor?.pos ?? 1);
    return stored;
  }

  /** The headers of all rows from one on, by chapters as far as there are any. */
  #loadHeads(from: number): Head[][] {
    const chapters = new Map(
      this.#rows<{ chapter: number; first: number; heads: string }>("SELECT * FROM chapters").map((row) => [
        row.chapter,
        row,
      ]),
    );
    const rows: Head[][] = [];
    for (let pos = from; ; ) {
      const end = (chapterOf(pos) + 1) * CHAPTER;
      const written = chapters.get(chapterOf(pos));
      if (written !== undefined && written.first <= pos) {
        rows.push(...(JSON.parse(written.heads) as Head[][]).slice(pos - written.first));
        pos = end;
        continue;
      }
      const volume = volumeOf(pos);
      const open = this.#volumes.has(volume)
        ? this.#rows<{ heads: string }>(`SELECT heads FROM ${volume} WHERE pos >= ? AND pos < ? ORDER BY pos`, pos, end)
        : [];
      for (const { heads } of open) rows.push(JSON.parse(heads) as Head[]);
      if (pos + open.length < end) {
        this.#first = pos;
        this.#heads = open.map(({ heads }) => heads);
        return rows;
      }
      pos = end;
    }
  }

  /** The lines of a row. */
  read(pos: number): string {
    const [row] = this.#rows<{ lines: string }>(`SELECT lines FROM ${volumeOf(pos)} WHERE pos = ?`, pos);
    if (row === undefined) throw new Error(`row ${pos} of the log is missing`);
    return row.lines;
  }

  append({ pos, heads, lines }: Effect & { do: "append" }): void {
    this.#create();
    const volume = volumeOf(pos);
    if (!this.#volumes.has(volume)) {
      this.#createVolume(volume);
    }
    const json = JSON.stringify(heads);
    this.#sql.exec(`INSERT INTO ${volume} (pos, heads, lines) VALUES (?, ?, ?)`, pos, json, lines);
    if (this.#heads.length === 0) this.#first = pos;
    this.#heads.push(json);
    if (chapterOf(pos + 1) > chapterOf(pos)) this.#endChapter(chapterOf(pos));
  }

  /** Writes the headers of a chapter together, unless they are too large for a row; then each is read from its own. */
  #endChapter(chapter: number): void {
    const heads = `[${this.#heads.join(",")}]`;
    this.#heads = [];
    if (heads.length > MAX_CHAPTER) return;
    this.#sql.exec("INSERT INTO chapters (chapter, first, heads) VALUES (?, ?, ?)", chapter, this.#first, heads);
  }

  put({ key, value }: Effect & { do: "put" }): void {
    this.#create();
    this.#sql.exec("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", key, JSON.stringify(value));
  }

  /** Drops what lies wholly below a row. */
  trim({ below }: Effect & { do: "trim" }): void {
    for (const volume of this.#volumes) {
      if (Number(volume.slice("log_".length)) >= Math.floor(below / VOLUME)) continue;
      this.#sql.exec(`DROP TABLE ${volume}`);
      this.#volumes.delete(volume);
    }
    this.#sql.exec("DELETE FROM chapters WHERE chapter < ?", chapterOf(below));
  }

  #create(): void {
    if (this.#created) return;
    this.#sql.exec("CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
    this.#sql.exec("INSERT INTO state (key, value) VALUES ('schema', ?)", String(SCHEMA));
    this.#createChapters();
    this.#created = true;
  }

  #createVolume(name: string): void {
    this.#sql.exec(`CREATE TABLE ${name} (pos INTEGER PRIMARY KEY, heads TEXT NOT NULL, lines TEXT NOT NULL)`);
    this.#volumes.add(name);
  }

  #createChapters(): void {
    this.#sql.exec("CREATE TABLE chapters (chapter INTEGER PRIMARY KEY, first INTEGER NOT NULL, heads TEXT NOT NULL)");
  }

  /**
   * Versions 1 and 2 had one table for the log; version 1 knew no floor, and would take a trimmed log for a short one.
   * A newer version was written by newer code, and this code would damage it.
   */
  #migrate(): void {
    const version = Number(this.#rows<{ value: string }>("SELECT value FROM state WHERE key = 'schema'")[0]?.value);
    if (!(version <= SCHEMA)) throw new Error(`the database has schema ${version}, this code knows ${SCHEMA}`);
    if (version === SCHEMA) return;
    this.#createChapters();
    for (const { volume } of this.#rows<{ volume: number }>(`SELECT DISTINCT pos / ${VOLUME} volume FROM log`)) {
      const table = `log_${volume}`;
      this.#createVolume(table);
      this.#sql.exec(`INSERT INTO ${table} SELECT pos, heads, lines FROM log WHERE pos / ${VOLUME} = ?`, volume);
    }
    this.#sql.exec("DROP TABLE log");
    this.#sql.exec("UPDATE state SET value = ? WHERE key = 'schema'", String(SCHEMA));
  }

  #rows<T extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]): T[] {
    return this.#sql.exec<T>(query, ...bindings).toArray();
  }
}
