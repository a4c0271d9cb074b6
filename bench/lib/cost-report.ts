/** The bills as a table for people, a line per chat and way, and under it the month of silence and whether the claims hold. */
import type { Counts } from "../meter/counts.ts";
import { type Bill, MONTH_S, PRICES, times, total } from "./bill.ts";

/** What is claimed: a busy team on three servers costs at most this part of relaying each message by itself. */
const GOAL = 1 / 10;
const CLAIMED = { name: "busy team", servers: 3 };
/** By so much what is counted for a message varies with what coincides by chance. */
const SAME = 0.15;
/** Seconds between two pings of a client. */
const PING_S = 25;

/** One chat and what was counted in it; `sockets`: how many of the people were really there. */
export interface Line {
  readonly name: string;
  readonly people: number;
  readonly perSecond: number;
  readonly servers: number;
  readonly sockets: number;
  readonly messages: number;
  readonly occasions: number;
  readonly counts: Counts;
  /** Of all these messages. */
  readonly bills: { readonly chatty: Bill; readonly byItself: Bill };
}

/** What was counted while nobody said anything. */
export interface Idle {
  readonly name: string;
  readonly servers: number;
  readonly people: number;
  readonly counts: Counts;
}

const PARTS: readonly (keyof Bill)[] = ["frames", "requests", "alarms", "rows", "trimming", "read", "duration"];

export function markdown(lines: readonly Line[], idle: readonly Idle[]): string {
  const columns = [
    "",
    "servers",
    "",
    ...PARTS,
    "$ per million messages",
    "$ per million deliveries",
    "$ a month",
    "of by itself",
  ];
  const rows = lines.flatMap((line) => {
    const { chatty, byItself } = line.bills;
    return [row(line, "Chatty", chatty, share(line)), row(line, "each by itself", byItself, 1)];
  });
  const pings = idle.map(
    ({ name, people, servers, counts }) =>
      `| ${name} | ${servers} | ${people} | ${counts.requests + counts.alarms} | ${counts.frames} | ${rowsOf(counts)} | ${seconds(counts)} | $${dollars(pingsOf(people))} |`,
  );
  return [
    table(columns, rows, 3),
    "",
    "Silence, and what a month of pings would cost if they were charged as frames (they are not):",
    "",
    table(["", "servers", "people", "requests", "frames", "rows", "seconds active", "pings"], pings, 1),
  ].join("\n");
}

const table = (columns: readonly string[], rows: readonly string[], left: number): string =>
  [`| ${columns.join(" | ")} |`, `| ${columns.map((_, i) => (i < left ? "---" : "---:")).join(" | ")} |`, ...rows].join(
    "\n",
  );

function row(
  { name, people, sockets, perSecond, servers, messages }: Line,
  way: string,
  bill: Bill,
  part: number,
): string {
  const million = times(bill, 1e6 / messages);
  const all = total(million);
  const cells = PARTS.map((name) => dollars(million[name]));
  const who = sockets === people ? name : `${name}, ${sockets} connected`;
  const sums = [dollars(all), dollars(all / people), dollars((all / 1e6) * perSecond * MONTH_S), `${part.toFixed(2)}×`];
  return `| ${[who, servers, way, ...cells, ...sums].join(" | ")} |`;
}

export function claims(lines: readonly Line[], idle: readonly Idle[]): string[] {
  const claimed = lines.filter(({ name, servers }) => name === CLAIMED.name && servers === CLAIMED.servers);
  const tenth = claimed.flatMap((line) => [
    claim(
      `a ${line.name} on ${line.servers} servers costs at most ${GOAL}× (${share(line).toFixed(2)}×) what relaying each message by itself does`,
      share(line) <= GOAL,
    ),
    `  (that would be $${dollars(GOAL * total(times(line.bills.byItself, 1e6 / line.messages)))} per million messages; a row each, on one server alone, is $${dollars(1e6 * PRICES.rowWritten)})`,
  ]);
  const nothing = idle.every(({ counts }) => Object.values(counts).every((count) => count === 0));
  const scaled = lines.filter(({ sockets, people }) => sockets < people);
  const more = Math.max(...scaled.map((line) => excess(line, scaled)));
  return [
    ...tenth,
    claim("an idle month is no request, no row, no alarm and no second of activity", nothing),
    claim(
      `more listeners make no message dearer but for activity (by ${percent(more)}, at most ${percent(SAME)})`,
      more <= SAME,
    ),
  ];
}

const claim = (what: string, holds: boolean): string => `- ${what}: ${holds ? "holds" : "DOES NOT HOLD"}`;

/** By which part a message is dearer, duration aside, than in the same chat with fewer listeners. */
function excess(line: Line, all: readonly Line[]): number {
  const fewer = all.filter(({ servers, sockets }) => servers === line.servers && sockets <= line.sockets);
  return Math.max(...fewer.map((other) => each(line) / each(other) - 1));
}

const each = ({ bills: { chatty }, messages }: Line): number => (total(chatty) - chatty.duration) / messages;
const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
const share = ({ bills }: Line): number => total(bills.chatty) / total(bills.byItself);
const rowsOf = ({ logRows, otherRows, deletedRows, alarmsSet, alarmsOff }: Counts): number =>
  logRows + otherRows + deletedRows + alarmsSet + alarmsOff;
const seconds = ({ active }: Counts): string => (active / 1000).toFixed(1);
const pingsOf = (people: number): number => ((people * MONTH_S) / PING_S) * PRICES.frame;

/** Three digits, and no more than a hundredth of a cent. */
const dollars = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(2) : value.toFixed(4);
