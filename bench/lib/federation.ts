/** Deployments on this machine that reach each other by http: each has a port of its own, known in advance, and keeps it when it comes back. */
import { createServer } from "node:net";
import type { Bundle } from "./bundle.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

/** What other deployments call one that listens on this port. */
export const hostOf = (port: number): string => `127.0.0.1:${port}`;

export async function startDeployment(bundle: Bundle): Promise<Workerd> {
  const port = await freePort();
  return startWorkerd({ ...bundle, texts: { ...bundle.texts, HOST: hostOf(port) } }, port);
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
