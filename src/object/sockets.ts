/** The clients' hibernating WebSockets, numbered for the core. What must survive hibernation lies in each socket's attachment. */
import { type Attachment, type ClientKey, PARKED, WATCHER } from "../chat/effects.ts";

/** Asked of every socket, for every frame. */
const { OPEN } = WebSocket;

/** Answered by the platform without waking the object. */
const PING = "ping";
const PONG = "pong";

/** Milliseconds of silence after which a client that pings counts as gone; ours pings every 25 s. */
const SILENT_MS = 90_000;
/** Milliseconds between two looks for such clients. */
const LOOK_MS = 30_000;

/** What a socket remembers; one that never joined, nothing. */
type Remembered = Attachment | typeof PARKED | typeof WATCHER | null;

export class Sockets {
  readonly #ctx: DurableObjectState;
  readonly #keys = new Map<WebSocket, ClientKey>();
  readonly #sockets = new Map<ClientKey, WebSocket>();
  /** Those who get what is told to all. */
  readonly #admitted = new Set<WebSocket>();
  /** When a frame last came, ms since epoch, since the object is awake. */
  readonly #heard = new WeakMap<WebSocket, number>();
  #looked = 0;
  #next: ClientKey = 1;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    // The platform's own list is rebuilt at every call, so it is read once.
    for (const socket of ctx.getWebSockets()) {
      if (socket.readyState !== WebSocket.OPEN) continue;
      this.#add(socket);
      if (typeof socket.deserializeAttachment() === "object" && socket.deserializeAttachment())
        this.#admitted.add(socket);
    }
  }

  /** The sockets that were here before this life of the object. */
  awake(): [ClientKey, Remembered][] {
    return [...this.#keys].map(([socket, key]) => [key, socket.deserializeAttachment() as Remembered]);
  }

  accept(socket: WebSocket): ClientKey {
    this.#ctx.acceptWebSocket(socket);
    return this.#add(socket);
  }

  /** One that watches is never admitted: what is told to all is for clients. */
  acceptWatcher(socket: WebSocket): ClientKey {
    const key = this.accept(socket);
    socket.serializeAttachment(WATCHER);
    return key;
  }

  /** The number of a socket, unless it is closed already. */
  keyOf(socket: WebSocket): ClientKey | undefined {
    return this.#keys.get(socket);
  }

  /** A frame came: whoever says something lives. */
  heard(socket: WebSocket, now: number): void {
    this.#heard.set(socket, now);
  }

  /** Those that pinged once and gave no sign of life since; looked at now and then only, for it takes a question per socket. */
  silent(now: number): ClientKey[] {
    if (now - this.#looked < LOOK_MS) return [];
    this.#looked = now;
    const isSilent = (socket: WebSocket): boolean => {
      const pinged = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime();
      return pinged !== undefined && now - Math.max(pinged, this.#heard.get(socket) ?? 0) > SILENT_MS;
    };
    return [...this.#keys].filter(([socket]) => isSilent(socket)).map(([, key]) => key);
  }

  send(key: ClientKey, frame: string): void {
    const socket = this.#sockets.get(key);
    if (socket) this.#send(socket, frame);
  }

  tell(frame: string): void {
    for (const socket of this.#admitted) this.#send(socket, frame);
  }

  admit(key: ClientKey, attachment: Attachment): void {
    const socket = this.#sockets.get(key);
    if (!socket) return;
    socket.serializeAttachment(attachment);
    this.#admitted.add(socket);
  }

  park(key: ClientKey): void {
    this.#sockets.get(key)?.serializeAttachment(PARKED);
  }

  close(key: ClientKey, code: number, reason: string): void {
    const socket = this.#sockets.get(key);
    if (!socket) return;
    this.forget(socket);
    if (socket.readyState === OPEN) socket.close(code, reason);
  }

  forget(socket: WebSocket): void {
    const key = this.#keys.get(socket);
    this.#admitted.delete(socket);
    this.#keys.delete(socket);
    if (key !== undefined) this.#sockets.delete(key);
  }

  #add(socket: WebSocket): ClientKey {
    const key = this.#next++;
    this.#keys.set(socket, key);
    this.#sockets.set(key, socket);
    return key;
  }

  /** A socket that closed since its last event gets nothing; its close event is still to come. */
  #send(socket: WebSocket, frame: string): void {
    if (socket.readyState === OPEN) socket.send(frame);
    else this.#admitted.delete(socket);
  }
}
