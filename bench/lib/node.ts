/** A server that runs on Node, as a process of its own like workerd. */
import { freePort } from "./federation.ts";
import { newHome, type Server, serve } from "./workerd.ts";

/** `script` listens on the loopback port its environment gives it in PORT. */
export async function startNode(script: string): Promise<Server> {
  return serve(newHome(), { command: [process.execPath, script], port: await freePort() });
}
