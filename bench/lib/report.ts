/**
 * From results to figures: medians of the rounds, ratios taken within a round (so that a slow spell of the machine hits
 * both sides), and the tables of Markdown. What is claimed of them is in claims.ts.
 */

import { FLOOR, ONE, OTHERS, THREE } from "./names.ts";
import type { Result } from "./run.ts";
import { median } from "./stats.ts";

/** One measured run of one round. */
export interface Run extends Result {
  readonly round: number;
}

/** A figure for each system, by its name. */
export type Figures = Readonly<Record<string, number>>;

/** What came out for one size of the crowd. */
export interface Summary {
  readonly receivers: number;
  readonly senders: number;
  /** Medians of the rounds. */
  readonly deliveriesPerSecond: Figures;
  readonly messagesPerSecond: Figures;
  /** Medians of the rounds' ratios of deliveries per second: of each system to the floor, and of one server to each system. */
  readonly toFloor: Figures;
  readonly oneTo: Figures;
  /** Three servers to one; absent where three were not measured. */
  readonly threeToOne?: number;
}

export function summarize(runs: readonly Run[]): Summary[] {
  return [...Map.groupBy(runs, ({ receivers, senders }) => `${receivers} ${senders}`).values()].map(summary);
}

/** All runs of one size. */
function summary(runs: readonly Run[]): Summary {
  const bySystem = Map.groupBy(runs, ({ system }) => system);
  const each = (figure: (runs: readonly Run[]) => number): Figures =>
    Object.fromEntries([...bySystem].map(([system, runs]) => [system, figure(runs)]));
  const middle = (value: (run: Run) => number) => (runs: readonly Run[]) => median(runs.map(value));
  const ratio = (a: readonly Run[] = [], b: readonly Run[] = []): number =>
    median(
      a.map((run) =>
        divide(
          run,
          b.find(({ round }) => round === run.round),
        ),
      ),
    );
  const { receivers, senders } = runs[0] as Run;
  return {
    receivers,
    senders,
    deliveriesPerSecond: each(middle((run) => run.deliveriesPerSecond)),
    messagesPerSecond: each(middle((run) => run.messagesPerSecond)),
    toFloor: each((runs) => ratio(runs, bySystem.get(FLOOR))),
    oneTo: each((runs) => ratio(bySystem.get(ONE), runs)),
    ...(bySystem.has(THREE) && { threeToOne: ratio(bySystem.get(THREE), bySystem.get(ONE)) }),
  };
}

/** 0 if either of them failed: no ratio is claimed of what was not measured. */
function divide(a: Run, b: Run | undefined): number {
  return b === undefined || b.deliveriesPerSecond === 0 ? 0 : a.deliveriesPerSecond / b.deliveriesPerSecond;
}

/** Deliveries per second of each system, and how many times the others' one server makes. */
export function broadcastTable(summaries: readonly Summary[]): string {
  const systems = [FLOOR, ...OTHERS, ONE, THREE];
  const ratios = [FLOOR, ...OTHERS];
  const rates = summaries.map(({ receivers, deliveriesPerSecond, toFloor }) => [
    receivers,
    ...systems.map((name) => {
      const times = name === FLOOR ? "" : ` (${(toFloor[name] ?? 0).toFixed(1)}×)`;
      return `${rate(deliveriesPerSecond[name] ?? 0)}${times}`;
    }),
  ]);
  const times = summaries.map(({ receivers, oneTo, threeToOne = 0 }) => [
    receivers,
    ...ratios.map((name) => `${(oneTo[name] ?? 0).toFixed(1)}×`),
    `${threeToOne.toFixed(2)}×`,
  ]);
  return [
    "Deliveries per second (times the floor):",
    table(["receivers", ...systems], rates),
    "1 server makes so many times the deliveries of the others, and 3 servers of 1:",
    table(["receivers", ...ratios, "3 to 1"], times),
  ].join("\n\n");
}

/** Messages per second of each system, where many send. */
export function sendersTable(summaries: readonly Summary[]): string {
  const systems = [FLOOR, ...OTHERS, ONE];
  const rows = summaries.map(({ senders, receivers, messagesPerSecond }) => [
    senders,
    receivers,
    ...systems.map((name) => rate(messagesPerSecond[name] ?? 0)),
  ]);
  return ["Messages per second into one server:", table(["senders", "receivers", ...systems], rows)].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---:")), ...rows.map(line)].join("\n");
}

/** One line for a run just done. */
export function progress({ system, messages, seconds, deliveriesPerSecond, serverCpu, loadCpu, failed }: Run): string {
  const name = system.padEnd(11);
  if (failed !== undefined) return `${name} FAILED: ${failed}`;
  const server = serverCpu === undefined ? "?" : percent(serverCpu);
  const done = `${rate(deliveriesPerSecond).padStart(7)}/s  (${messages} messages in ${seconds.toFixed(2)} s`;
  return `${name} ${done}; CPU: server ${server}, load ${percent(loadCpu)})`;
}

/** With three digits at most: 870, 1.2 k, 48 k, 6.28 M. */
export function rate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`;
  if (perSecond >= 1e4) return `${(perSecond / 1e3).toFixed(0)} k`;
  return perSecond >= 1e3 ? `${(perSecond / 1e3).toFixed(1)} k` : perSecond.toFixed(0);
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
