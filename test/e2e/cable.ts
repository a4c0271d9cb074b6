/** A cable between those who connect and their server. When it is cut no goodbye, not even one of WebSocket or TCP, goes through. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";

/** What goes through: all, nothing, or what is asked but no answer, which is lost together with its connection. */
type Condition = "whole" | "cut" | "mute";

export class Cable {
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #condition: Condition = "whole";
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
        server.on("connection", (near) => {
          if (cable.#condition === "cut") near.resetAndDestroy();
          else cable.#plug(near, connect(Number(port), hostname));
        });
        resolve(cable);
      });
    });
  }

  /** Cuts it, until it is mended. */
  cut(): void {
    this.#condition = "cut";
    for (const end of this.#ends) end.resetAndDestroy();
  }

  /** Lets what is asked through, and nothing back, until it is mended. */
  mute(): void {
    this.#condition = "mute";
  }

  mend(): void {
    this.#condition = "whole";
  }

  /** Cuts it, for good. */
  remove(): void {
    this.cut();
    this.#server.close();
  }

  #plug(near: Socket, far: Socket): void {
    const answers = new Transform({
      transform: (chunk, _, pass) => {
        if (this.#condition !== "mute") return pass(null, chunk);
        near.resetAndDestroy();
        far.resetAndDestroy();
      },
    });
    near.pipe(far);
    far.pipe(answers).pipe(near);
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(end);
      // One end that fails takes the other with it; its own `close` follows.
      end.on("error", () => other.destroy());
      end.on("close", () => this.#ends.delete(end));
    }
  }
}
