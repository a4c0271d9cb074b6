/**
 * The benchmark of one mesh that grows: 2 to 200 servers, each of which relays to every other one; the real cores in memory, with nothing going wrong.
 * What they relay per message, how much of it is vectors (`vv`, `held`, `want` and `dep`, which grow with the servers), and how long they
 * compute, if one person talks, one message at a time, and if one on each server says something at once. All have said something before.
 * Claimed: one request per message and other server whatever the size, and up to 8 servers less than half of what is relayed is vectors.
 *
 *   node bench/growth.ts [--servers 2,3,8,20,50,100,200] [--quick]
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/growth.json (a --quick look leaves that alone). Takes about a
 * minute, nearly all of it for 200 servers. Ends with 1 if anything was lost or repeated.
 */
import { Mesh, type Relayed } from "./lib/mesh.ts";
import { given } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { TEXT_BYTES } from "./lib/witness.ts";

/** What is claimed: up to so many servers, so much of the bytes at most is vectors. */
const SMALL = { servers: 8, vectors: 1 / 2 };
/** Messages said one at a time. */
const ALONE = 10;
/** Requests an object takes per second, as the platform says, and seconds that one between two of them may take. */
const REQUESTS_PER_SECOND = 1000;
const ROUND_TRIP_S = 0.02;

interface Line {
  readonly servers: number;
  readonly atOnce: number;
  readonly messages: number;
  readonly relayed: Relayed;
  /** Milliseconds of CPU, of all servers together and of whoever looks on. */
  readonly cpu: number;
}

function main(): void {
  const texts = given("servers");
  const servers = (texts.servers ?? (texts.quick ? "2,3,8,20" : "2,3,8,20,50,100,200")).split(",").map(Number);
  if (!servers.every((count) => Number.isInteger(count) && count >= 2 && count <= 1000))
    throw new Error("--servers are whole numbers from 2 to 1000");
  const lines = servers.flatMap(measure);
  const parameters = { servers: servers.join(","), textBytes: TEXT_BYTES };
  if (!texts.quick) save("growth", { date: new Date().toISOString(), machine: machine(), parameters, lines });
  console.log([markdown(lines), "", ...claims(lines)].join("\n"));
}

function measure(servers: number): Line[] {
  console.error(`${servers} servers`);
  const mesh = new Mesh(servers);
  const line = (atOnce: number, times: number): Line => {
    const { user } = process.cpuUsage();
    const relayed = { requests: 0, bytes: 0, vectors: 0, lines: 0 };
    for (let i = 0; i < times; i++) {
      const more = mesh.say(atOnce);
      for (const name of Object.keys(relayed) as (keyof Relayed)[]) relayed[name] += more[name];
    }
    return { servers, atOnce, messages: atOnce * times, relayed, cpu: (process.cpuUsage().user - user) / 1000 };
  };
  const all = line(servers, 1);
  // What is said next depends on all of it, and says so.
  mesh.say(1);
  return [line(1, ALONE), all];
}

function markdown(lines: readonly Line[]): string {
  const head =
    "| servers | at once | requests per message | bytes per message | to each other server | of them vectors | CPU ms per message and server |";
  const rows = lines.map((line) => {
    const { servers, atOnce, messages, relayed, cpu } = line;
    const { requests, bytes } = relayed;
    const each = messages * (servers - 1);
    const figures = [
      (requests / messages).toFixed(1),
      (bytes / messages).toFixed(0),
      (bytes / each).toFixed(0),
      percent(vectors(line)),
    ];
    return `| ${[servers, atOnce, ...figures, (cpu / messages / servers).toFixed(2)].join(" | ")} |`;
  });
  return [head, `|${" ---: |".repeat(7)}`, ...rows].join("\n");
}

/** The part of the bytes that is vectors. */
const vectors = ({ relayed }: Line): number => relayed.vectors / relayed.bytes;
const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;

function claims(lines: readonly Line[]): string[] {
  const one = lines.every(({ servers, messages, relayed }) => relayed.requests === messages * (servers - 1));
  const small = lines.filter(({ servers }) => servers <= SMALL.servers).every((line) => vectors(line) < SMALL.vectors);
  const claim = (what: string, holds: boolean): string => `- ${what}: ${holds ? "holds" : "DOES NOT HOLD"}`;
  const stops = lines.filter((line) => vectors(line) >= SMALL.vectors).map(({ servers }) => servers);
  const most = Math.floor(REQUESTS_PER_SECOND * ROUND_TRIP_S) + 1;
  return [
    claim("one request per message and other server", one),
    claim(`up to ${SMALL.servers} servers less than ${percent(SMALL.vectors)} of what is relayed is vectors`, small),
    "",
    stops.length > 0
      ? `One mesh stops paying before ${Math.min(...stops)} servers: there most of what is relayed is vectors, and it grows with the square of the servers.`
      : "One mesh pays at all these sizes: most of what is relayed is messages.",
    `If all servers talk without a pause and a request takes ${ROUND_TRIP_S * 1000} ms, each gets ${1 / ROUND_TRIP_S} requests a second from each other one: ${REQUESTS_PER_SECOND}, as many as an object takes, at ${most} servers.`,
  ];
}

main();
