/** A file that says which process uses another one, so that no two do. */
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { codeOf } from "./system.ts";

/** Locks left behind that are taken over in a row: between two tries somebody else was faster. */
const TRIES = 10;

/** A process, nobody any more, or whoever is just writing it: the lock is never empty for long. */
type Holder = number | "nobody" | "unknown";

/** Another process holds the lock. */
export class Locked extends Error {
  override name = "Locked";

  constructor(path: string, holder: Holder) {
    const who = typeof holder === "number" ? `process ${holder}` : "another process";
    super(`in use by ${who}; if it is not, remove ${path}`);
  }
}

/** Takes the lock at `path`, also that of a process that is no more; answers how to let go of it. Throws Locked, or what the system says. */
export function lock(path: string): () => void {
  for (let tries = 0; ; tries++) {
    if (create(path)) return () => rmSync(path, { force: true });
    const holder = holderOf(path);
    if (isAlive(holder) || tries === TRIES) throw new Locked(path, holder);
    takeAway(path);
  }
}

/** Makes it; false if there is one. */
function create(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(file, `${process.pid}\n`);
  } catch (error) {
    // A full disk; an empty lock would never end.
    rmSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

function holderOf(path: string): Holder {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : "unknown";
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "nobody";
    throw error;
  }
}

/** One of this process's number was another one, before: this one holds no lock yet. */
function isAlive(holder: Holder): boolean {
  if (typeof holder !== "number" || holder === process.pid) return holder === "unknown";
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    // It may be another person's.
    return codeOf(error) !== "ESRCH";
  }
}

/** Removes the lock of a dead process. If somebody has taken it over meanwhile, it is theirs, and put back. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (isAlive(holderOf(aside))) linkSync(aside, path);
  } catch (error) {
    // Somebody else was faster.
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
