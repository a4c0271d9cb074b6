/** Which messages, by exact `(id, n)`, a server has shown: per session all up to a number, and the few runs of numbers beyond it. */

/** The numbers from one to another, both of them too. */
export type Run = [from: number, to: number];

interface Session {
  upTo: number;
  highest: number;
  /** Nothing, as a rule; in order, and apart. */
  beyond: Run[];
  /** When it last said something, ms since epoch. */
  time: number;
}

/** A session as it is stored and told to peers: all its messages up to `upTo`, those `beyond`, and when it last said something. */
export type SessionEntry = [id: string, upTo: number, beyond: Run[], time: number];

/** All sessions without any share it. */
const NONE: Run[] = [];

export class Seen {
  readonly #sessions = new Map<string, Session>();

  /** Whether this message was added before. "n is not above the highest" would call a late message a copy. */
  has(id: string, n: number): boolean {
    const session = this.#sessions.get(id);
    return session !== undefined && holds(session, n);
  }

  /** Adds a message; false if it was there. */
  add(id: string, n: number, time: number): boolean {
    const session = this.#session(id);
    session.time = Math.max(session.time, time);
    if (holds(session, n)) return false;
    extend(session, n, n);
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
      session.time = Math.max(session.time, time);
      if (upTo > 0) extend(session, 1, upTo);
      for (const [from, to] of beyond) extend(session, from, to);
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
    for (const [id, { upTo, beyond, time }] of this.#sessions) yield [id, upTo, beyond, time];
  }

  #session(id: string): Session {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = { upTo: 0, highest: 0, beyond: NONE, time: 0 };
      this.#sessions.set(id, session);
    }
    return session;
  }
}

const holds = ({ upTo, beyond }: Session, n: number): boolean =>
  n <= upTo || beyond.some(([from, to]) => from <= n && n <= to);

/** Adds a run of numbers, and joins what touches. */
function extend(session: Session, from: number, to: number): void {
  session.highest = Math.max(session.highest, to);
  if (session.beyond === NONE && from <= session.upTo + 1) {
    session.upTo = Math.max(session.upTo, to);
    return;
  }
  const runs: Run[] = [[1, session.upTo], ...session.beyond, [from, to]];
  const joined: Run[] = [];
  for (const [first, last] of runs.sort(([a], [b]) => a - b)) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  const [[, upTo], ...beyond] = joined as [Run, ...Run[]];
  session.upTo = upTo;
  session.beyond = beyond.length === 0 ? NONE : beyond;
}
