/** The connection of one who watches: it is kept alive, made again when it is lost, and reads carefully. */
import { expect, it } from "vitest";
import { Watcher, type WatchStatus } from "../../client/lib/index.ts";
import { readWatched } from "../../client/lib/watched.ts";

const VIEW = { type: "cluster", chat: "lobby", server: "main", time: 1, servers: [], links: [] };

class Rig {
  readonly sockets: { url: string; sent: string[]; closed: boolean; fire(type: string, event: object): void }[] = [];
  readonly told: string[] = [];
  readonly turned: WatchStatus[] = [];
  #timers: { at: number; run: () => void }[] = [];
  now = 0;
  readonly watcher = new Watcher(
    "http://localhost:8787",
    "lobby",
    {
      now: () => this.now,
      random: () => 0.5,
      later: (ms, run) => {
        const timer = { at: this.now + ms, run };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
      connect: (url) => this.#connect(url),
    },
    { told: ({ type }) => void this.told.push(type), turned: (status) => void this.turned.push(status) },
  ).start();

  #connect(url: string) {
    const ears = new Map<string, (event: object) => void>();
    const socket = { url, sent: [] as string[], closed: false, fire: (type: string, event: object) => ears.get(type)?.(event) }; // biome-ignore format: one thing
    this.sockets.push(socket);
    return {
      addEventListener: (type: string, ear: never) => void ears.set(type, ear),
      send: (data: string) => void socket.sent.push(data),
      close: () => {
        socket.closed = true;
      },
    };
  }

  get socket() {
    return this.sockets.at(-1) as (typeof this.sockets)[number];
  }

  get timers(): number {
    return this.#timers.length;
  }

  hear(...lines: unknown[]): void {
    this.socket.fire("message", { data: lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") }); // biome-ignore format: one thing
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.now = next.at;
      next.run();
    }
    this.now = end;
  }
}

it("V1 it connects to the chat's cluster and tells what comes", () => {
  const rig = new Rig();
  expect(rig.socket.url).toBe("ws://localhost:8787/chats/lobby/cluster/ws");
  rig.hear(VIEW, { type: "traffic", messages: { main: 1 } }, { type: "weather" }, "pong", "{");
  expect(rig.told).toEqual(["cluster", "traffic"]);
  expect(rig.turned.map(({ is }) => is)).toEqual(["connecting", "online"]);
});

it("W21 it pings every 25 s, and a connection that does not answer is given up and made again", () => {
  const rig = new Rig();
  rig.hear(VIEW);
  rig.pass(25_000);
  expect(rig.socket.sent).toEqual(["ping"]);
  rig.hear("pong");
  rig.pass(25_000);
  expect(rig.socket.sent).toEqual(["ping", "ping"]);
  const [first] = rig.sockets;
  rig.pass(10_000);
  expect([first?.closed, rig.watcher.status]).toEqual([true, { is: "offline", until: 60_250 }]);
  rig.pass(250);
  expect(rig.sockets).toHaveLength(2);
  first?.fire("message", { data: JSON.stringify(VIEW) });
  expect(rig.told).toEqual(["cluster"]);
});

it("W21 tries become rarer, and `retryNow` does not wait", () => {
  const rig = new Rig();
  const waits: number[] = [];
  for (let i = 0; i < 5; i++) {
    rig.socket.fire("close", {});
    const { status } = rig.watcher;
    if (status.is === "offline") waits.push(status.until - rig.now);
    rig.watcher.retryNow();
    expect(rig.watcher.status.is).toBe("connecting");
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 2000]);
  expect(rig.sockets).toHaveLength(6);
  rig.pass(4000);
  expect(rig.watcher.status.is).toBe("offline");
  rig.watcher.close();
  expect([rig.timers, rig.socket.closed]).toEqual([0, true]);
});

it("V9 it says that it reads", () => {
  const rig = new Rig();
  for (let i = 0; i < 3; i++) rig.hear(`{"type":"filler","text":"${"x".repeat(400_000)}"}`);
  expect(rig.socket.sent).toEqual(['{"type":"ack"}']);
});

it("V3 what is no view is not taken for one", () => {
  const server = { name: "b", status: "alive", clients: 0 };
  const link = { from: "main", to: "b", status: "alive", lag: 0 };
  const read = (more: object) => readWatched(JSON.stringify({ ...VIEW, ...more }));
  expect(read({ servers: [server], links: [link] })?.type).toBe("cluster");
  for (const bad of [
    { servers: {} },
    { servers: [{ ...server, name: 1 }] },
    { servers: [{ ...server, status: "up" }] },
    { servers: [{ ...server, clients: -1 }] },
    { links: [null] },
    { links: [{ ...link, lag: "1" }] },
    { time: null },
    { server: undefined },
    { type: "traffic", messages: [] },
  ])
    expect([bad, read(bad)]).toEqual([bad, undefined]);
});
