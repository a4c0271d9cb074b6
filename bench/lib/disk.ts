/** How long the disk under the servers' storage takes to make a page durable: what every flush waits for, and the floor, which keeps nothing, never does. */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clock } from "./clock.ts";

const WRITES = 100;
/** As far apart as messages at 200 a second. */
const EVERY_MS = 5;
const PAGE = Buffer.alloc(4096, "x");

/** Milliseconds, of many writes. */
export async function syncs(): Promise<number[]> {
  const home = mkdtempSync(join(tmpdir(), "chatty-disk-"));
  const file = openSync(join(home, "file"), "w");
  try {
    const times: number[] = [];
    for (let i = 0; i < WRITES; i++) {
      await sleep(EVERY_MS);
      writeSync(file, PAGE);
      const began = clock();
      fsyncSync(file);
      times.push(clock() - began);
    }
    return times;
  } finally {
    closeSync(file);
    rmSync(home, { recursive: true });
  }
}
