/** The small worlds that are explored. */
import type { Budget } from "./world.ts";

export type Order =
  | { type: "start"; server: string; boot: string }
  | { type: "disconnect"; server: string; force: boolean };

/** What a client does, in this order. It may leave when all it said is echoed; when it vanishes, its connection is lost and it stays away. */
export type Act = "say" | "leave" | "vanish" | `roam ${string}`;

export interface Scope {
  name: string;
  servers: string[];
  /** Those started from `main` at the beginning. */
  started: string[];
  people: { name: string; home: string; script: Act[] }[];
  /** What the operator says: at any time, or each when the one before is answered. */
  orders: Order[];
  inTurn?: boolean;
  budget: Budget;
  /** Whose storage may be lost. */
  wiped?: string;
  /** Who lost its connection connects to any server, not only at home. */
  elsewhere?: boolean;
}

export const NO_FAULTS: Budget = { loss: 0, late: 0, crash: 0, sleep: 0, abort: 0, cut: 0, wipe: 0, early: 0 };

type Base = Pick<Scope, "servers" | "people"> &
  Partial<Pick<Scope, "started" | "orders" | "inTurn" | "wiped" | "elsewhere">>;

const scope = (name: string, base: Base, budget: Partial<Budget> = {}): Scope => ({
  name,
  started: base.servers.slice(1),
  orders: [],
  ...base,
  budget: { ...NO_FAULTS, ...budget },
});

const person = (name: string, home: string, ...script: Act[]) => ({ name, home, script });

const p = person("p", "main", "say");
const q = person("q", "b", "say");
/** They listen. */
const [b, c] = [person("q", "b"), person("r", "c")];

const pair = ["main", "b"];
const trio = ["main", "b", "c"];
const start = (server: string, boot: string): Order => ({ type: "start", server, boot });
const disconnect = (server: string, force = false): Order => ({ type: "disconnect", server, force });

const elsewhere = true;
const one: Base = { servers: pair, people: [p, b] };
const two: Base = { servers: pair, people: [p, q] };
const talk: Base = { servers: pair, people: [person("p", "main", "say", "say"), q] };
const leave: Base = { servers: pair, people: [person("p", "main", "say", "leave"), q] };
const vanish: Base = { servers: pair, people: [person("p", "main", "vanish"), q] };
const roam: Base = { servers: pair, people: [person("p", "main", "say", "roam b", "say"), b] };
const back: Base = { servers: pair, people: [person("p", "main", "say", "roam b", "roam main"), b] };

const three: Base = { servers: trio, people: [p, q, c] };
const deaf: Base = { servers: trio, people: [p, q] };
const roamFar: Base = { servers: trio, people: [person("p", "main", "say", "roam c", "say"), b] };

const first: Base = { servers: pair, started: [], people: [p], orders: [start("b", "main")] };
const third: Base = { servers: trio, started: ["b"], people: [], orders: [start("c", "b")] };
const starts: Base = { servers: trio, started: [], people: [], orders: [start("b", "main"), start("c", "main")] };
const chain: Base = { ...starts, orders: [start("b", "main"), start("c", "b")] };
const ends: Base = { ...two, orders: [disconnect("b")] };
const forced: Base = { ...two, orders: [disconnect("b", true)] };
const again: Base = { ...one, orders: [disconnect("b"), start("b", "main")], inTurn: true };
const swap: Base = { ...third, orders: [start("c", "main"), disconnect("b")] };

