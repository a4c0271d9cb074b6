/** Servers on this machine that are no Chatty: what they answer is wrong, endless, elsewhere, or never comes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Bytes of one piece of an endless answer. */
const PIECE = 65_536;

export type Manner = "garbage" | "endless" | "silent" | "elsewhere" | "unauthorized";

/** One that misbehaves in its manner, whatever it is asked. */
export class BadPeer {
  readonly manner: Manner;
  /** Requests it got, and bytes it was let send. */
  requests = 0;
  sent = 0;
  readonly #server: Server;

  private constructor(manner: Manner, elsewhere: string) {
    this.manner = manner;
    this.#server = createServer((request, response) => {
      this.requests++;
      request.resume();
      this.#answer(request, response, elsewhere);
    });
  }

  /** `elsewhere`: where one of that manner sends people, as a URL. */
  static async start(manner: Manner, elsewhere = ""): Promise<BadPeer> {
    const peer = new BadPeer(manner, elsewhere);
    await new Promise<void>((resolve) => peer.#server.listen(0, "127.0.0.1", resolve));
    return peer;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse, elsewhere: string): void {
    if (this.manner === "garbage") response.end("<html>it works!</html>");
    if (this.manner === "elsewhere") response.writeHead(307, { location: `${elsewhere}${request.url}` }).end();
    if (this.manner === "unauthorized") response.writeHead(401).end('{"error":{"code":"unauthorized","message":"no"}}');
    if (this.manner === "endless") this.#pour(response);
  }

  #pour(response: ServerResponse): void {
    while (!response.destroyed && response.write(" ".repeat(PIECE))) this.sent += PIECE;
    response.once("drain", () => this.#pour(response));
  }
}
