/**
 * From rounds to figures: medians, ratios taken within a round (so that a slow spell of the machine hits both sides),
 * the Markdown table, and whether the claims hold.
 */
import type { Result } from "./run.ts";
import { median } from "./stats.ts";

/** What is claimed: at so many receivers one server makes at least so many times the floor's deliveries per second. */
const FLOOR_GOALS: ReadonlyMap<number, number> = new Map([
  [100, 10],
  [1000, 20],
]);
/** Three servers make at least this part of one server's deliveries per second, for the same number of receivers. */
const THREE_GOAL = 0.5;

export interface Round {
  readonly round: number;
  readonly receivers: number;
  readonly floor: Result;
  readonly one: Result;
  readonly three: Result;
}

export interface Summary {
  readonly receivers: number;
  /** Deliveries per second, each the median of the rounds. */
  readonly floor: number;
  readonly one: number;
  readonly three: number;
  /** Medians of the rounds' ratios. */
  readonly oneToFloor: number;
  readonly threeToOne: number;
}

export function summarize(rounds: readonly Round[]): Summary[] {
  const sizes = [...new Set(rounds.map(({ receivers }) => receivers))];
  return sizes.map((receivers) => {
    const mine = rounds.filter((round) => round.receivers === receivers);
    const middle = (value: (round: Round) => number): number => median(mine.map(value));
    return {
      receivers,
      floor: middle(({ floor }) => floor.deliveriesPerSecond),
      one: middle(({ one }) => one.deliveriesPerSecond),
      three: middle(({ three }) => three.deliveriesPerSecond),
      oneToFloor: middle(({ floor, one }) => ratio(one, floor)),
      threeToOne: middle(({ one, three }) => ratio(three, one)),
    };
  });
}

/** The table for people, and under it the claims. */
export function markdown(summaries: readonly Summary[]): string {
  const head = "| receivers | floor | 1 server | to floor | 3 servers | to 1 server |";
  const rows = summaries.map(({ receivers, floor, one, three, oneToFloor, threeToOne }) => {
    const cells = [
      receivers,
      rate(floor),
      rate(one),
      `${oneToFloor.toFixed(1)}×`,
      rate(three),
      `${threeToOne.toFixed(2)}×`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [head, "| ---: | ---: | ---: | ---: | ---: | ---: |", ...rows, "", ...summaries.flatMap(claims)].join("\n");
}

function claims({ receivers, oneToFloor, threeToOne }: Summary): string[] {
  const goal = FLOOR_GOALS.get(receivers);
  const claim = (what: string, holds: boolean): string =>
    `- ${receivers} receivers: ${what}: ${holds ? "holds" : "DOES NOT HOLD"}`;
  const three = claim(`3 servers at least ${THREE_GOAL}× 1 server`, threeToOne >= THREE_GOAL);
  return goal === undefined ? [three] : [claim(`1 server at least ${goal}× the floor`, oneToFloor >= goal), three];
}

/** One line for a run just done. */
export function progress({
  system,
  messages,
  seconds,
  deliveriesPerSecond,
  serverCpu,
  loadCpu,
  failed,
}: Result): string {
  if (failed !== undefined) return `${system.padEnd(9)} FAILED: ${failed}`;
  const server = serverCpu === undefined ? "?" : percent(serverCpu);
  const done = `${rate(deliveriesPerSecond).padStart(7)}/s  (${messages} messages in ${seconds.toFixed(2)} s`;
  return `${system.padEnd(9)} ${done}; CPU: server ${server}, load ${percent(loadCpu)})`;
}

function ratio(a: Result, b: Result): number {
  return b.deliveriesPerSecond === 0 ? 0 : a.deliveriesPerSecond / b.deliveriesPerSecond;
}

function rate(perSecond: number): string {
  return perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M` : `${(perSecond / 1e3).toFixed(0)} k`;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}
