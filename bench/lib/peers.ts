/**
 * The packages Chatty is measured against (bench/package.json). They are no part of the project's own `npm ci`: the first benchmark that needs
 * them installs them beside it.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const BENCH = join(import.meta.dirname, "..");
export const PEERS = join(BENCH, "peers");
/** How long installing may take, in milliseconds. */
const INSTALL_MS = 300_000;

/** The version of each package, all of them installed. */
export async function installPeers(): Promise<Record<string, string>> {
  const { dependencies } = readJson(join(BENCH, "package.json")) as { dependencies: Record<string, string> };
  const missing = Object.entries(dependencies).filter(([name, version]) => installed(name) !== version);
  if (missing.length > 0) {
    console.error(
      `installing ${missing.map(([name, version]) => `${name} ${version}`).join(", ")}: npm ci --prefix bench`,
    );
    // execFile's error carries what npm wrote to stderr.
    await promisify(execFile)("npm", ["ci", "--prefix", BENCH], { timeout: INSTALL_MS });
  }
  return dependencies;
}

function installed(name: string): string | undefined {
  try {
    return (readJson(join(BENCH, "node_modules", name, "package.json")) as { version: string }).version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
