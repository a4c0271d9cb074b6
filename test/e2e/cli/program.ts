/** The program `chatty` as scripts run it: a process with pipes. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../../..");
export const PROGRAM = join(ROOT, "client/cli/chatty.ts");
/** Milliseconds a wait may take, on a machine that does much else. */
const PATIENCE_MS = 20_000;

/** Programs to end should the tests end before they do. */
const running = new Set<ChildProcessWithoutNullStreams>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export class Program {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #args: string[];
  readonly #waiting = new Set<() => void>();
  /** What it printed, whole lines or not. */
  out = "";
  err = "";
  /** How it ended. */
  code: number | undefined;

  /** `program`: another one than `chatty`. */
  constructor(args: string[], env: Record<string, string> = {}, program = PROGRAM) {
    this.#args = args;
    // Node 24, whichever Node runs the tests' parent.
    this.#child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
    running.add(this.#child);
    this.#child.stdout.on("data", (chunk) => this.#came(() => (this.out += String(chunk))));
    this.#child.stderr.on("data", (chunk) => this.#came(() => (this.err += String(chunk))));
    // It may have ended before it read everything.
    this.#child.stdin.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
    this.#child.on("close", (code) => {
      running.delete(this.#child);
      this.#came(() => {
        this.code = code ?? -1;
      });
    });
  }

  /** The lines printed so far. */
  get lines(): string[] {
    return this.out.split("\n").filter((line) => line !== "");
  }

  /** The objects printed so far, with --json. */
  get objects(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  say(...lines: string[]): void {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Ends its input. */
  end(): void {
    this.#child.stdin.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Stops reading what it prints, as `head` does. */
  deafen(): void {
    this.#child.stdout.destroy();
  }

  /** Waits until `holds`, which is asked again whenever it prints or ends. */
  until(what: string, holds: () => boolean, ms = PATIENCE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const state = `ended with ${this.code}; out: ${this.out.slice(-1500)}\nerr: ${this.err.slice(-1500)}`;
        reject(new Error(`chatty ${this.#args.join(" ")} waited ${ms} ms ${what}; ${state}`));
      }, ms);
      const look = () => {
        if (!holds()) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits until it printed a line. */
  untilSaid(line: string): Promise<void> {
    return this.until(`to print '${line}'`, () => this.lines.includes(line));
  }

  /** Waits for its end; answers its code. */
  async ended(): Promise<number | undefined> {
    await this.until("to end", () => this.code !== undefined);
    return this.code;
  }

  #came(change: () => void): void {
    change();
    for (const look of [...this.#waiting]) look();
  }
}

/** Runs the program to its end, with `input` on its standard input. */
export async function run(args: string[], input = "", env: Record<string, string> = {}): Promise<Program> {
  const program = new Program(args, env);
  program.say(...(input === "" ? [] : [input]));
  program.end();
  await program.ended();
  return program;
}
