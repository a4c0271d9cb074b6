/** A terminal of tmux, with a program in it: keys go in, and what a person sees comes out. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PROGRAM } from "./program.ts";

export const HAS_TMUX = spawnSync("tmux", ["-V"]).status === 0;
/** Milliseconds a wait may take, and between two looks: tmux tells nobody when the screen changes. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 20;
/** Lines kept above the screen. */
const SCROLLBACK = 20_000;

/** Terminals to close should the tests end before they do. */
const open = new Set<Screen>();
process.on("exit", () => {
  for (const screen of open) screen.close();
});

export class Screen {
  readonly #home = mkdtempSync(join(tmpdir(), "chatty-tmux-"));

  /** Runs the program in a terminal of this size. */
  constructor(args: string[], { width = 80, height = 24, env = {} as Record<string, string> } = {}) {
    open.add(this);
    const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    const set = Object.entries({ LANG: "C.UTF-8", ...env }).map(([key, value]) => quote(`${key}=${value}`));
    const program = [process.execPath, PROGRAM, ...args].map(quote).join(" ");
    // What it ended with stays on the screen.
    const command = `env -u NO_COLOR ${set.join(" ")} ${program}; echo "ended with $?"; exec sleep 600`;
    const size = ["-x", `${width}`, "-y", `${height}`];
    this.#tmux("-f", "/dev/null", "start-server", ";", "set-option", "-g", "history-limit", `${SCROLLBACK}`, ";",
      "new-session", "-d", ...size, "-s", "main", command); // biome-ignore format: a command line
  }

  /** Types a text, as it is. */
  type(text: string): void {
    this.#tmux("send-keys", "-t", "main", "-l", text);
  }

  /** Presses keys by their names: Enter, Up, C-c. */
  press(...keys: string[]): void {
    this.#tmux("send-keys", "-t", "main", ...keys);
  }

  resize(width: number, height: number): void {
    this.#tmux("resize-window", "-t", "main", "-x", `${width}`, "-y", `${height}`);
  }

  /** What is on the screen, without blanks at the ends and empty rows below; `all`: also what has scrolled away. */
  see({ all = false, colours = false } = {}): string {
    const flags = [...(all ? ["-S", "-"] : []), ...(colours ? ["-e"] : [])];
    return this.#tmux("capture-pane", "-p", "-t", "main", ...flags).trimEnd();
  }

  /** Column and row of the cursor, from 0. */
  get cursor(): string {
    return this.#tmux("display-message", "-p", "-t", "main", "#{cursor_x},#{cursor_y}").trim();
  }

  /** Looks until the screen is as expected, and answers it. */
  async until(what: string, holds: (screen: string) => boolean, all = false): Promise<string> {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(LOOK_MS)) {
      const screen = this.see({ all });
      if (holds(screen)) return screen;
      if (Date.now() > end) throw new Error(`${what}: not seen within ${PATIENCE_MS} ms, but:\n${screen.slice(-3000)}`);
    }
  }

  close(): void {
    spawnSync("tmux", ["-S", this.#socket, "kill-server"]);
    rmSync(this.#home, { recursive: true, force: true });
    open.delete(this);
  }

  get #socket(): string {
    return join(this.#home, "socket");
  }

  #tmux(...args: string[]): string {
    return execFileSync("tmux", ["-S", this.#socket, ...args], { encoding: "utf8" });
  }
}
