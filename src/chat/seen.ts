/** Which messages, by exact `(id, n)`, a server has shown: per session all up to a number, and the few beyond it. */

interface Session {
  upTo: number;
  highest: number;
  /** Nothing, as a rule. */
  beyond: Set<number> | undefined;
  /** When it last said something, ms since epoch. */
  time: number;
}

/** A session as it is stored and told to peers: all its messages up to `upTo`, those `beyond`, and when it last said something. */
export type SessionEntry = [id: string, upTo: number, beyond: number[], time: number];

export class Seen {
  readonly #sessions = new Map<string, Session>();

  /** Whether this message was added before. "n is not above the highest" would call a late message a copy. */
  has(id: string, n: number): boolean {
    const session = this.#sessions.get(id);
    return session !== undefined && (n <= session.upTo || session.beyond?.has(n) === true);
  }

  /** Adds a message; false if it was there. */
  add(id: string, n: number, time: number): boolean {
    const session = this.#session(id);
    session.time = Math.max(session.time, time);
    if (n <= session.upTo || session.beyond?.has(n)) return false;
    session.highest = Math.max(session.highest, n);
    if (n === session.upTo + 1) raise(session, n);
    else {
      session.beyond ??= new Set();
      session.beyond.add(n);
    }
    return true;
  }

  /** The highest number of a session, 0 if there is none. */
  highest(id: string): number {
    return this.#sessions.get(id)?.highest ?? 0;
  }

  /** Adds all messages of these sessions. */
  merge(entries: Iterable<SessionEntry>): void {
    for (const [id, upTo, beyond, time] of entries) {
      const session = this.#session(id);
      session.highest = Math.max(session.highest, upTo);
      if (upTo > session.upTo) raise(session, upTo);
      for (const n of beyond) this.add(id, n, time);
      session.time = Math.max(session.time, time);
    }
  }

  /** Drops the sessions that said nothing since `since` (ms since epoch), and the oldest beyond `most`. */
  forget(since: number, most: number): void {
    const byAge = [...this.#sessions].sort(([, a], [, b]) => b.time - a.time);
    byAge.forEach(([id, { time }], i) => {
      if (i >= most || time < since) this.#sessions.delete(id);
    });
  }

  *entries(): Generator<SessionEntry> {
    for (const [id, { upTo, beyond, time }] of this.#sessions) yield [id, upTo, [...(beyond ?? [])], time];
  }

  #session(id: string): Session {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = { upTo: 0, highest: 0, beyond: undefined, time: 0 };
      this.#sessions.set(id, session);
    }
    return session;
  }
}

/** All up to `upTo` are there now, and with them what of those beyond follows without a gap. */
function raise(session: Session, upTo: number): void {
  session.upTo = upTo;
  if (session.beyond === undefined) return;
  for (const n of session.beyond) if (n <= upTo) session.beyond.delete(n);
  while (session.beyond.delete(session.upTo + 1)) session.upTo++;
  if (session.beyond.size === 0) session.beyond = undefined;
}
