/** Process groups that are ended whatever happens: a wrangler killed alone leaves its workerd behind, serving the port. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds killed processes may take to be gone. */
const END_MS = 5000;

/** Groups to end should the tests end before they do. */
const running = new Set<number>();
process.on("exit", () => {
  for (const pid of running) kill(pid);
});

export class Group {
  readonly #child: ChildProcess;
  readonly #gone: Promise<boolean>;
  /** Why it cannot run or that it ended by itself, if so. */
  failed: string | undefined;

  /** Runs a command in a group of its own; `hear` gets what it prints. */
  constructor(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv, hear: (text: string) => void) {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", hear);
    child.once("error", (error) => {
      this.failed = error.message;
    });
    child.once("exit", (code, signal) => {
      this.failed = `it ended with ${code ?? signal}`;
    });
    // The pipes close when the last process of the group is gone that holds them.
    this.#gone = new Promise((resolve) => child.once("close", () => resolve(true)));
    this.#child = child;
    if (child.pid !== undefined) running.add(child.pid);
  }

  /** Stops all its processes where they are, or lets them go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    const { pid } = this.#child;
    if (pid !== undefined) process.kill(-pid, signal);
  }

  /** The crash: every process is gone at once, with no chance to do anything more. */
  async kill(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    kill(pid);
    if (!(await Promise.race([this.#gone, sleep(END_MS, false, { ref: false })])))
      throw new Error(`processes of group ${pid} outlived SIGKILL by ${END_MS} ms`);
    running.delete(pid);
  }
}

function kill(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // Gone already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
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
