/** The Durable Object around the core: it turns what the platform brings into events, and performs the effects in their order. */
import { DurableObject } from "cloudflare:workers";
import { createHash, randomBytes } from "node:crypto";
import { HOST, hostOf } from "../chat/address.ts";
import { boot } from "../chat/boot.ts";
import type { Effect, Event, RequestKey } from "../chat/effects.ts";
import { BRISK, CROWD, PACE_MS, RETENTION, WINDOW } from "../chat/limits.ts";
import { others, refusal, type State, self, serverEntries, serverList } from "../chat/state.ts";
import { step } from "../chat/step.ts";
import { transcriptPage } from "../chat/transcript.ts";
import { view } from "../chat/view.ts";
import { watchRefusal } from "../chat/watch.ts";
import { Calm } from "./calm.ts";
import { httpError, json } from "./http.ts";
import { NEIGHBOUR, post } from "./peers.ts";
import { Sockets } from "./sockets.ts";
import { Store } from "./store.ts";

/** The bindings and settings of a deployment (wrangler.toml, secrets). */
export interface Env {
  CHAT_SERVER: DurableObjectNamespace;
  /** Whoever holds it is an operator or a peer server; without it they are refused. */
  COOKIE?: string;
  /** The host, with its port if need be, at which other deployments reach this one; without it servers of others cannot be joined. */
  HOST?: string;
}

/** Hexadecimal digits of a public id: 80 bits of SHA-256. */
const ID_DIGITS = 20;
/** Bytes of a session's secret. */
const SESSION_BYTES = 16;

/** HOST, if it is one: a wrong one would name this deployment's servers wrongly everywhere. */
function hostOfDeployment({ HOST: host }: Env): string | undefined {
  if (!host || HOST.test(host)) return host || undefined;
  console.error(JSON.stringify({ event: "bad_host", message: "HOST must be host or host:port in lower case", host }));
  return undefined;
}

/** Whether this deployment has another living server of the chat. */
const hasNeighbours = (state: State): boolean => others(state).some((address) => hostOf(address) === undefined);

