/** Chatty on bare workerd with a meter at each of its objects (bench/meter). */
import { join } from "node:path";
import { DEBT_ALARM_MS } from "../../src/chat/limits.ts";
import { type AllCounts, COUNTS_PATH, type Counts, ofChat, ROUND_TRIP_PATH } from "../meter/counts.ts";
import { type Bundle, bundleAll } from "./bundle.ts";
import { until } from "./wait.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const ENTRY = join(import.meta.dirname, "../meter/index.ts");
/** Nothing was counted for so long: what was said has had all its consequences, also those that an alarm brings. In milliseconds. */
const QUIET_MS = DEBT_ALARM_MS + 500;
const LOOK_MS = 250;
const SETTLE_MS = 60_000;

export interface Metered extends Workerd {
  /** What was counted so far of a chat, all its servers together. */
  counts(chat: string): Promise<Counts>;
  /** The same, once nothing happens any more. */
  settled(chat: string): Promise<Counts>;
  /** From now on each request between two servers takes so many milliseconds longer. */
  roundTrip(ms: number): Promise<void>;
}

export const bundleMetered = async (): Promise<Bundle> => (await bundleAll(undefined, ENTRY)).chatty;

export async function startMetered(bundle: Bundle): Promise<Metered> {
  const workerd = await startWorkerd(bundle);
  const url = `http://127.0.0.1:${workerd.port}`;
  const counts = async (chat: string): Promise<Counts> =>
    ofChat((await (await fetch(url + COUNTS_PATH)).json()) as AllCounts, chat);
  const settled = async (chat: string): Promise<Counts> => {
    let last = await counts(chat);
    let since = performance.now();
    const still = async (): Promise<boolean> => {
      const before = last;
      last = await counts(chat);
      if (JSON.stringify(last) !== JSON.stringify(before)) since = performance.now();
      return performance.now() - since >= QUIET_MS;
    };
    await until(`${chat}: nothing more is counted`, still, { ms: SETTLE_MS, every: LOOK_MS });
    return last;
  };
  const roundTrip = async (ms: number): Promise<void> => {
    const answer = await fetch(url + ROUND_TRIP_PATH, { method: "POST", body: String(ms) });
    if (!answer.ok) throw new Error(`the meter refused a round trip of ${ms} ms: ${answer.status}`);
  };
  return { ...workerd, counts, settled, roundTrip };
}
