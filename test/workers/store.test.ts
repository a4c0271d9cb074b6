/** How the log lies in SQLite: whatever is written is loaded again, few rows are read for it, and what is trimmed goes a table at a time. */
import { expect, it } from "vitest";
import type { Head } from "../../src/chat/batch.ts";
import { Store } from "../../src/object/store.ts";
import { freshChat, inside } from "./helpers.ts";

const head = (first: number, ids: string[] = ["0123456789abcdef0123"]): Head => ({
  origin: "main#0a1b2c3d",
  first,
  count: 1,
  time: first,
  dep: {},
  ids,
  by: [0, first],
  size: 4,
});

/** Writes rows from one number to another. */
function append(store: Store, from: number, to: number, ids?: string[]): void {
  for (let pos = from; pos <= to; pos++)
    store.append({ do: "append", pos, heads: [head(pos, ids)], lines: `row ${pos}` });
}

/** The numbers of the rows that are loaded. */
const loaded = (store: Store): number[] => store.load(null).rows.map(([first]) => first?.first ?? 0);

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const tables = (sql: SqlStorage): string[] =>
  sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE 'log%' ORDER BY name")
    .toArray()
    .map(({ name }) => name);

/** An empty database. */
const withSql = (test: (sql: SqlStorage) => void): Promise<void> =>
  inside(freshChat(), "b", ({ storage }) => test(storage.sql));

it("L8 L11 a log of thousands of rows is loaded as it was written, from few rows", () =>
  withSql((sql) => {
    append(new Store(sql), 1, 2345);
    let read = 0;
    const counted = {
      exec: (query: string, ...bindings: unknown[]) => {
        const cursor = sql.exec(query, ...bindings);
        const rows = cursor.toArray();
        read += cursor.rowsRead;
        return { toArray: () => rows };
      },
    } as unknown as SqlStorage;
    const store = new Store(counted);
    expect(loaded(store)).toEqual(numbers(1, 2345));
    expect(read).toBeLessThan(120);
    for (const pos of [1, 999, 1000, 2345]) expect(store.read(pos)).toBe(`row ${pos}`);
    append(store, 2346, 2399);
    append(new Store(sql), 2400, 2401);
    const again = new Store(sql);
    expect(loaded(again)).toEqual(numbers(1, 2401));
  }));

it("L11 what is trimmed is dropped when its whole table is, and not loaded before", () =>
  withSql((sql) => {
    const store = new Store(sql);
    append(store, 1, 2345);
    const trim = (below: number) => {
      store.put({ do: "put", key: "floor", value: { cursor: {}, time: 0, pos: below } });
      store.trim({ do: "trim", below });
    };
    expect(tables(sql)).toEqual(["log_0", "log_1", "log_2"]);
    trim(999);
    expect([tables(sql).length, loaded(new Store(sql))[0]]).toEqual([3, 999]);
    trim(2150);
    expect(tables(sql)).toEqual(["log_2"]);
    expect(sql.exec("SELECT min(chapter) chapter FROM chapters").one()).toEqual({ chapter: 21 });
    expect(loaded(new Store(sql))).toEqual(numbers(2150, 2345));
    append(new Store(sql), 2346, 2350);
    trim(2351);
    expect(loaded(new Store(sql))).toEqual([]);
    append(store, 2351, 2352);
    expect(loaded(new Store(sql))).toEqual([2351, 2352]);
  }));

it("L11 headers too large for one row together are read each from its own", () =>
  withSql((sql) => {
    const ids = Array.from({ length: 250 }, () => "0123456789abcdef0123");
    append(new Store(sql), 1, 250, ids);
    expect(sql.exec("SELECT count(*) n FROM chapters").one()).toEqual({ n: 0 });
    expect(loaded(new Store(sql))).toEqual(numbers(1, 250));
  }));

it("L6 the log of version 2, in one table, is taken over", () =>
  withSql((sql) => {
    sql.exec("CREATE TABLE log (pos INTEGER PRIMARY KEY, heads TEXT NOT NULL, lines TEXT NOT NULL)");
    sql.exec("CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
    sql.exec(
      "INSERT INTO state VALUES ('schema', '2'), ('floor', ?)",
      JSON.stringify({ cursor: {}, time: 0, pos: 900 }),
    );
    for (const pos of numbers(900, 1100))
      sql.exec("INSERT INTO log VALUES (?, ?, ?)", pos, JSON.stringify([head(pos)]), `row ${pos}`);
    const store = new Store(sql);
    expect(loaded(store)).toEqual(numbers(900, 1100));
    expect([store.read(900), store.read(1100)]).toEqual(["row 900", "row 1100"]);
    expect(tables(sql)).toEqual(["log_0", "log_1"]);
    append(store, 1101, 1200);
    expect(loaded(new Store(sql))).toEqual(numbers(900, 1200));
  }));
