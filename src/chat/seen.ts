/** Which messages, by exact `(id, n)`, a server has shown: per session all up to a number, and the few beyond it. */
export class Seen {
  readonly #sessions = new Map<string, { upTo: number; highest: number; beyond: Set<number> }>();

  /** Whether this message was added before. "n is not above the highest" would call a late message a copy. */
  has(id: string, n: number): boolean {
    const session = this.#sessions.get(id);
    return session !== undefined && (n <= session.upTo || session.beyond.has(n));
  }

  /** Adds a message; false if it was there. */
  add(id: string, n: number): boolean {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = { upTo: 0, highest: 0, beyond: new Set() };
      this.#sessions.set(id, session);
    }
    if (n <= session.upTo || session.beyond.has(n)) return false;
    if (n > session.highest) session.highest = n;
    if (n !== session.upTo + 1) {
      session.beyond.add(n);
      return true;
    }
    session.upTo = n;
    while (session.beyond.delete(session.upTo + 1)) session.upTo++;
    return true;
  }

  /** The highest number of a session, 0 if there is none. */
  highest(id: string): number {
    return this.#sessions.get(id)?.highest ?? 0;
  }
}
