/** What relaying took, a line per chat and rate, and whether the claims hold. */
import type { Counts } from "../meter/counts.ts";
import type { Speakers } from "./talk.ts";

/** What is claimed of one person's messages at this rate, if requests take so long: so many requests and bytes (as part of the line) per message and other server. */
const BUSY = { rate: 1000, roundTrip: 20, requests: 1 / 10, bytes: 2 };

export interface Line {
  readonly speakers: Speakers;
  readonly servers: number;
  /** Milliseconds. */
  readonly roundTrip: number;
  /** Messages per second, and how many were said. */
  readonly rate: number;
  readonly messages: number;
  /** On how many occasions they were said: those said together share a row and a request however fast the servers are. */
  readonly occasions: number;
  /** Characters of a message as it is told. */
  readonly lineLength: number;
  readonly counts: Counts;
}

interface Each {
  /** Per message. */
  readonly requests: number;
  readonly bytes: number;
  /** Per message and other server. */
  readonly requestsToEach: number;
  readonly bytesToEach: number;
  /** Rows of the log, per message and server. */
  readonly rows: number;
}

export function each({ servers, messages, counts }: Line): Each {
  const requests = counts.relays / messages;
  const bytes = counts.relayBytes / messages;
  return {
    requests,
    bytes,
    requestsToEach: requests / (servers - 1),
    bytesToEach: bytes / (servers - 1),
    rows: counts.logRows / messages / servers,
  };
}

export function markdown(lines: readonly Line[]): string {
  const head =
    "| who talks | servers | round trip | messages/s | requests per message | to each other server | bytes per message | to each other server | rows per message and server |";
  const rows = lines.map((line) => {
    const { requests, bytes, requestsToEach, bytesToEach, rows } = each(line);
    const who = line.speakers === "one" ? "one" : "one on each";
    const figures = [
      requests.toFixed(2),
      requestsToEach.toFixed(3),
      bytes.toFixed(0),
      bytesToEach.toFixed(0),
      rows.toFixed(2),
    ];
    return `| ${[who, line.servers, `+${line.roundTrip} ms`, line.rate, ...figures].join(" | ")} |`;
  });
  return [head, `| --- |${" ---: |".repeat(8)}`, ...rows].join("\n");
}

export function claims(lines: readonly Line[]): string[] {
  const most = Math.max(...lines.map((line) => each(line).requestsToEach));
  const busy = lines.filter(
    ({ speakers, rate, roundTrip }) => speakers === "one" && rate === BUSY.rate && roundTrip === BUSY.roundTrip,
  );
  return [
    claim(`at most one request per message and other server (${most.toFixed(3)})`, most <= 1),
    ...busy.flatMap((line) => {
      const { requestsToEach, bytesToEach } = each(line);
      const where = `${line.servers} servers, one person, ${line.rate}/s, round trip +${line.roundTrip} ms, to each other server`;
      const bytes = bytesToEach / line.lineLength;
      return [
        claim(
          `${where}: at most ${BUSY.requests} requests per message (${requestsToEach.toFixed(3)})`,
          requestsToEach <= BUSY.requests,
        ),
        claim(`${where}: at most ${BUSY.bytes}× the bytes of the message (${bytes.toFixed(2)}×)`, bytes <= BUSY.bytes),
      ];
    }),
  ];
}

const claim = (what: string, holds: boolean): string => `- ${what}: ${holds ? "holds" : "DOES NOT HOLD"}`;
