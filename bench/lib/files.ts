/** Whether this machine lets a server have as many connections as a benchmark needs. */
import { readFileSync } from "node:fs";

/** workerd keeps two files open for each connection. */
const FILES = 2;
/** Files a process has open beside its connections: far less. */
const SPARE = 500;

/** How many connections a server started here may have; without /proc nobody knows. */
export function mostConnections(): number {
  if (process.platform !== "linux") return Number.POSITIVE_INFINITY;
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Math.floor((Number(limit) - SPARE) / FILES);
}

/** Why a server here cannot have as many connections, and what to do. */
export function tooMany(count: number): string {
  const files = FILES * count + SPARE;
  return `${count} connections are more than the ${mostConnections()} a server can have here; before starting this, raise the limit of open files: ulimit -n ${files}`;
}

/** Throws if there cannot be as many connections. */
export function needConnections(count: number): void {
  if (count > mostConnections()) throw new Error(tooMany(count));
}
