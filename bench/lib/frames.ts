/**
 * WebSocket frames (RFC 6455), as much of them as the load needs: masked text frames out, whole text messages in.
 *
 * Written by hand because the load must cost less than the server it measures: no compression, no events per frame, and
 * many outgoing frames in one buffer.
 */

const FIN = 0x80;
const MASKED = 0x80;
export const OPCODE_BITS = 0x0f;
export const LENGTH_BITS = 0x7f;
export const LENGTH_16 = 126;
export const LENGTH_64 = 127;
/** Bytes a frame of ours needs beside its payload: 2 of header, 2 of length, 4 of mask. */
const HEAD_BYTES = 8;
/** Longest payload of one outgoing frame in bytes: what 16 bits of length can say. */
const MAX_PAYLOAD_BYTES = 0xffff;
/** Any mask is a legal one; a constant keeps the load cheap, and not being zero makes the server undo it for real. */
const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;
/** First size of the reassembly buffer in bytes; it doubles as needed. */
const FIRST_BUFFER_BYTES = 64 * 1024;

export const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

/** One buffer with one masked frame for each payload, to be written with a single call. */
export function encodeFrames(payloads: readonly string[], opcode: number = OPCODE.text): Buffer {
  let room = 0;
  for (const payload of payloads) room += HEAD_BYTES + Buffer.byteLength(payload);
  const out = Buffer.allocUnsafe(room);
  let at = 0;
  for (const payload of payloads) {
    const size = Buffer.byteLength(payload);
    if (size > MAX_PAYLOAD_BYTES) throw new RangeError(`a frame of ${size} bytes: at most ${MAX_PAYLOAD_BYTES}`);
    out[at++] = FIN | opcode;
    if (size < LENGTH_16) out[at++] = MASKED | size;
    else {
      out[at++] = MASKED | LENGTH_16;
      at = out.writeUInt16BE(size, at);
    }
    for (const byte of MASK) out[at++] = byte;
    out.write(payload, at);
    for (let i = 0; i < size; i++) out[at + i] = (out[at + i] ?? 0) ^ (MASK[i & 3] ?? 0);
    at += size;
  }
  return out.subarray(0, at);
}

/** Puts the bytes of a connection together to text messages again, whatever the frames and reads they came in; control frames are the walker's. */
export class FrameReader {
  private buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES);
  private start = 0;
  private end = 0;
  private fragments: Buffer[] = [];
  private readonly onText: (text: string) => void;

  constructor(onText: (text: string) => void) {
    this.onText = onText;
  }

  push(chunk: Uint8Array): void {
    this.reserve(chunk.length);
    this.buffer.set(chunk, this.end);
    this.end += chunk.length;
    while (this.next());
    if (this.start === this.end) this.start = this.end = 0;
  }

  /** Takes one frame out of the buffer; false when no whole one is there. */
  private next(): boolean {
    const have = this.end - this.start;
    if (have < 2) return false;
    const first = this.buffer[this.start] ?? 0;
    const short = (this.buffer[this.start + 1] ?? 0) & LENGTH_BITS;
    const head = short === LENGTH_64 ? 10 : short === LENGTH_16 ? 4 : 2;
    if (have < head) return false;
    const size =
      short === LENGTH_64
        ? Number(this.buffer.readBigUInt64BE(this.start + 2))
        : short === LENGTH_16
          ? this.buffer.readUInt16BE(this.start + 2)
          : short;
    if (have < head + size) return false;
    const payload = this.buffer.subarray(this.start + head, this.start + head + size);
    this.start += head + size;
    this.take(first & OPCODE_BITS, (first & FIN) !== 0, payload);
    return true;
  }

  private take(opcode: number, final: boolean, payload: Buffer): void {
    if (opcode !== OPCODE.text && opcode !== OPCODE.continuation) return;
    if (final && this.fragments.length === 0) {
      this.onText(payload.toString());
    } else {
      this.fragments.push(Buffer.from(payload));
      if (!final) return;
      const text = Buffer.concat(this.fragments).toString();
      this.fragments = [];
      this.onText(text);
    }
  }

  /** Makes room for `size` more bytes: first by moving what is left to the front, then by doubling. */
  private reserve(size: number): void {
    if (this.end + size <= this.buffer.length) return;
    const left = this.end - this.start;
    let capacity = this.buffer.length;
    while (capacity < left + size) capacity *= 2;
    const roomy = capacity === this.buffer.length ? this.buffer : Buffer.allocUnsafe(capacity);
    this.buffer.copy(roomy, 0, this.start, this.end);
    this.buffer = roomy;
    this.start = 0;
    this.end = left;
  }
}
