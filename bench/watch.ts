/**
 * The benchmark of the watched chat: the broadcast benchmark with three servers, and the same while 100 pages of the cluster are open on `main`.
 *
 *   node bench/watch.ts [--rounds 5] [--receivers 100,1000] [--watchers 100] [--seconds 2] [--quick] [--project DIR]
 *
 * Claimed: the chat loses at most 5 % of its deliveries. The two take turns within a round, each on a fresh process; the watchers are read by the
 * process that drives the load, so the loss includes what that costs where both share a core. The table goes to stdout, what happens to
 * stderr, all figures to bench/results/watch.json (a --quick look leaves that alone). Ends with 1 if a run failed, or a watcher was told nothing.
 */
import { bundleAll } from "./lib/bundle.ts";
import { THREE } from "./lib/names.ts";
import { given, whole, wholes } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { progress, type Run, rate } from "./lib/report.ts";
import { type Contender, run } from "./lib/run.ts";
import { median } from "./lib/stats.ts";
import { watched, watchedTo } from "./lib/watchers.ts";
import { startWorkerd } from "./lib/workerd.ts";

/** At least so much of what is delivered without watchers is delivered with them. */
const GOAL = 0.95;
const WATCHED = "3 servers, watched";
/** Bytes of a few views: each watcher is told more. */
const TOLD = 1000;

interface Line {
  readonly receivers: number;
  readonly runs: readonly Run[];
  readonly ratio: number;
}

async function main(): Promise<void> {
  const { quick, project, ...texts } = given("rounds", "receivers", "watchers", "seconds", "project");
  const rounds = whole("rounds", texts.rounds, quick ? 1 : 5);
  const seconds = whole("seconds", texts.seconds, quick ? 1 : 2);
  const watchers = whole("watchers", texts.watchers, 100);
  const sizes = wholes("receivers", texts.receivers, quick ? [100] : [100, 1000]);
  const { chatty } = await bundleAll(project);
  const alone: Contender = { name: THREE, servers: ["main", "b", "c"], ack: true, start: () => startWorkerd(chatty) };
  const seen = watched(alone, WATCHED, watchers);
  const lines: Line[] = [];
  let failed = false;
  for (const receivers of sizes) {
    const runs: Run[] = [];
    for (let round = 1; round <= rounds; round++) {
      console.error(`receivers ${receivers}, round ${round} of ${rounds}`);
      for (const system of [alone, seen]) {
        const result = { round, ...(await run(system, { receivers, senders: 1 }, seconds)) };
        console.error(`  ${progress(result)}`);
        failed ||= result.failed !== undefined;
        runs.push(result);
      }
      const told = seen.told(TOLD);
      failed ||= told < watchers;
      console.error(`  ${told} of ${watchers} watchers were told of it`);
    }
    lines.push({ receivers, runs, ratio: watchedTo(runs, WATCHED, THREE) });
  }
  const parameters = { rounds, seconds, watchers, receivers: sizes.join(",") };
  if (!quick) save("watch", { date: new Date().toISOString(), machine: machine(), parameters, lines });
  console.log([markdown(lines, watchers), "", ...lines.map(claim)].join("\n"));
  if (failed) {
    console.error("A run failed, or a watcher was told nothing: see above.");
    process.exitCode = 1;
  }
}

function markdown(lines: readonly Line[], watchers: number): string {
  const rows = lines.map(({ receivers, runs, ratio }) => {
    const of = (name: string) =>
      rate(median(runs.filter(({ system }) => system === name).map((run) => run.deliveriesPerSecond)));
    return `| ${receivers} | ${of(THREE)} | ${of(WATCHED)} | ${ratio.toFixed(2)}× |`;
  });
  return [
    `| receivers | 3 servers | with ${watchers} watchers | to without |`,
    "| ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

const claim = ({ receivers, ratio }: Line): string =>
  `- ${receivers} receivers: at least ${GOAL}× with watchers: ${ratio >= GOAL ? "holds" : "DOES NOT HOLD"}`;

await main();
