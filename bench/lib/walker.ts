/**
 * Follows a connection from frame to frame by their heads alone, without a look at what they carry: so counted receivers know what is a
 * message and what only keeps the connection alive, which may come at any moment and to each at another one.
 */
import { LENGTH_16, LENGTH_64, LENGTH_BITS, OPCODE_BITS } from "./frames.ts";

/** The longest payload that is shown, in bytes: control frames are never longer. */
const SHORT_BYTES = 125;
/** Bytes of a head by the length in its second byte; a server masks nothing. */
const headBytes = (length: number): number => (length === LENGTH_64 ? 10 : length === LENGTH_16 ? 4 : 2);

export class FrameWalker {
  private readonly head = Buffer.alloc(10);
  private have = 0;
  private readonly payload = Buffer.alloc(SHORT_BYTES);
  private size = 0;
  private left = 0;
  private readonly isMessage: (opcode: number, payload: Buffer) => boolean;

  /** `isMessage` is lent the payload of each whole frame of at most 125 bytes; longer frames are messages. */
  constructor(isMessage: (opcode: number, payload: Buffer) => boolean) {
    this.isMessage = isMessage;
  }

  /** Gives how many bytes of frames that are no messages ended here. */
  push(chunk: Buffer): number {
    let ignored = 0;
    for (let at = 0; at < chunk.length; ) {
      if (this.left === 0) {
        this.head[this.have++] = chunk[at++] ?? 0;
        if (!this.enter()) continue;
      }
      const part = Math.min(this.left, chunk.length - at);
      if (this.size <= SHORT_BYTES) chunk.copy(this.payload, this.size - this.left, at, at + part);
      this.left -= part;
      at += part;
      if (this.left === 0) ignored += this.leave();
    }
    return ignored;
  }

  /** Whether the head is whole: then a frame begins. */
  private enter(): boolean {
    const { head, have } = this;
    const length = (head[1] ?? 0) & LENGTH_BITS;
    if (have < 2 || have < headBytes(length)) return false;
    this.size =
      length === LENGTH_64 ? Number(head.readBigUInt64BE(2)) : length === LENGTH_16 ? head.readUInt16BE(2) : length;
    this.left = this.size;
    return true;
  }

  private leave(): number {
    const bytes = this.have + this.size;
    this.have = 0;
    if (this.size > SHORT_BYTES) return 0;
    return this.isMessage((this.head[0] ?? 0) & OPCODE_BITS, this.payload.subarray(0, this.size)) ? 0 : bytes;
  }
}
