/** How many people are here, as one client is told: what a counter on a page would show. */
import type { Line } from "./line.ts";

export class Headcount {
  /** Undefined before the welcome. */
  count: number | undefined;
  /** Of whom it is known that they are in the count: oneself, those named, and who joined since. */
  readonly #counted = new Set<unknown>();

  hear(line: Line): void {
    switch (line.type) {
      case "welcome":
        this.count = Number(line.count);
        for (const { id } of line.names as { id: string }[]) this.#counted.add(id);
        this.#counted.add(line.id);
        break;
      case "join":
        if (this.count !== undefined && !this.#counted.has(line.id)) this.count++;
        this.#counted.add(line.id);
        break;
      case "leave":
        if (this.count !== undefined) this.count--;
        this.#counted.delete(line.id);
        break;
      case "presence":
        this.count = Number(line.count);
    }
  }
}
