/** The counting Worker, bundled as wrangler would deploy it and run by Miniflare. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_readConfig } from "wrangler";
import { COUNTS_PATH, type Counts } from "./counts.ts";

const ROOT = join(import.meta.dirname, "../../..");
const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const WORKER = join(import.meta.dirname, "worker.ts");
/** Milliseconds that bundling may take. */
const BUNDLE_MS = 60_000;
/** Characters of output shown when something fails. */
const TAIL = 4000;

export interface IdleServer {
  /** Where it answers, as in `http://127.0.0.1:9000`. */
  url: string;
  /** What was counted so far; asking wakes nobody. */
  counts(): Promise<Counts>;
  /** The end of what it printed, to be shown when something fails. */
  tail(): string;
  stop(): Promise<void>;
}

export async function startIdleServer(): Promise<IdleServer> {
  const home = mkdtempSync(join(tmpdir(), "chatty-idle-"));
  let miniflare: Miniflare | undefined;
  const stop = async () => {
    await miniflare?.dispose();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await bundle(home);
    const { compatibility_date, compatibility_flags } = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
    if (compatibility_date === undefined) throw new Error("wrangler.toml sets no compatibility_date");
    let output = "";
    const options = {
      host: "127.0.0.1",
      port: 0,
      modules: true,
      modulesRoot: home,
      scriptPath: join(home, "worker.js"),
      compatibilityDate: compatibility_date,
      compatibilityFlags: compatibility_flags,
      durableObjects: { CHAT_SERVER: { className: "ChatServer", useSQLite: true } },
      handleStructuredLogs: ({ message }: { message: string }) => {
        output += `${message}\n`;
      },
      bindings: { COOKIE: "secret" },
    };
    miniflare = new Miniflare(convertV4MiniflareOptions(options));
    const url = (await miniflare.ready).origin;
    const counts = async () => (await (await fetch(`${url}${COUNTS_PATH}`)).json()) as Counts;
    return { url, counts, tail: () => output.slice(-TAIL), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bundle(outdir: string): Promise<void> {
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" };
  const args = [WRANGLER, "deploy", WORKER, "--dry-run", "--outdir", outdir];
  // The error carries what wrangler wrote.
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env, timeout: BUNDLE_MS, killSignal: "SIGKILL" });
}
