/** Chatty as it is started by hand: `npm start` on a port and a storage of its own, to be killed and started again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Cable } from "./cable.ts";
import { freePort, Group } from "./group.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Milliseconds a start may take, on a machine that does much else. */
const START_MS = 45_000;
/** Milliseconds between two looks whether it answers. */
const LOOK_MS = 100;
/** Characters of output shown when something fails. */
const TAIL = 4000;

/** Known to other deployments, so that its servers can be in one set with theirs, also by a cable that can be cut; or reached at every address of this machine. */
type How = "federated" | "cabled" | "everywhere";

export class Chatty {
  readonly #home = mkdtempSync(join(tmpdir(), "chatty-e2e-"));
  readonly #port: number;
  #group: Group | undefined;
  /** All it printed, of all its lives. */
  output = "";

  readonly #settings: string[];
  readonly #cable: Cable | undefined;

  private constructor(port: number, how: How | undefined, cable: Cable | undefined) {
    this.#port = port;
    this.#cable = cable;
    this.#settings = ["--ip", how === "everywhere" ? "0.0.0.0" : "127.0.0.1"];
    if (how === "federated" || cable) this.#settings.push("--var", `HOST:${this.host}`);
  }

  static async start(how?: How): Promise<Chatty> {
    const port = await freePort();
    const chatty = new Chatty(port, how, how === "cabled" ? await Cable.lay(`http://127.0.0.1:${port}`) : undefined);
    try {
      await chatty.start();
    } catch (error) {
      await chatty.stop();
      throw error;
    }
    return chatty;
  }

  /** Where it answers, as in `http://127.0.0.1:9000`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What other deployments call it. */
  get host(): string {
    return new URL(this.#cable?.url ?? this.url).host;
  }

  /** What other deployments reach it by, if it is `cabled`; `url` goes past it. */
  get cable(): Cable {
    if (!this.#cable) throw new Error("this Chatty has no cable");
    return this.#cable;
  }

  /** The end of what it printed, to be shown when something fails. */
  get tail(): string {
    return this.output.slice(-TAIL);
  }

  /** Starts it, for the first time or again on the same port and storage, and waits until it answers. */
  async start(): Promise<void> {
    const where = ["--port", `${this.#port}`, "--inspector-port", "0"];
    const args = ["start", "--", ...where, ...this.#settings, "--persist-to", join(this.#home, "storage")];
    // Without a registry of its own it would look for other Workers that run on this machine.
    const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_REGISTRY_PATH: this.#home };
    const group = new Group("npm", args, ROOT, env, (text) => {
      this.output += text;
    });
    this.#group = group;
    for (const end = Date.now() + START_MS; !(await this.#answers()); await sleep(LOOK_MS)) {
      if (group.failed !== undefined) throw new Error(`npm start: ${group.failed}; it said:\n${this.tail}`);
      if (Date.now() > end) throw new Error(`npm start: no answer within ${START_MS} ms; it said:\n${this.tail}`);
    }
  }

  /** It falls silent: its connections stay, and nobody answers. */
  freeze(): void {
    this.#group?.signal("SIGSTOP");
  }

  thaw(): void {
    this.#group?.signal("SIGCONT");
  }

  /** The crash: every process is gone at once, and only the storage stays. */
  async kill(): Promise<void> {
    await this.#group?.kill();
    this.#group = undefined;
  }

  /** Ends it for good; its storage goes too. */
  async stop(): Promise<void> {
    await this.kill();
    this.#cable?.remove();
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      const answer = await fetch(this.url, { signal: AbortSignal.timeout(START_MS) });
      await answer.arrayBuffer();
      return answer.ok;
    } catch (error) {
      // Nothing listens yet: fetch says so with a TypeError.
      if (error instanceof TypeError) return false;
      throw error;
    }
  }
}
