/** The small worlds that are explored. */
import type { Budget } from "./world.ts";

export type Order =
  | { type: "start"; server: string; boot: string }
  | { type: "disconnect"; server: string; force: boolean };

/** What a client does, in this order. It may leave when all it said is echoed. */
export type Act = "say" | "leave" | `roam ${string}`;

export interface Scope {
  name: string;
  servers: string[];
  /** Those started from `main` at the beginning. */
  started: string[];
  people: { name: string; home: string; script: Act[] }[];
  /** What the operator says, in any order. */
  orders: Order[];
  budget: Budget;
  /** Whose storage may be lost. */
  wiped?: string;
  /** Who lost its connection connects to any server, not only at home. */
  elsewhere?: boolean;
}

export const NO_FAULTS: Budget = { loss: 0, late: 0, crash: 0, sleep: 0, abort: 0, cut: 0, wipe: 0, early: 0 };

type Base = Pick<Scope, "servers" | "people"> & Partial<Pick<Scope, "started" | "orders" | "wiped" | "elsewhere">>;

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
/** Listens. */
const r = person("r", "c");

const one: Base = { servers: ["main", "b"], people: [p, person("q", "b")] };
const two: Base = { servers: ["main", "b"], people: [p, q] };
const talk: Base = { servers: ["main", "b"], people: [person("p", "main", "say", "say"), q] };
const three: Base = { servers: ["main", "b", "c"], people: [p, q, r] };
const busy: Base = { servers: ["main", "b", "c"], people: [p, q, person("r", "c", "say")] };

const start: Base = {
  servers: ["main", "b", "c"],
  started: ["b"],
  people: [p, person("q", "b")],
  orders: [{ type: "start", server: "c", boot: "b" }],
};
const starts: Base = {
  servers: ["main", "b", "c", "d"],
  started: ["b"],
  people: [p],
  orders: [
    { type: "start", server: "c", boot: "main" },
    { type: "start", server: "d", boot: "b" },
  ],
};
const disconnect: Base = { ...two, orders: [{ type: "disconnect", server: "b", force: false }] };
const force: Base = { ...two, orders: [{ type: "disconnect", server: "b", force: true }] };
const swap: Base = {
  servers: ["main", "b", "c"],
  started: ["b"],
  people: [person("q", "b", "say")],
  orders: [
    { type: "start", server: "c", boot: "main" },
    { type: "disconnect", server: "b", force: false },
  ],
};
const leave: Base = { servers: ["main", "b"], people: [person("p", "main", "say", "leave"), q] };
const roam: Base = { servers: ["main", "b"], people: [person("p", "main", "say", "roam b", "say"), person("q", "b")] };
const answered: Base = { servers: ["main", "b"], people: [person("p", "main", "say", "roam b", "say"), q] };
const far: Base = {
  servers: ["main", "b", "c"],
  people: [person("p", "main", "say", "roam c", "say"), person("q", "b")],
};

export const SCOPES: Scope[] = [
  scope("one, a crash", one, { crash: 1 }),
  scope("one, a crash, elsewhere", { ...one, elsewhere: true }, { crash: 1 }),
  scope("one, b wiped", { ...one, wiped: "b" }, { wipe: 1 }),
  scope("one, main wiped", { ...one, wiped: "main" }, { wipe: 1 }),
  scope("two", two),
  scope("two, a loss", two, { loss: 1 }),
  scope("two, two losses", two, { loss: 2 }),
  scope("two, a late request", two, { late: 1 }),
  scope("two, an early alarm", two, { early: 1 }),
  scope("two, a sleep", two, { sleep: 1 }),
  scope("two, an abort", two, { abort: 1 }),
  scope("two, a cut", two, { cut: 1 }),
  scope("two, a cut, elsewhere", { ...two, elsewhere: true }, { cut: 1 }),
  scope("two, a crash", two, { crash: 1 }),
  scope("two, a crash, elsewhere", { ...two, elsewhere: true }, { crash: 1 }),
  scope("two, a loss, a late request and an early alarm", two, { loss: 1, late: 1, early: 1 }),
  scope("two, a loss and a crash", two, { loss: 1, crash: 1 }),
  scope("two, b wiped", { ...two, wiped: "b" }, { wipe: 1 }),
  scope("two, main wiped", { ...two, wiped: "main" }, { wipe: 1 }),
  scope("talk", talk),
  scope("talk, a loss", talk, { loss: 1 }),
  scope("talk, a crash", talk, { crash: 1 }),
  scope("three", three),
  scope("three, a loss", three, { loss: 1 }),
  scope("three, a late request", three, { late: 1 }),
  scope("three, an early alarm", three, { early: 1 }),
  scope("three, a sleep", three, { sleep: 1 }),
  scope("three, a crash", three, { crash: 1 }),
  scope("three, b wiped", { ...three, wiped: "b" }, { wipe: 1 }),
  scope("busy", busy),
  scope("start", start),
  scope("start, a loss", start, { loss: 1 }),
  scope("start, a crash", start, { crash: 1 }),
  scope("starts", starts),
  scope("starts, a loss", starts, { loss: 1 }),
  scope("disconnect", disconnect),
  scope("disconnect, a loss", disconnect, { loss: 1 }),
  scope("disconnect, a crash", disconnect, { crash: 1 }),
  scope("disconnect by force, a loss", force, { loss: 1 }),
  scope("swap", swap),
  scope("swap, a loss", swap, { loss: 1 }),
  scope("leave", leave),
  scope("leave, a loss", leave, { loss: 1 }),
  scope("leave, a sleep", leave, { sleep: 1 }),
  scope("roam", roam),
  scope("roam, a loss", roam, { loss: 1 }),
  scope("roam, a crash", roam, { crash: 1 }),
  scope("roam and be answered", answered),
  scope("roam far", far),
];
