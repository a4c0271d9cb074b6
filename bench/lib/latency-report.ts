/** From measured points to the table and the claims. Ratios and differences are taken within a round, so that a slow spell of the machine hits both sides. */
import type { Heard } from "./audience.ts";
import { median } from "./stats.ts";

export interface Point extends Partial<Heard> {
  readonly round: number;
  readonly system: string;
  readonly receivers: number;
  readonly perSecond: number;
}

/** Medians of the rounds; `p50` and `p99` are absent where the server did not keep up in most of them. */
export interface Summary extends Omit<Point, "round" | "most"> {
  readonly kept: number;
  readonly rounds: number;
}

/** The point of which something is claimed. */
const RECEIVERS = 100;
const PER_SECOND = 200;
const P50_GOAL = 1.2;
const P99_GOAL_MS = 5;
const THREE_GOAL = 2;

export function summarize(points: readonly Omit<Point, "most">[]): Summary[] {
  const key = ({ system, receivers, perSecond }: Omit<Point, "most">) => `${receivers} ${perSecond} ${system}`;
  return [...Map.groupBy(points, key).values()].map((same) => {
    const [{ system, receivers, perSecond }] = same as [Point];
    const kept = same.filter(({ managed }) => managed === undefined);
    const middle = (value: (point: Omit<Point, "most">) => number | undefined) =>
      median(same.flatMap((point) => value(point) ?? []));
    const figures =
      kept.length * 2 > same.length
        ? { p50: middle(({ p50 }) => p50), p99: middle(({ p99 }) => p99) }
        : { managed: middle(({ managed }) => managed) };
    const late = middle(({ late }) => late);
    return { system, receivers, perSecond, rounds: same.length, kept: kept.length, ...figures, late };
  });
}

export function markdown(summaries: readonly Summary[]): string {
  const systems = [...new Set(summaries.map(({ system }) => system))];
  const rows = [...Map.groupBy(summaries, ({ receivers, perSecond }) => `${receivers} | ${perSecond}`)].map(
    ([point, same]) => {
      const cells = systems.map((name) => cell(same.find(({ system }) => system === name) ?? {}));
      return `| ${point} | ${cells.join(" | ")} |`;
    },
  );
  const head = `| receivers | messages/s | ${systems.map((name) => `${name}, p50 / p99`).join(" | ")} |`;
  return [head, `| ---: | ---: |${" ---: |".repeat(systems.length)}`, ...rows].join("\n");
}

/** What was measured, for people. */
export function cell({ p50, p99, managed }: Partial<Heard>): string {
  if (managed !== undefined) return `cannot keep up (${managed.toFixed(0)}/s)`;
  return p50 === undefined || p99 === undefined ? "not measured" : `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
}

export function claims(points: readonly Point[]): string[] {
  const here = points.filter(({ receivers, perSecond }) => receivers === RECEIVERS && perSecond === PER_SECOND);
  const rounds = [...Map.groupBy(here, ({ round }) => round).values()];
  /** The median of what the rounds say of a system beside the floor; who did not keep up is beyond every goal, and behind whoever did. */
  const beside = (name: string, value: (mine: Lags, floor: Lags) => number): number =>
    median(
      rounds.map((round) => {
        const [mine, floor] = [lagsOf(round, name), lagsOf(round, "floor")];
        if (mine === undefined) return Number.POSITIVE_INFINITY;
        return floor === undefined ? Number.NEGATIVE_INFINITY : value(mine, floor);
      }),
    );
  if (rounds.length === 0) return [];
  const p50 = beside("1 server", (mine, floor) => mine.p50 / floor.p50);
  const p99 = beside("1 server", (mine, floor) => mine.p99 - floor.p99);
  const three = beside("3 servers", (mine, floor) => mine.p50 / floor.p50);
  const claim = (what: string, found: string, holds: boolean): string =>
    `- ${PER_SECOND}/s before ${RECEIVERS}: ${what}: ${holds ? "holds" : "DOES NOT HOLD"} (${found})`;
  return [
    claim(`1 server's p50 at most ${P50_GOAL}× the floor's`, `${p50.toFixed(2)}×`, p50 <= P50_GOAL),
    claim(`1 server's p99 at most ${P99_GOAL_MS} ms above the floor's`, `${p99.toFixed(1)} ms`, p99 <= P99_GOAL_MS),
    claim(`3 servers' p50 at most ${THREE_GOAL}× the floor's`, `${three.toFixed(2)}×`, three <= THREE_GOAL),
  ];
}

type Lags = { readonly p50: number; readonly p99: number };

function lagsOf(round: readonly Point[], name: string): Lags | undefined {
  const { p50, p99 } = round.find(({ system }) => system === name) ?? {};
  return p50 === undefined || p99 === undefined ? undefined : { p50, p99 };
}
