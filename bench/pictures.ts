/**
 * Draws what is stored in bench/results to docs/pictures, as it is: nothing is measured.
 *
 *   node bench/pictures.ts
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { broadcastChart, sendersChart } from "./lib/charts.ts";
import { type Chart, draw } from "./lib/picture.ts";

const RESULTS = join(import.meta.dirname, "results");
const PICTURES = join(import.meta.dirname, "../docs/pictures");

/** Each picture by its name: which result it shows, and how. */
const CHARTS: Readonly<Record<string, { readonly result: string; readonly chart: (record: never) => Chart }>> = {
  broadcast: { result: "broadcast", chart: broadcastChart },
  senders: { result: "broadcast", chart: sendersChart },
};

mkdirSync(PICTURES, { recursive: true });
for (const [name, { result, chart }] of Object.entries(CHARTS)) {
  const path = join(RESULTS, `${result}.json`);
  const drawn = existsSync(path) ? chart(JSON.parse(readFileSync(path, "utf8")) as never) : undefined;
  if (drawn === undefined || drawn.groups.length === 0) {
    console.error(`${name}.svg: not measured yet`);
    continue;
  }
  writeFileSync(join(PICTURES, `${name}.svg`), draw(drawn));
  console.error(`docs/pictures/${name}.svg`);
}
