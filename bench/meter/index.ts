/**
 * Chatty as it is, with everything counted that the platform bills: what reaches its objects, what they write, how long they are active.
 * The objects of one process share one isolate, so the counts outlive the sleep of each of them. On one machine servers answer each other
 * faster than anywhere else; `POST /round-trip` with a number of milliseconds makes each request between two of them take so much longer.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import app, { ChatServer as Chatty } from "../../src/index.ts";
import type { Env } from "../../src/object/server.ts";
import { COUNTS_PATH, ROUND_TRIP_PATH, rowsOf } from "./counts.ts";
import { Meter } from "./meter.ts";

const meters = new Map<string, Meter>();
let roundTrip = 0;

function meterOf(name: string): Meter {
  const meter = meters.get(name) ?? new Meter(() => Date.now());
  meters.set(name, meter);
  return meter;
}

/** Whose event it is that is being handled, also in what it awaits. */
const handling = new AsyncLocalStorage<Meter>();
/** Timers that are set, and whom they keep awake. */
const timers = new Map<unknown, Meter>();
const { setTimeout: setTimer, clearTimeout: clearTimer } = globalThis;

const metered = {
  setTimeout: (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const meter = handling.getStore();
    const timer = setTimer(() => {
      try {
        callback(...args);
      } finally {
        stopped(timer);
      }
    }, ms);
    if (meter) {
      meter.begin();
      timers.set(timer, meter);
    }
    return timer;
  },
  clearTimeout: (timer: Parameters<typeof clearTimer>[0]) => {
    clearTimer(timer);
    stopped(timer);
  },
};
Object.assign(globalThis, metered);

function stopped(timer: unknown): void {
  timers.get(timer)?.end();
  timers.delete(timer);
}

/** Half of a request's way. */
const travel = async (): Promise<void> => {
  if (roundTrip > 0) await new Promise<void>((resolve) => setTimer(() => resolve(), roundTrip / 2));
};

export class ChatServer extends Chatty {
  readonly #meter: Meter;

  constructor(ctx: DurableObjectState, env: Env) {
    const meter = meterOf(String(ctx.id.name));
    meter.begin();
    meter.add("wakes");
    meterStorage(ctx.storage, meter);
    super(ctx, { ...env, CHAT_SERVER: meterRequests(env.CHAT_SERVER, meter) });
    this.#meter = meter;
    void ctx.blockConcurrencyWhile(async () => meter.end());
  }

  override fetch(request: Request): Promise<Response> {
    this.#meter.add("requests");
    return this.#during(() => super.fetch(request));
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    this.#meter.add("frames");
    return this.#during(() => super.webSocketMessage(socket, message));
  }

  override webSocketClose(socket: WebSocket): Promise<void> {
    return this.#during(() => super.webSocketClose(socket));
  }

  override alarm(info?: AlarmInvocationInfo): Promise<void> {
    this.#meter.add("alarms");
    return this.#during(() => super.alarm(info));
  }

  #during<T>(task: () => T | Promise<T>): Promise<T> {
    return handling.run(this.#meter, () => this.#meter.during(task));
  }
}

function meterStorage(storage: DurableObjectStorage, meter: Meter): void {
  const { sql, setAlarm, deleteAlarm } = storage;
  const { exec } = sql;
  storage.setAlarm = (...args) => {
    meter.add("alarmsSet");
    return setAlarm.apply(storage, args);
  };
  storage.deleteAlarm = (...args) => {
    meter.add("alarmsOff");
    return deleteAlarm.apply(storage, args);
  };
  sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
    const cursor = exec.call(sql, query, ...bindings) as SqlStorageCursor<T>;
    meter.add(rowsOf(query), cursor.rowsWritten);
    const { toArray } = cursor;
    cursor.toArray = () => {
      const rows = toArray.call(cursor);
      meter.add("rowsRead", cursor.rowsRead);
      return rows;
    };
    return cursor;
  };
}

/** Only what the servers use of their namespace. */
function meterRequests(namespace: DurableObjectNamespace, meter: Meter): DurableObjectNamespace {
  const send = async (name: string, url: string, init: RequestInit): Promise<Response> => {
    await travel();
    const answer = await namespace.getByName(name).fetch(url, init);
    const body = await answer.text();
    await travel();
    if (url.endsWith("/relay")) {
      meter.add("relays");
      meter.add("relayBytes", bytes(String(init.body)) + bytes(body));
    }
    return new Response(body, answer);
  };
  const getByName = (name: string) => ({
    fetch: (url: string, init: RequestInit) => meter.during(() => send(name, url, init)),
  });
  return { getByName } as unknown as DurableObjectNamespace;
}

const bytes = (text: string): number => new TextEncoder().encode(text).length;

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === COUNTS_PATH)
      return Response.json(Object.fromEntries([...meters].map(([name, meter]) => [name, meter.read()])));
    if (pathname !== ROUND_TRIP_PATH) return app.fetch(request, env, ctx);
    roundTrip = Number(await request.text());
    return new Response(null, { status: 204 });
  },
} satisfies ExportedHandler<Env>;
