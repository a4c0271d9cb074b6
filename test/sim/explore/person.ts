/** A client that keeps the contract, as a value, and what it holds its servers to. */
import type { Cursor, Here, ServerMessage } from "../../../src/chat/wire.ts";
import { sorted } from "./canon.ts";
import { type Message, textOf } from "./effect-oracle.ts";
import { CLOSED } from "./host.ts";

/** A connection: to which server, under which number there; `shaken`: its server lost its memory with something queued. */
export interface Connection {
  server: number;
  client: number;
  welcome: boolean;
  shaken: boolean;
}

export interface Person {
  name: string;
  /** How much of its script it has done. */
  done: number;
  session: string | undefined;
  id: string;
  cursor: Cursor | undefined;
  /** Per message said, all its author had got by then, as `id n`. */
  said: string[][];
  /** How many of them are sent on this connection, and how many echoed. */
  sent: number;
  echoed: number;
  /** What it got, as `id n`, and whom it believes to be here, as `id server`. */
  got: string[];
  shown: string[];
  /** Order and completeness were given up aloud. */
  reset: boolean;
  /** Told to send again later. */
  pausing: boolean;
  gone: boolean;
  at: Connection | undefined;
  /** Frames on their way to it, by their numbers. */
  down: number[];
}

export const newPerson = (name: string): Person => ({
  name,
  done: 0,
  session: undefined,
  id: "",
  cursor: undefined,
  said: [],
  sent: 0,
  echoed: 0,
  got: [],
  shown: [],
  reset: false,
  pausing: false,
  gone: false,
  at: undefined,
  down: [],
});

/** What is known outside of servers: who wrote what, and which message has a number, as `id n`. */
export interface Knowledge {
  person(id: string): Person | undefined;
  message(origin: string, seq: number): string | undefined;
}

/** Without its connection; what was on its way on it is lost. */
export const parted = (person: Person): Person => ({ ...person, at: undefined, down: [], pausing: false });

/** The frame with which it joins. */
export const joinFrame = ({ name, session, cursor, echoed }: Person): string =>
  JSON.stringify({ type: "client_join_req", name, ...(session ? { session, cursor, n: echoed } : {}) });

export const sendFrame = ({ name }: Person, n: number): string =>
  JSON.stringify({ type: "send", text: textOf(name, n), n });

const add = (list: string[], item: string): string[] => (list.includes(item) ? list : [...list, item].sort());

const placeOf = ({ id, server }: Here): string => `${id} ${server}`;
const without = (shown: string[], id: string): string[] => shown.filter((place) => !place.startsWith(`${id} `));

/** Takes in `frame`, which was the next on its way. */
export function hear(before: Person, frame: string, know: Knowledge): { person: Person; wrong: string | undefined } {
  let person: Person = { ...before, down: before.down.slice(1) };
  if (frame === CLOSED) return { person: parted(person), wrong: undefined };
  let wrong: string | undefined;
  for (const line of frame.split("\n")) {
    const told = JSON.parse(line) as ServerMessage;
    if (told.type === "message") wrong ??= faultOf(person, told, know);
    person = take(person, told);
    if (told.type === "error" && !["leaving", "waiting", "n_gap"].includes(told.code)) wrong ??= `is told ${line}`;
  }
  return { person, wrong };
}

function take(person: Person, told: ServerMessage): Person {
  const { cursor, shown } = person;
  switch (told.type) {
    case "welcome":
      return {
        ...person,
        session: told.session,
        id: told.id,
        cursor: sorted(told.cursor),
        sent: person.echoed,
        shown: told.names.map(placeOf).sort(),
        at: person.at && { ...person.at, welcome: true },
      };
    case "message": {
      const { id, n, origin, seq } = told;
      return {
        ...person,
        cursor: sorted({ ...cursor, [origin]: Math.max(cursor?.[origin] ?? 0, seq) }),
        got: add(person.got, `${id} ${n}`),
        echoed: id === person.id ? Math.max(person.echoed, n) : person.echoed,
      };
    }
    case "join":
    case "move":
      return { ...person, shown: add(without(shown, told.id), placeOf(told)) };
    case "leave":
      return { ...person, shown: without(shown, told.id) };
    case "reset":
      return { ...person, reset: true };
    case "error":
      return { ...person, pausing: true };
    case "exit":
      return told.reason === "leave" ? { ...person, gone: true } : person;
    default:
      return person;
  }
}

/** What is wrong with getting this message now. */
function faultOf(person: Person, told: Message, know: Knowledge): string | undefined {
  const { id, n, origin, seq, name, text } = told;
  const { cursor, got } = person;
  const author = know.person(id);
  const what = `${text} (${origin} ${seq})`;
  if (author?.name !== name || text !== textOf(name, n)) return `gets ${what}, which ${name} did not say`;
  if (cursor === undefined) return `gets ${what} before its welcome`;
  if (person.reset) return undefined;
  if (got.includes(`${id} ${n}`)) return `gets ${what} twice`;
  // What an author left behind at its own reset may be late.
  if (!author.reset && n > 1 && !got.includes(`${id} ${n - 1}`)) return `gets ${what} before the one said before`;
  for (const cause of author.reset ? [] : (author.said[n - 1] ?? []))
    if (!got.includes(cause)) return `gets ${what} before ${cause}, which its author had seen`;
  for (let missed = (cursor[origin] ?? 0) + 1; missed < seq; missed++) {
    const message = know.message(origin, missed);
    if (message && !got.includes(message)) return `gets ${what} without ${origin} ${missed}`;
  }
  return undefined;
}
