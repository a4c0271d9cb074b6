/** The client of docs/client.mjs clause by clause, with a server played by hand. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterEach, expect, it } from "vitest";
import { at, entry, HOME, message, SESSION, welcome } from "./rig.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The program, with what it does as a queue. */
class Played {
  readonly #child: ChildProcess;
  readonly #did: object[] = [];
  #waiting: ((did: object) => void) | undefined;
  out = "";
  err = "";
  readonly ended: Promise<number | null>;

  constructor() {
    const execArgv = ["--import", join(import.meta.dirname, "played.mjs")];
    this.#child = fork(join(ROOT, "docs/client.mjs"), ["John", HOME], { execArgv, silent: true });
    this.#child.stdout?.on("data", (chunk) => (this.out += String(chunk)));
    this.#child.stderr?.on("data", (chunk) => (this.err += String(chunk)));
    this.#child.on("message", (did: object) => {
      this.#did.push(did);
      this.#waiting?.(this.#did[0] as object);
    });
    this.ended = new Promise((resolve) => this.#child.on("close", resolve));
  }

  /** What it does next. */
  async next(): Promise<object> {
    if (this.#did.length === 0) await new Promise<object>((resolve) => (this.#waiting = resolve));
    this.#waiting = undefined;
    return this.#did.shift() as object;
  }

  /** The lines it printed, once there are so many. */
  async lines(count: number): Promise<string[]> {
    while (this.out.split("\n").length <= count) await once(this.#child.stdout as Readable, "data");
    return this.out.split("\n").slice(0, -1);
  }

  say(...lines: string[]): void {
    this.#child.stdin?.write(lines.map((line) => `${line}\n`).join(""));
  }

  end(): void {
    this.#child.stdin?.end();
  }

  hear(...objects: object[]): void {
    const data = objects.map((object) => JSON.stringify(object)).join("\n");
    this.#child.send({ event: "hear", data });
  }

  cut(): void {
    this.#child.send({ event: "end" });
  }

  /** Expects it to connect there and to join with these fields, and welcomes it. */
  async join(url: string, fields: object, answer: object = {}): Promise<void> {
    expect(await this.next()).toEqual({ open: url });
    this.#child.send({ event: "open" });
    expect(await this.next()).toEqual({ frame: { type: "client_join_req", name: "John", ...fields } });
    this.hear(welcome(answer));
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

let john: Played;
afterEach(() => john.kill());

const send = (n: number, text: string) => ({ frame: { type: "send", text, n } });
const delay = () => ({ delay: expect.any(Number) });

it("it says again what did not come back, in order and before anything new, wherever it comes back to", async () => {
  john = new Played();
  john.say("one", "two", "");
  await john.join(HOME, { n: 0 }, { servers: [entry("main"), entry("gone", "left"), entry("b")] });
  expect([await john.next(), await john.next()]).toEqual([send(1, "one"), send(2, "two")]);
  john.hear(message(1, "one"));
  john.cut();
  expect(await john.next()).toEqual(delay());
  const back = { session: SESSION, cursor: { "main#1": 1 }, n: 1 };
  expect(await john.next()).toEqual({ open: at("main") });
  john.cut();
  expect(await john.next()).toEqual(delay());
  john.say("three");
  await john.join(at("b"), back, { server: "b", n: 1, cursor: back.cursor });
  expect([await john.next(), await john.next()]).toEqual([send(2, "two"), send(3, "three")]);
  john.say("x".repeat(5000));
  expect([await john.next(), await john.next()]).toEqual([send(4, "x".repeat(4096)), send(5, "x".repeat(904))]);
});

it("it tells nothing twice, raises its cursor, takes that of a reset, and acknowledges after each MiB", async () => {
  john = new Played();
  await john.join(HOME, { n: 0 }, { cursor: { "a#1": 5 } });
  john.say("mine");
  expect(await john.next()).toEqual(send(1, "mine"));
  const mary = (n: number, text: string, fields: object = {}) => message(n, text, { id: "x", name: "Mary", ...fields });
  john.hear(mary(1, "hi!"), mary(1, "hi!", { origin: "a#1", seq: 6 }), mary(2, "\x1b[2J", { origin: "a#1", seq: 3 }));
  john.hear(...Array.from({ length: 260 }, (_, i) => mary(i + 3, "y".repeat(4096), { seq: i + 2 })));
  expect(await john.next()).toEqual({ frame: { type: "ack", cursor: { "a#1": 6, "main#1": 261 } } });
  const lines = await john.lines(262);
  expect([lines.slice(0, 2), lines.length]).toEqual([["[Mary] hi!", "[Mary] ?[2J"], 262]);
  john.cut();
  expect(await john.next()).toEqual(delay());
  await john.join(at("main"), { session: SESSION, cursor: { "a#1": 6, "main#1": 261 }, n: 0 }, { n: 1 });
  expect(await john.next()).toEqual(send(1, "mine"));
  // The server knows number 1, and has trimmed it: nobody waits for its echo any more.
  john.hear({ type: "reset", reason: "trimmed", cursor: { "a#1": 90 } });
  john.cut();
  expect(await john.next()).toEqual(delay());
  await john.join(at("main"), { session: SESSION, cursor: { "a#1": 90 }, n: 1 });
});

it("it comes back after an error with retry, goes where exit says and waits as long, and leaves when all has come back", async () => {
  john = new Played();
  await john.join(HOME, { n: 0 });
  john.say("one");
  expect(await john.next()).toEqual(send(1, "one"));
  const resume = { session: SESSION, cursor: {}, n: 0 };
  const gap = { type: "error", code: "n_gap", message: "", n: 1 };
  const far = { name: "x@far.test", status: "alive", url: "https://far.test/chats/lobby/servers/x/ws" };
  const exit = { type: "exit", reason: "disconnect", servers: [entry("main", "left"), far] };
  const cases: [object[], number, string][] = [
    [[{ type: "error", code: "busy", message: "", n: 1, retry: 700 }, gap], 700, at("main")],
    [[gap], expect.any(Number), at("main")],
    [[{ ...exit, after: 300 }], 300, far.url],
    [[exit], 0, far.url],
  ];
  for (const [objects, ms, url] of cases) {
    john.hear(...objects);
    expect([await john.next(), await john.next()]).toEqual([{ close: true }, { delay: ms }]);
    await john.join(url, resume);
    expect(await john.next()).toEqual(send(1, "one"));
  }
  john.end();
  john.hear(message(1, "one"));
  expect(await john.next()).toEqual({ frame: { type: "client_leave_req" } });
  john.hear({ type: "exit", reason: "leave", servers: [] });
  expect([await john.ended, john.out, john.err]).toEqual([0, "[John] one\n", ""]);
});

it("what a server refuses for good ends it, and says why", async () => {
  john = new Played();
  expect(await john.next()).toEqual({ open: HOME });
  john.hear({ type: "error", code: "bad_name", message: "no such name" });
  expect(await john.ended).not.toBe(0);
  expect(john.err).toContain("bad_name: no such name");
});
