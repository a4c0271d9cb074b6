/** A deployment on bare workerd, known to others: `wrangler dev` takes seconds to start, and who waits for a server waits for ten at most. */
import type { Bundle } from "../../bench/lib/bundle.ts";
import { startDeployment } from "../../bench/lib/federation.ts";
import type { Chatty } from "./chatty.ts";

/** What is started, killed and started again. */
export type Process = Pick<Chatty, "url" | "host" | "tail" | "start" | "kill" | "stop">;

export async function startBare(bundle: Bundle): Promise<Process> {
  const { port, tail, restart, crash, stop } = await startDeployment(bundle);
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}`,
    host,
    get tail() {
      return tail();
    },
    start: restart,
    kill: crash,
    stop,
  };
}