export class ChatServer extends DurableObject<Env> {
  readonly #chat: string;
  readonly #store: Store;
  readonly #sockets: Sockets;
  readonly #requests = new Map<RequestKey, (response: Response) => void>();
  #nextRequest: RequestKey = 1;
  #state!: State;
  /** The turn of the event loop that ends with the next flush, while something is queued. */
  #turn: Promise<void> | undefined;
  readonly #calm = new Calm();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const [chat, name] = (ctx.id.name ?? "").split("/");
    if (!chat || !name) throw new Error("a chat server's object is named chat/server");
    this.#chat = chat;
    this.#store = new Store(ctx.storage.sql);
    this.#sockets = new Sockets(ctx);
    const tools = {
      idOf: (session: string) => createHash("sha256").update(session).digest("hex").slice(0, ID_DIGITS),
      mint: () => randomBytes(SESSION_BYTES).toString("hex"),
      random: Math.random,
      read: (pos: number) => this.#store.read(pos),
      retention: RETENTION,
      window: WINDOW,
      pace: PACE_MS,
      brisk: BRISK.times,
      crowd: CROWD,
    };
    void ctx.blockConcurrencyWhile(async () => {
      const stored = this.#store.load(await ctx.storage.getAlarm());
      this.#state = boot({ chat, name, host: hostOfDeployment(env) }, tools, stored, this.#sockets.awake());
      this.#step({ type: "wake", now: Date.now() });
    });
  }

  /** Paths are those of the Worker, which has checked names and cookie; other objects call the same ones. */
  override async fetch(request: Request): Promise<Response> {
    const { hostname, pathname, searchParams } = new URL(request.url);
    const verb = pathname.slice(pathname.lastIndexOf("/") + 1);
    const now = Date.now();
    switch (verb) {
      case "ws":
        return this.#refuse(pathname) ?? this.#connect();
      case "watch":
        return this.#refuse(pathname) ?? this.#watch();
      case "cluster":
        return this.#refuse(pathname) ?? this.#view();
      case "servers":
        return this.#list();
      case "transcript":
        return this.#transcript(searchParams.get("before"));
      case "start": {
        const { boot } = await request.json<{ boot?: string }>();
        return this.#ask((req) => ({ type: "start", req, boot, now }));
      }
      case "disconnect": {
        const { force } = await request.json<{ force: boolean }>();
        return this.#ask((req) => ({ type: "disconnect", req, force, now }));
      }
      case "server_join_req":
      case "update_servers":
      case "relay": {
        const body = await request.text();
        return this.#ask((req) => ({ type: verb, req, body, neighbour: hostname === NEIGHBOUR, now: Date.now() }));
      }
      default:
        return httpError(404, "not_found", `a server has no '${verb}'`);
    }
  }

  /** Who asks for a flush waits until it is done, so that the object is not put to sleep in between; others of the same turn need not. */
  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> | undefined {
    const client = this.#sockets.keyOf(socket);
    if (client === undefined) return undefined;
    const now = Date.now();
    this.#sockets.heard(socket, now);
    const asked = this.#turn;
    this.#step({ type: "frame", client, data: typeof message === "string" ? message : null, now });
    return asked ? undefined : this.#turn;
  }

  override webSocketClose(socket: WebSocket): Promise<void> | undefined {
    const client = this.#sockets.keyOf(socket);
    if (client === undefined) return undefined;
    this.#sockets.forget(socket);
    this.#step({ type: "close", client, now: Date.now() });
    return this.#turn;
  }

  override webSocketError(socket: WebSocket): Promise<void> | undefined {
    return this.webSocketClose(socket);
  }

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    this.#step({ type: "alarm", ...(info && { at: info.scheduledTime }), now: Date.now() });
    await this.#turn;
  }

  /** Why this is not the server to be asked, if it is not. Who asks the chat and not a server is sent on by one that has left. */
  #refuse(pathname: string): Response | undefined {
    const never = refusal(this.#state);
    if (never) return httpError(404, never.code, never.message);
    const anyServer = !pathname.includes("/servers/");
    if (anyServer && self(this.#state)?.status === "left" && hasNeighbours(this.#state))
      return httpError(409, "left", "this server has left the chat", { servers: serverEntries(this.#state) });
    return undefined;
  }

  #connect(): Response {
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.#step({ type: "open", client: this.#sockets.accept(ours), now: Date.now() });
    return new Response(null, { status: 101, webSocket: theirs });
  }

  #watch(): Response {
    const full = watchRefusal(this.#state);
    if (full) return httpError(503, full.code, full.message);
    const { 0: theirs, 1: ours } = new WebSocketPair();
    this.#step({ type: "watch", client: this.#sockets.acceptWatcher(ours), now: Date.now() });
    return new Response(null, { status: 101, webSocket: theirs });
  }

  /** The cluster as seen from here, once. */
  #view(): Response {
    const seen = view(this.#state, Date.now());
    if (seen.servers.length === 0) return httpError(404, "not_started", `nobody has joined chat '${this.#chat}' yet`);
    return json(JSON.stringify(seen));
  }

  #list(): Response {
    const never = refusal(this.#state);
    if (never) return httpError(404, never.code, never.message);
    return json(JSON.stringify({ servers: serverList(this.#state) }));
  }

  #transcript(before: string | null): Response {
    const never = refusal(this.#state);
    if (never) return httpError(404, never.code, never.message);
    const { status, body } = transcriptPage(this.#state, before);
    return json(body, status);
  }

  /** An event whose `reply` is the response. */
  #ask(event: (req: RequestKey) => Event): Promise<Response> {
    const req = this.#nextRequest++;
    return new Promise((resolve) => {
      this.#requests.set(req, resolve);
      this.#step(event(req));
    });
  }

  /** After an exception the memory may be half changed: the object starts anew from its storage, and nothing of this turn gets out. */
  #step(event: Event): void {
    if (event.type === "frame" || event.type === "relay") this.#calm.arrive();
    try {
      for (const effect of step(this.#state, event)) this.#perform(effect);
    } catch (error) {
      console.error(JSON.stringify({ event: "aborted", chat: this.#chat, on: event.type, error: String(error) }));
      this.ctx.abort(`failed on ${event.type}`);
    }
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "append":
        this.#store.append(effect);
        for (const { count } of effect.heads) this.#calm.write(count);
        break;
      case "put":
        this.#store.put(effect);
        break;
      case "trim":
        this.#store.trim(effect);
        break;
      case "tell":
        this.#sockets.tell(effect.frame);
        break;
      case "send":
        this.#sockets.send(effect.client, effect.frame);
        break;
      case "admit":
        this.#sockets.admit(effect.client, effect.attachment);
        break;
      case "park":
        this.#sockets.park(effect.client);
        break;
      case "close":
        this.#sockets.close(effect.client, effect.code, effect.reason);
        break;
      case "reply":
        this.#requests.get(effect.req)?.(json(effect.body, effect.status));
        this.#requests.delete(effect.req);
        break;
      case "post":
        void this.#post(effect);
        break;
      case "alarm":
        void (effect.at === null ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(effect.at));
        break;
      case "flush":
        this.#flushLater();
        break;
      case "later":
        setTimeout(() => this.#step({ type: effect.what, now: Date.now() }), effect.ms);
        break;
      case "print": {
        const { event, message, detail } = effect;
        console.log(JSON.stringify({ event, message, chat: this.#chat, server: this.#state.name, ...detail }));
      }
    }
  }

  async #post({ peer, verb, body, patience }: Effect & { do: "post" }): Promise<void> {
    const answer = await post(
      { namespace: this.env.CHAT_SERVER, cookie: this.env.COOKIE },
      this.#chat,
      peer,
      verb,
      body,
      patience,
    );
    this.#step({ type: "answer", peer, verb, ...answer, now: Date.now() });
  }

  /** The flush comes once everything has been read that has arrived by now, for which a timer of zero waits; where it is calm, once this event is done. */
  #flushLater(): void {
    const waits = !this.#calm.now;
    this.#turn = new Promise((resolve) => {
      const flush = () => {
        this.#turn = undefined;
        const now = Date.now();
        this.#step({ type: "flush", silent: this.#sockets.silent(now), now });
        this.#calm.flushed(waits);
        resolve();
      };
      if (waits) setTimeout(flush, 0);
      else void Promise.resolve().then(flush);
    });
  }
}
