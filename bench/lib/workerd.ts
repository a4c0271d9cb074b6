/**
 * A bare `workerd serve` of one bundled Worker with one SQLite-backed Durable Object class, on a free loopback port
 * and in a directory of its own. `wrangler dev` would put a proxy in front of it, and the proxy would be what is
 * measured.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Bundle } from "./bundle.ts";
import { until, within } from "./wait.ts";

export const WORKERD = join(import.meta.dirname, "../../node_modules/.bin/workerd");
/** How long the server may take to listen, and then to answer, in milliseconds. */
const START_MS = 20_000;
/** Bytes of the server's output that are shown when something fails. */
const TAIL_BYTES = 4_000;
/** Kernel clock ticks in a second, as /proc counts CPU time: 100 on every Linux. */
const TICKS_PER_SECOND = 100;

export interface Workerd {
  readonly port: number;
  /** CPU seconds the process has used so far, of all its threads; undefined where there is no /proc. */
  cpuSeconds(): number | undefined;
  /** The end of what the server has printed. */
  tail(): string;
  stop(): Promise<void>;
}

/** What runs, and in which directory: the benchmark may itself end before it stops them. */
const running = new Map<number, string>();
process.on("exit", () => {
  for (const [pid, home] of running) {
    killGroup(pid);
    rmSync(home, { recursive: true, force: true });
  }
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

export async function startWorkerd(bundle: Bundle): Promise<Workerd> {
  const home = mkdtempSync(join(tmpdir(), "chatty-bench-"));
  const log = join(home, "output.log");
  cpSync(bundle.dir, join(home, "worker"), { recursive: true });
  mkdirSync(join(home, "storage"));
  writeFileSync(join(home, "config.capnp"), configText(bundle, join(home, "storage")));
  const output = openSync(log, "w");
  const child = spawn(WORKERD, ["serve", "--control-fd=3", join(home, "config.capnp")], {
    stdio: ["ignore", output, output, "pipe"],
    detached: true,
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const pid = child.pid;
  if (pid === undefined) throw new Error(`cannot run ${WORKERD}`);
  running.set(pid, home);

  const tail = (): string => readFileSync(log, "utf8").slice(-TAIL_BYTES);
  const stop = async (): Promise<void> => {
    killGroup(pid);
    await within(START_MS, "workerd: end after SIGKILL", ended);
    running.delete(pid);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const port = await within(START_MS, "workerd: listen", listening(child));
    await until("workerd: answer", () => answers(port), { ms: START_MS, every: 20 });
    return { port, cpuSeconds: () => cpuSeconds(pid), tail, stop };
  } catch (error) {
    const said = tail();
    await stop();
    throw new Error(`workerd did not start; it said:\n${said}`, { cause: error });
  }
}

/** workerd tells the port the system chose for it on its control pipe, one JSON object per line. */
function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const control = child.stdio[3] as Readable;
    let text = "";
    control.on("data", (chunk) => {
      text += String(chunk);
      const port = /"event":"listen".*?"port":(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once("error", reject);
    child.once("close", (code, signal) => reject(new Error(`workerd ended: ${code ?? signal}`)));
  });
}

/** Whatever the status: a reply of any kind shows that the Worker runs. */
async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await response.arrayBuffer();
  return true;
}

function cpuSeconds(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  // The process name, in parentheses, may hold blanks: count the fields behind it. utime and stime are 14th and 15th.
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").pop()?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function configText({ modules, className, binding, date, flags, texts }: Bundle, storage: string): string {
  const quote = JSON.stringify;
  const embeds = modules.map(({ name, kind }) => `(name = ${quote(name)}, ${kind} = embed ${quote(`worker/${name}`)})`);
  const secrets = Object.entries(texts).map(([name, text]) => `(name = ${quote(name)}, text = ${quote(text)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "storage", disk = (path = ${quote(storage)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [${embeds.join(", ")}],
  compatibilityDate = ${quote(date)},
  compatibilityFlags = [${flags.map((flag) => quote(flag)).join(", ")}],
  durableObjectNamespaces = [(className = ${quote(className)}, uniqueKey = "bench", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [${[`(name = ${quote(binding)}, durableObjectNamespace = ${quote(className)})`, ...secrets].join(", ")}],
);
`;
}
