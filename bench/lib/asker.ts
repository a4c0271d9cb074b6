/** A client that offers compression, as browsers do, and joins; what it is sent it only counts, for it may be compressed. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { encodeFrames } from "./frames.ts";

const OFFER = "permessage-deflate; client_max_window_bits";
const END_OF_HEAD = "\r\n\r\n";
/** All read into this one buffer: nobody looks at it. */
const SINK = Buffer.allocUnsafe(256 * 1024);

export class Asker {
  /** Bytes received since the handshake. */
  bytes = 0;
  /** Whether the server took up the offer. */
  readonly granted: boolean;
  readonly #socket: Socket;

  private constructor(socket: Socket, granted: boolean) {
    this.#socket = socket;
    this.granted = granted;
  }

  /** `onEnd`: the connection ended before `leave`. */
  static open(port: number, path: string, name: string, onEnd: (why: string) => void): Promise<Asker> {
    return new Promise((resolve, reject) => {
      let head = "";
      let asker: Asker | undefined;
      const callback = (size: number): boolean => {
        if (asker) {
          asker.bytes += size;
          return true;
        }
        head += SINK.toString("latin1", 0, size);
        const end = head.indexOf(END_OF_HEAD);
        if (end < 0) return true;
        if (!head.startsWith("HTTP/1.1 101")) reject(new Error(head.slice(0, end)));
        asker = new Asker(socket, /^sec-websocket-extensions:.*permessage-deflate/im.test(head));
        asker.say([{ type: "client_join_req", name }]);
        resolve(asker);
        return true;
      };
      const socket = connect({ port, host: "127.0.0.1", onread: { buffer: SINK, callback } });
      socket.setNoDelay(true);
      socket.on("error", (error) => reject(error));
      socket.on("close", () => onEnd(`${name} lost the connection`));
      const headers = ["Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
      const offer = [`Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`, `Sec-WebSocket-Extensions: ${OFFER}`];
      socket.write([`GET ${path} HTTP/1.1`, ...headers, ...offer, "", ""].join("\r\n"));
    });
  }

  /** Says it uncompressed, which is allowed whatever was agreed. */
  say(objects: readonly object[]): void {
    this.#socket.write(encodeFrames(objects.map((object) => JSON.stringify(object))));
  }

  leave(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }
}
