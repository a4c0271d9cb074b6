/**
 * The benchmark of the busy room: 200 people with the client library on one server of bare workerd, who say 100 texts a second; the process is
 * killed and is back after a while, and each of them has everything that was said before that.
 *
 *   node bench/busy.ts [--rounds 3] [--people 200] [--talkers 20] [--per-second 100] [--away 0,2,10] [--quick]
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/busy.json (a --quick look leaves that alone). Ends with 1 if
 * anything was lost, repeated, reordered or refused.
 */
import { bundleAll } from "./lib/bundle.ts";
import { given, whole } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { type Parameters, type Round, round } from "./lib/room.ts";
import { median, quantile } from "./lib/stats.ts";

/**
 * What is claimed: everybody is whole within so many seconds of the server's return, and, since clients wait the longer before they try again
 * the longer it was away, of the moment when the last of them is back.
 */
const GOAL_S = 5;

/** Seconds: medians of the rounds. */
interface Summary {
  readonly away: number;
  readonly gone: number;
  readonly missed: number;
  readonly back: { readonly median: number; readonly last: number };
  readonly whole: { readonly median: number; readonly last: number };
  /** From when the last was back until the last was whole: what is the server's part. */
  readonly after: number;
}

async function main(): Promise<void> {
  const { aways, rounds, saved, ...parameters } = readArguments();
  const { chatty } = await bundleAll();
  const all: (Round & { away: number })[] = [];
  for (let i = 1; i <= rounds; i++)
    for (const away of aways) {
      console.error(`away for ${away} s, round ${i} of ${rounds}`);
      const result = await round(chatty, { ...parameters, away: away * 1000 });
      const { back, whole } = summarize(away, [result]);
      console.error(`  back ${both(back)}, whole ${both(whole)}, ${result.missed} texts said meanwhile`);
      all.push({ away, ...result });
    }
  const summaries = aways.map((away) =>
    summarize(
      away,
      all.filter((result) => result.away === away),
    ),
  );
  const what = { ...parameters, rounds, aways: aways.join(",") };
  if (saved) save("busy", { date: new Date().toISOString(), machine: machine(), parameters: what, summaries });
  console.log(markdown(summaries));
}

function readArguments(): Omit<Parameters, "away"> & { aways: number[]; rounds: number; saved: boolean } {
  const { quick, ...texts } = given("rounds", "people", "talkers", "per-second", "away");
  const aways = (texts.away ?? (quick ? "2" : "0,2,10")).split(",").map(Number);
  if (!aways.every((away) => away >= 0)) throw new Error("--away are seconds from 0");
  return {
    rounds: whole("rounds", texts.rounds, quick ? 1 : 3),
    people: whole("people", texts.people, 200),
    talkers: whole("talkers", texts.talkers, 20),
    perSecond: whole("per-second", texts["per-second"], 100),
    aways,
    saved: !quick,
  };
}

function summarize(away: number, rounds: readonly Round[]): Summary {
  const middle = (value: (round: Round) => number): number => median(rounds.map(value));
  const both = (values: (round: Round) => readonly number[]) => ({
    median: middle((round) => median(values(round))),
    last: middle((round) => quantile(values(round), 1)),
  });
  return {
    away,
    gone: middle(({ gone }) => gone),
    missed: middle(({ missed }) => missed),
    back: both(({ back }) => back),
    whole: both(({ whole }) => whole),
    after: middle(({ back, whole }) => quantile(whole, 1) - quantile(back, 1)),
  };
}

/** The table for people, and under it the claim. */
function markdown(summaries: readonly Summary[]): string {
  const rows = summaries.map(
    ({ gone, missed, back, whole, after }) =>
      `| ${seconds(gone)} | ${missed} | ${both(back)} | ${both(whole)} | ${seconds(after)} |`,
  );
  const claims = summaries.map(({ gone, whole, after }) => {
    const holds = (value: number) => (value <= GOAL_S ? "holds" : "DOES NOT HOLD");
    return `- away for ${seconds(gone)}: whole within ${GOAL_S} s of the return: ${holds(whole.last)}; of the last one's: ${holds(after)}`;
  });
  const head = "| away | said meanwhile | back, p50 / last | whole, p50 / last | after the last was back |";
  return [head, "| ---: | ---: | ---: | ---: | ---: |", ...rows, "", ...claims].join("\n");
}

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const both = ({ median, last }: Summary["back"]): string => `${seconds(median)} / ${seconds(last)}`;

await main();
