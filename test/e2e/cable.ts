/** A cable between a client and its server, which can be cut: no goodbye, not even one of WebSocket or TCP, goes through then. */
import { connect, createServer, type Server, type Socket } from "node:net";

export class Cable {
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  /** Where a client plugs in, as in `http://127.0.0.1:9000`. */
  readonly url: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** A cable to the server at `url`. */
  static lay(url: string): Promise<Cable> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        const cable = new Cable(server, typeof address === "object" && address ? address.port : 0);
        server.on("connection", (near) => cable.#plug(near, connect(Number(port), hostname)));
        resolve(cable);
      });
    });
  }

  /** Cuts it, for good. */
  cut(): void {
    this.#server.close();
    for (const end of this.#ends) end.resetAndDestroy();
  }

  #plug(near: Socket, far: Socket): void {
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(end);
      end.pipe(other);
      // One end that fails takes the other with it; its own `close` follows.
      end.on("error", () => other.destroy());
      end.on("close", () => this.#ends.delete(end));
    }
  }
}
