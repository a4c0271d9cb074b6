/**
 * Chatty as it is, with everything counted that could keep a chat from being idle: what reaches its objects, their timers and
 * their alarms. The objects of one process share one isolate, so the counts outlive the hibernation of each of them.
 */
import app, { ChatServer as Chatty } from "../../../src/index.ts";
import type { Env } from "../../../src/object/server.ts";
import { COUNTS_PATH, type Counts } from "./counts.ts";

const counts: Omit<Counts, "alarmsPending"> = {
  constructed: [],
  requests: 0,
  relays: 0,
  frames: 0,
  closes: 0,
  timersSet: 0,
  timersFired: 0,
  alarmsSet: 0,
  alarmsRun: 0,
};
const alarmsPending = new Set<string>();

type Timer = (callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => number;

/** The same timer, counted when it is set and whenever it fires. */
const counted =
  (timer: Timer): Timer =>
  (callback, ms, ...args) => {
    counts.timersSet++;
    const fire = (...given: unknown[]) => {
      counts.timersFired++;
      callback(...given);
    };
    return timer(fire, ms, ...args);
  };

Object.assign(globalThis, {
  setTimeout: counted(globalThis.setTimeout as unknown as Timer),
  setInterval: counted(globalThis.setInterval as unknown as Timer),
});

const { timeout } = AbortSignal;
AbortSignal.timeout = (ms) => {
  counts.timersSet++;
  return timeout.call(AbortSignal, ms);
};

export class ChatServer extends Chatty {
  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx;
    const { setAlarm, deleteAlarm } = storage;
    storage.setAlarm = (...args) => {
      counts.alarmsSet++;
      alarmsPending.add(`${ctx.id.name}`);
      return setAlarm.apply(storage, args);
    };
    storage.deleteAlarm = (...args) => {
      alarmsPending.delete(`${ctx.id.name}`);
      return deleteAlarm.apply(storage, args);
    };
    super(ctx, env);
    counts.constructed.push(`${ctx.id.name}`);
  }

  override fetch(request: Request): Promise<Response> {
    counts.requests++;
    if (request.url.endsWith("/relay")) counts.relays++;
    return super.fetch(request);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> | undefined {
    counts.frames++;
    return super.webSocketMessage(socket, message);
  }

  override webSocketClose(socket: WebSocket): Promise<void> | undefined {
    counts.closes++;
    return super.webSocketClose(socket);
  }

  override alarm(info?: AlarmInvocationInfo): Promise<void> {
    counts.alarmsRun++;
    alarmsPending.delete(`${this.ctx.id.name}`);
    return super.alarm(info);
  }
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === COUNTS_PATH)
      return Response.json({ ...counts, alarmsPending: [...alarmsPending] });
    return app.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
