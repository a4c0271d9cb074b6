/** Of small worlds every way they can go: in none is anything violated. `npm run explore` goes through larger ones. */
import { describe, expect, it } from "vitest";
import { SCOPES } from "./scopes.ts";
import { explore, type Report } from "./search.ts";
import { Visited } from "./visited.ts";

/** Milliseconds a scope may take where other tests run beside it; alone each takes a few seconds at most. */
const PATIENCE_MS = 120_000;
/** More states than any of these has. */
const BUDGET = 200_000;

function explored(name: string, inTurns = true): Report {
  const scope = SCOPES.find((scope) => scope.name === name);
  if (!scope) throw new Error(`there is no scope '${name}'`);
  return explore(scope, BUDGET, inTurns);
}

/** A scope to its end; `least`: fewer states would mean that it is not what it was; each of `kinds` must have happened in some of them. */
function exhaust(name: string, least: number, ...kinds: string[]): void {
  const report = explored(name);
  expect(report.exhausted).toBe(true);
  expect(report.states).toBeGreaterThan(least);
  expect(report.terminal).toBeGreaterThan(0);
  expect(kinds.filter((kind) => !report.kinds.has(kind))).toEqual([]);
}

describe("every way a small world can go", { timeout: PATIENCE_MS }, () => {
  it("S1 S7 R1 R2 R3 R4 R10 I1 two servers talk, and a request or an answer may be lost anywhere", () =>
    exhaust("talk, a loss", 3000, "request lost", "answer lost", "alarm"));

  it("S1 R2 R10 M4 P1 three servers, of which two talk", () => exhaust("three", 2000, "say", "hear"));

  it("R3 R5 I1 a request is given up and arrives all the same, or an alarm rings while something is under way", () => {
    exhaust("two, a late request", 500, "request late");
    exhaust("two, an early alarm", 400, "early alarm");
  });

  it("L2 L8 I2 P4 a server loses its memory", () => {
    exhaust("two, a sleep", 1000, "sleep", "orphan lost", "wake");
    exhaust("two, an abort", 2500, "sleep", "gives up");
    exhaust("vanish, a sleep", 800, "vanishes", "sleep", "wake");
  });

  it("L2 L8 R4 S5 I2 P4 a server crashes before or after the commit of a step", () => {
    exhaust("one, a crash", 300, "crash", "crash before commit", "crash after commit");
    exhaust("vanish, a crash", 6000, "crash", "crash before commit", "crash after commit");
  });

  it("C4 C5 C11 S5 R8 someone moves to another server before the echo", () => {
    exhaust("roam", 1500, "roam", "close", "say again");
    exhaust("roam and return", 3500, "roam", "close", "say again");
  });

  it("M1 M2 M4 M6 M12 a server starts", () => exhaust("start, a loss", 2500, "start", "request lost", "ask again"));

  it("M8 M10 M19 I1 a server is disconnected while both talk", () =>
    exhaust("disconnect", 5000, "disconnect", "alarm"));
});

describe("what makes it possible", { timeout: PATIENCE_MS }, () => {
  it.each(["talk", "two, a loss", "two, an abort", "leave", "roam", "start", "one, a crash"])(
    "taking turns leaves out no end of '%s'",
    (name) => {
      const [turns, all] = [explored(name), explored(name, false)];
      expect(turns.states).toBeLessThan(all.states);
      expect(turns.terminal).toBe(all.terminal);
    },
  );

  it("what was visited is known", () => {
    const visited = new Visited();
    const keys = Array.from({ length: 200_000 }, (_, i) => `${i % 7} ${i} ${i * i}`);
    expect(keys.filter((key) => !visited.add(key))).toEqual([]);
    expect(keys.filter((key) => visited.add(key))).toEqual([]);
    expect(visited.size).toBe(keys.length);
  });
});