export const SCOPES: Scope[] = [
  // Two servers.
  scope("one, a crash", one, { crash: 1 }),
  scope("one, a crash, elsewhere", { ...one, elsewhere }, { crash: 1 }),
  scope("two", two),
  scope("two, a loss", two, { loss: 1 }),
  scope("two, two losses", two, { loss: 2 }),
  scope("two, a late request", two, { late: 1 }),
  scope("two, an early alarm", two, { early: 1 }),
  scope("two, a sleep", two, { sleep: 1 }),
  scope("two, an abort", two, { abort: 1 }),
  scope("two, a cut", two, { cut: 1 }),
  scope("two, a cut, elsewhere", { ...two, elsewhere }, { cut: 1 }),
  scope("two, a crash", two, { crash: 1 }),
  scope("two, a crash, elsewhere", { ...two, elsewhere }, { crash: 1 }),
  scope("two, a loss and a sleep", two, { loss: 1, sleep: 1 }),
  scope("two, a loss and a crash", two, { loss: 1, crash: 1 }),
  scope("two, a loss, a late request and an early alarm", two, { loss: 1, late: 1, early: 1 }),
  scope("talk", talk),
  scope("talk, a loss", talk, { loss: 1 }),
  scope("talk, a sleep", talk, { sleep: 1 }),
  scope("talk, a crash", talk, { crash: 1 }),
  scope("leave", leave),
  scope("leave, a loss", leave, { loss: 1 }),
  scope("leave, a sleep", leave, { sleep: 1 }),
  scope("leave, a crash", leave, { crash: 1 }),
  scope("vanish", vanish),
  scope("vanish, a loss", vanish, { loss: 1 }),
  scope("vanish, a sleep", vanish, { sleep: 1 }),
  scope("vanish, a crash", vanish, { crash: 1 }),
  // A client that goes to another server with a message not echoed.
  scope("roam", roam),
  scope("roam, a loss", roam, { loss: 1 }),
  scope("roam, a sleep", roam, { sleep: 1 }),
  scope("roam, an early alarm", roam, { early: 1 }),
  scope("roam, a crash", roam, { crash: 1 }),
  scope("roam and be answered", { ...roam, people: [...roam.people.slice(0, 1), q] }),
  scope("roam and return", back),
  scope("roam and return, a loss", back, { loss: 1 }),
  scope("roam far", roamFar),
  scope("roam far, a loss", roamFar, { loss: 1 }),
  // Three servers.
  scope("three", three),
  scope("three, a loss", three, { loss: 1 }),
  scope("three, a late request", three, { late: 1 }),
  scope("three, an early alarm", three, { early: 1 }),
  scope("three, a sleep", three, { sleep: 1 }),
  scope("three, a loss and a sleep", deaf, { loss: 1, sleep: 1 }),
  scope("three, a crash", deaf, { crash: 1 }),
  scope("three say", { servers: trio, people: [p, q, person("r", "c", "say")] }),
  // Servers that come and go.
  scope("start", first),
  scope("start, a loss", first, { loss: 1 }),
  scope("start, a late request", first, { late: 1 }),
  scope("start, a crash", first, { crash: 1 }),
  scope("start a third", third),
  scope("start a third, a loss", third, { loss: 1 }),
  scope("start a third, a crash", third, { crash: 1 }),
  scope("start a third, a message", { ...third, people: [p, b] }),
  scope("start two", starts),
  scope("start two in a chain", chain),
  scope("disconnect", ends),
  scope("disconnect, a loss", ends, { loss: 1 }),
  scope("disconnect, an early alarm", ends, { early: 1 }),
  scope("disconnect, a crash", ends, { crash: 1 }),
  scope("disconnect by force, a loss", forced, { loss: 1 }),
  scope("disconnect, then start", again),
  scope("disconnect, then start, a loss", again, { loss: 1 }),
  scope("disconnect one, start another", swap),
  scope("disconnect one of three", { ...deaf, orders: [disconnect("b")] }),
  // A storage that is lost.
  scope("wipe b", { ...one, wiped: "b" }, { wipe: 1 }),
  scope("wipe main", { ...one, wiped: "main" }, { wipe: 1 }),
  scope("wipe b, two say", { ...two, wiped: "b" }, { wipe: 1 }),
  scope("wipe main, two say", { ...two, wiped: "main" }, { wipe: 1 }),
  scope("wipe b of three", { ...deaf, wiped: "b" }, { wipe: 1 }),
];
