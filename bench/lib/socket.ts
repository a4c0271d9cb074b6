/**
 * A raw WebSocket client over node:net, in one of two modes: `parsed` hands over each line it receives, `counted`
 * (after the join) does nothing but count the bytes of messages, so that a thousand receivers cost the load less than
 * they cost the server.
 */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { type Dialect, JSON_LINES, type Said } from "./dialect.ts";
import { encodeFrames, FrameReader, OPCODE } from "./frames.ts";
import type { Line } from "./line.ts";
import { FrameWalker } from "./walker.ts";

/** Every socket reads into this one buffer: it is used up before the next read, and nothing is allocated per read. */
const READ_BUFFER = Buffer.allocUnsafe(256 * 1024);
/** Bytes received before a receiver says so with `ack`; a server may let go who was sent 4 MiB without one. */
const ACK_BYTES = 1024 * 1024;
/** What of a message an `ack` names, and how many bytes before and after `MARK` hold it. */
const MARK = '"seq":';
const MARKED = /"origin":"([^"]+)","seq":(\d+),/;
const AROUND = 80;
/** Bytes kept of what came last, to show when a counted receiver did not get what it should. */
const TAIL_BYTES = 160;
/** The answer to a `ping`: no line. */
const PONG = "pong";
const END_OF_HEAD = "\r\n\r\n";

export interface SocketOptions {
  readonly port: number;
  /** Path and query of the upgrade request. */
  readonly path: string;
  /** Whether to send an `ack` for every MiB received. */
  readonly ack: boolean;
  /** How its frames are written; by default as lines of JSON. */
  readonly dialect?: Dialect;
}

export class RawSocket {
  /** Bytes received since the last `resetCount`, frame headers included, and without what keeps the connection alive. */
  bytes = 0;
  /** Called once for each line while in parsed mode. */
  onLine: (line: Line) => void = () => {};
  /** Called after each read, in both modes, with the number of bytes it brought. */
  onBytes: (bytes: number) => void = () => {};
  /** Called once, when the connection ends in whatever way. */
  onEnd: (why: string) => void = () => {};

  private readonly socket: Socket;
  private readonly ack: boolean;
  private readonly dialect: Dialect;
  private readonly reader: FrameReader;
  private readonly walker = new FrameWalker((opcode, payload) => this.isMessage(opcode, payload));
  private readonly last = Buffer.alloc(TAIL_BYTES);
  private unacknowledged = 0;
  private counted = false;
  private ended: string | undefined;
  private head = "";
  private upgraded = false;
  private opened: ((error?: Error) => void) | undefined;

  private constructor({ port, path, ack, dialect = JSON_LINES }: SocketOptions, opened: (error?: Error) => void) {
    this.ack = ack;
    this.dialect = dialect;
    this.opened = opened;
    this.reader = new FrameReader((text) => this.text(text));
    const callback = (size: number): boolean => {
      this.read(size);
      return true;
    };
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true, onread: { buffer: READ_BUFFER, callback } });
    this.socket.on("connect", () => this.socket.write(upgradeRequest(port, path)));
    this.socket.on("error", (error) => this.end(error.message));
    this.socket.on("close", () => this.end("connection closed"));
  }

  static open(options: SocketOptions): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket: RawSocket = new RawSocket(options, (error) => (error ? reject(error) : resolve(socket)));
    });
  }

  /** One frame for each text, all of them in one write. */
  send(texts: readonly string[]): void {
    this.socket.write(encodeFrames(texts));
  }

  /** One frame for each object, all of them in one write. */
  say(objects: readonly Said[]): void {
    this.send(objects.map((object) => this.dialect.frame(object)));
  }

  /** From here on only count: no line is looked at any more. */
  count(): void {
    this.counted = true;
  }

  /** The last bytes received, as far as they can be read. */
  tail(): string {
    return this.last.toString("latin1").replace(/[^ -~]+/g, " ");
  }

  resetCount(): void {
    this.bytes = 0;
  }

  close(): void {
    this.end("closed by the benchmark");
  }

  /** The first `size` bytes of the read buffer are ours until we return. */
  private read(size: number): void {
    const chunk = READ_BUFFER.subarray(0, size);
    if (!this.upgraded) {
      this.handshake(chunk);
      return;
    }
    this.last.copyWithin(0, Math.min(size, TAIL_BYTES));
    chunk.copy(this.last, Math.max(0, TAIL_BYTES - size), Math.max(0, size - TAIL_BYTES), size);
    this.account(chunk);
    if (!this.counted) this.reader.push(chunk);
  }

  private account(chunk: Buffer): void {
    const bytes = chunk.length - this.walker.push(chunk);
    this.bytes += bytes;
    this.unacknowledged += bytes;
    if (this.ack && this.unacknowledged >= ACK_BYTES) this.acknowledge(chunk);
    this.onBytes(bytes);
  }

  /** Answers whatever is no message, in both modes. */
  private isMessage(opcode: number, payload: Buffer): boolean {
    if (opcode !== OPCODE.text && opcode !== OPCODE.continuation) {
      this.control(opcode, payload);
      return false;
    }
    const answer = this.dialect.answer?.(payload.toString());
    if (answer !== undefined) this.send([answer]);
    return answer === undefined;
  }

  /** Names the last message that is whole in what was just read; if there is none, the next read will have one. */
  private acknowledge(chunk: Buffer): void {
    for (let at = chunk.lastIndexOf(MARK); at >= 0; at = chunk.lastIndexOf(MARK, at - 1)) {
      const found = MARKED.exec(chunk.toString("latin1", Math.max(0, at - AROUND), at + AROUND));
      if (found) {
        this.unacknowledged = 0;
        this.send([JSON.stringify({ type: "ack", cursor: { [found[1] as string]: Number(found[2]) } })]);
        return;
      }
      if (at === 0) return;
    }
  }

  private handshake(chunk: Buffer): void {
    this.head += chunk.toString("latin1");
    const end = this.head.indexOf(END_OF_HEAD);
    if (end < 0) return;
    if (!this.head.startsWith("HTTP/1.1 101")) {
      this.end(`upgrade refused: ${this.head.slice(0, 200)}`);
      return;
    }
    this.upgraded = true;
    if (this.dialect.ready === undefined) this.usable();
    const rest = Buffer.from(this.head.slice(end + END_OF_HEAD.length), "latin1");
    this.account(rest);
    this.reader.push(rest);
  }

  private usable(): void {
    this.opened?.();
    this.opened = undefined;
  }

  private text(text: string): void {
    if (text === PONG) return;
    try {
      for (const line of this.dialect.lines(text)) {
        if (line.type === this.dialect.ready) this.usable();
        else this.onLine(line);
      }
    } catch (error) {
      this.end(String(error));
    }
  }

  private control(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) this.socket.write(encodeFrames([payload.toString()], OPCODE.pong));
    if (opcode !== OPCODE.close) return;
    this.end(payload.length < 2 ? "closed" : `closed: ${payload.readUInt16BE(0)} ${payload.toString("utf8", 2)}`);
  }

  private end(why: string): void {
    if (this.ended !== undefined) return;
    this.ended = why;
    this.opened?.(new Error(why));
    this.onEnd(why);
    this.socket.destroy();
  }
}

/** Offers no extension: permessage-deflate would be measured instead of the broadcast. */
function upgradeRequest(port: number, path: string): string {
  const key = randomBytes(16).toString("base64");
  const headers = [`Host: 127.0.0.1:${port}`, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  return [`GET ${path} HTTP/1.1`, ...headers, `Sec-WebSocket-Key: ${key}`, "", ""].join("\r\n");
}
