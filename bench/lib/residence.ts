/** What it costs a server, in memory, that so many clients stay connected: while they talk, and when nobody does and their object hibernates. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { arrive, cut, type Guest } from "./arrive.ts";
import { Group, settle } from "./group.ts";
import { Inspector, startInspected, total, watchPeak } from "./inspector.ts";
import type { Line } from "./line.ts";
import type { System } from "./run.ts";
import { within } from "./wait.ts";
import { difference, textOf } from "./witness.ts";
import type { Workerd } from "./workerd.ts";

const PATH = "/chats/memory/servers/main/ws";
/** How long a message may take to its sender, and then it is quiet when nobody has received anything for so long. In milliseconds. */
const HEAR_MS = 60_000;
const QUIET_MS = 500;
/** How long an object may take to hibernate when nobody says anything (10 s on this platform), and between two looks. In milliseconds. */
const HIBERNATE_MS = 40_000;
const LOOK_MS = 1000;
/** Milliseconds between two looks at the heap while they come. */
const PEAK_MS = 100;
const KIB = 1024;

/** Bytes, beyond those without clients: of the process (resident), and of the isolate's heap after a collection. */
export interface Memory {
  readonly process: number;
  readonly heap: number;
}

export interface Residence {
  readonly clients: number;
  readonly active: Memory;
  /** Undefined if the object did not hibernate. */
  readonly hibernating: Memory | undefined;
  /** Bytes of the isolate's heap in all, garbage too, at most while they came and talked. */
  readonly heap: number;
}

export interface ResidenceOptions {
  /** In rising order: who is there stays, and more come. */
  readonly sizes: readonly number[];
  /** Connections being made at the same time. */
  readonly connecting: number;
}

export async function residence(system: System, { sizes, connecting }: ResidenceOptions): Promise<Residence[]> {
  const { server, inspector: port } = await startInspected(system.bundle);
  const inspector = await Inspector.open(port, server);
  const house = new House(server, system.ack, inspector);
  try {
    const residences: Residence[] = [];
    const empty = await house.memory();
    const beyond = ({ process, heap }: Memory): Memory => ({
      process: process - empty.process,
      heap: heap - empty.heap,
    });
    for (const clients of sizes) {
      const peak = watchPeak(inspector, PEAK_MS);
      await house.fill(clients, connecting);
      await house.talk();
      const heap = await peak();
      const active = beyond(await house.memory());
      const hibernating = (await house.sleep()) ? beyond(await house.memory()) : undefined;
      residences.push({ clients, active, hibernating, heap });
      // Whoever slept hears what is said as before.
      await house.talk();
    }
    return residences;
  } catch (error) {
    throw new Error(`the server printed:\n${server.tail()}`, { cause: error });
  } finally {
    house.leave();
    await server.stop();
  }
}

class House {
  readonly #server: Workerd;
  readonly #ack: boolean;
  readonly #inspector: Inspector;
  readonly #guests: Guest[] = [];
  readonly #all = new Group("main");
  #said = 0;
  #wrong: string | undefined;

  constructor(server: Workerd, ack: boolean, inspector: Inspector) {
    this.#server = server;
    this.#ack = ack;
    this.#inspector = inspector;
  }

  async fill(clients: number, connecting: number): Promise<void> {
    const before = this.#guests.length;
    const more = await arrive(clients - before, {
      port: this.#server.port,
      ack: this.#ack,
      connecting,
      path: () => PATH,
      join: (index) => ({ name: `p${before + index}` }),
      hear: () => {},
      onWrong: (why) => {
        this.#wrong ??= why;
      },
    });
    for (const guest of more) {
      this.#guests.push(guest);
      this.#all.add(guest.socket);
      if (guest !== this.#guests[0]) guest.socket.count();
    }
    await settle([this.#all], QUIET_MS);
  }

  /** The first of them says something, and all have it. */
  async talk(): Promise<void> {
    const [{ socket, welcome }] = this.#guests as [Guest];
    this.#all.resetCount();
    const n = ++this.#said;
    const echoed = new Promise<void>((resolve) => {
      socket.onLine = (line: Line) => line.type === "message" && line.id === welcome.id && line.n === n && resolve();
    });
    socket.send([JSON.stringify({ type: "send", text: textOf(n), n })]);
    await within(HEAR_MS, "an echo", echoed);
    await settle([this.#all], QUIET_MS);
    const wrong = this.#wrong ?? difference(this.#all);
    if (wrong !== undefined) throw new Error(wrong);
  }

  /** Waits until the object hibernates: then the heap holds its sockets no more. Says whether it did in time. */
  async sleep(): Promise<boolean> {
    const { embedderHeapUsedSize: awake } = await this.#inspector.live();
    const asleep = async () => (await this.#inspector.live()).embedderHeapUsedSize < awake / 2;
    const end = performance.now() + HIBERNATE_MS;
    while (performance.now() < end) {
      if (await asleep()) return true;
      await sleep(LOOK_MS);
    }
    return false;
  }

  async memory(): Promise<Memory> {
    const heap = total(await this.#inspector.live());
    return { process: residentBytes(this.#server.pid()), heap };
  }

  leave(): void {
    this.#inspector.close();
    cut(this.#guests);
  }
}

function residentBytes(pid: number | undefined): number {
  if (process.platform !== "linux") throw new Error("the memory of a process is read from /proc, which only Linux has");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * KIB;
}
