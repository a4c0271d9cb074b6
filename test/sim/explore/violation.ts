/** What went wrong in a scope, and how it came to it. */
import type { Move } from "./model.ts";

export class Violation extends Error {
  constructor(scope: string, wrong: string, path: Move[]) {
    const steps = path.map(({ label }, i) => `${String(i + 1).padStart(4)} ${label()}`);
    super(`scope ${scope}: ${wrong}\n${steps.join("\n")}`);
  }
}
