/** Of small worlds every way they can go: in none is anything violated. */
import { describe, expect, it } from "vitest";
import { SCOPES } from "./scopes.ts";
import { explore } from "./search.ts";

/** Milliseconds a scope may take where other tests run beside it; alone each takes a few seconds at most. */
const PATIENCE_MS = 120_000;
/** More states than any of these has. */
const BUDGET = 100_000;

/** A scope to its end; `least`: fewer states would mean that it is not what it was. */
function exhaust(name: string, least: number): void {
  const scope = SCOPES.find((scope) => scope.name === name);
  if (!scope) throw new Error(`there is no scope '${name}'`);
  const { states, exhausted } = explore(scope, BUDGET);
  expect(exhausted).toBe(true);
  expect(states).toBeGreaterThan(least);
}

describe("every way a small world can go", { timeout: PATIENCE_MS }, () => {
  it("S1 S7 R1 R2 R3 R4 R10 I1 two servers talk, and a request or an answer may be lost anywhere", () => {
    exhaust("two", 100);
    exhaust("two, a loss", 500);
  });

  it("S1 R2 R10 M4 P1 three servers, of which two talk", () => {
    exhaust("three", 2000);
  });

  it("C4 C5 C11 S5 R8 someone moves to another server before the echo", () => {
    exhaust("roam", 2000);
  });

  it("M8 M10 M19 I1 a server is disconnected while both talk", () => {
    exhaust("disconnect", 5000);
  });
});
