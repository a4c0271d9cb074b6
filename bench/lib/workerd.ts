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
import { configText } from "./config.ts";
import { until, within } from "./wait.ts";

export const WORKERD = join(import.meta.dirname, "../../node_modules/.bin/workerd");
/** What the server prints, in its directory. */
const LOG = "output.log";
/** How long the server may take to listen, and then to answer, in milliseconds. */
const START_MS = 20_000;
/** Bytes of the server's output that are shown when something fails. */
const TAIL_BYTES = 4_000;
/** Kernel clock ticks in a second, as /proc counts CPU time: 100 on every Linux. */
const TICKS_PER_SECOND = 100;

/** A process that listens on a loopback port, in a directory of its own. */
export interface Server {
  readonly port: number;
  /** The process; undefined after a crash. */
  pid(): number | undefined;
  /** CPU seconds the process has used so far, of all its threads; undefined where there is no /proc. */
  cpuSeconds(): number | undefined;
  /** The end of what the server has printed. */
  tail(): string;
  stop(): Promise<void>;
}

export interface Workerd extends Server {
  /** The process is gone at once; the storage stays. */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same storage and, if it was started on one, the same port. */
  restart(): Promise<void>;
}

/** What runs, and which directories there are: the benchmark may itself end before it stops them. */
const running = new Set<number>();
const homes = new Set<string>();
process.on("exit", () => {
  for (const pid of running) killGroup(pid);
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

/** `port`: where it listens; 0: where the system chooses. `options`: of `workerd serve`, beside those it needs to be found. */
export async function startWorkerd(bundle: Bundle, port = 0, options: readonly string[] = []): Promise<Workerd> {
  const home = newHome();
  cpSync(bundle.dir, join(home, "worker"), { recursive: true });
  mkdirSync(join(home, "storage"));
  writeFileSync(join(home, "config.capnp"), configText(bundle, join(home, "storage"), port));
  return serve(home, { command: [WORKERD, "serve", ...options, "--control-fd=3", join(home, "config.capnp")] });
}

/** A new directory that goes when the server is stopped, or this process ends. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "chatty-bench-"));
  homes.add(home);
  return home;
}

/** Runs a program in `home` until it is stopped. */
export async function serve(home: string, program: Program): Promise<Workerd> {
  let life: Life | undefined = await live(home, program);
  return {
    port: life.port,
    pid: () => life?.pid,
    cpuSeconds: () => life && cpuSeconds(life.pid),
    tail: () => tail(home),
    crash: async () => {
      await life?.end();
      life = undefined;
    },
    restart: async () => {
      life = await live(home, program);
    },
    stop: async () => {
      await life?.end();
      homes.delete(home);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface Program {
  readonly command: readonly string[];
  /** Where it is to listen: it gets this as PORT. Without it, it tells, as workerd does. */
  readonly port?: number;
}

/** One process, from its start to its kill. */
interface Life {
  readonly pid: number;
  readonly port: number;
  end(): Promise<void>;
}

async function live(home: string, { command, port: known }: Program): Promise<Life> {
  const [program = "", ...rest] = command;
  const output = openSync(join(home, LOG), "a");
  const child = spawn(program, rest, {
    stdio: ["ignore", output, output, "pipe"],
    env: known === undefined ? process.env : { ...process.env, PORT: String(known), NODE_ENV: "production" },
    detached: true,
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot run ${program}`);
  running.add(pid);
  const end = async (): Promise<void> => {
    killGroup(pid);
    await within(START_MS, `${program}: end after SIGKILL`, ended);
    running.delete(pid);
  };
  try {
    const port = known ?? (await within(START_MS, `${program}: listen`, listening(child)));
    await until(`${program}: answer`, () => answers(port), { ms: START_MS, every: 20 });
    return { pid, port, end };
  } catch (error) {
    await end();
    throw new Error(`${program} did not start; it said:\n${tail(home)}`, { cause: error });
  }
}

const tail = (home: string): string => readFileSync(join(home, LOG), "utf8").slice(-TAIL_BYTES);

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
