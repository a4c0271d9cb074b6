/** What the pictures show of the stored results. */
import { FLOOR, ONE, OTHERS, THREE } from "./names.ts";
import type { Chart, Series } from "./picture.ts";
import { rate, type Summary } from "./report.ts";

const CHATTY: readonly Series[] = [
  { name: ONE, label: "Chatty, 1 server", ours: true },
  { name: THREE, label: "Chatty, 3 servers", ours: true },
];
const THE_OTHERS: readonly Series[] = [
  ...OTHERS.map((name) => ({ name, label: name, ours: false })),
  { name: FLOOR, label: "plain Durable Object", ours: false },
];
const SYSTEMS = [...CHATTY, ...THE_OTHERS];

/** 1 M, not 1.00 M, beside a line of the axis. */
const short = (perSecond: number): string => rate(perSecond).replace(/\.0+ /, " ");

/** bench/results/broadcast.json, as far as it is drawn. */
export interface Broadcast {
  readonly summaries: readonly Pick<Summary, "receivers" | "deliveriesPerSecond">[];
  readonly senders: readonly Pick<Summary, "receivers" | "senders" | "messagesPerSecond">[];
}

export function broadcastChart({ summaries }: Broadcast): Chart {
  return {
    title: "Deliveries per second",
    note: "messages × receivers, one sender, texts of 80 bytes; each line is ten times the one before",
    scale: "log",
    show: short,
    series: SYSTEMS,
    groups: summaries.map(({ receivers, deliveriesPerSecond }) => ({
      label: `${receivers} receivers`,
      values: deliveriesPerSecond,
    })),
  };
}

export function sendersChart({ senders }: Broadcast): Chart {
  return {
    title: "Messages per second into one server",
    note: "all who send receive everything, texts of 80 bytes; each line is ten times the one before",
    scale: "log",
    show: short,
    series: SYSTEMS,
    groups: senders.map(({ senders, receivers, messagesPerSecond }) => ({
      label: `${senders} senders, ${receivers} receivers`,
      values: messagesPerSecond,
    })),
  };
}
