/** What is claimed of the broadcast, each claim with its goal and whether the figures hold it. */

import { FLOOR, ONE, OTHERS } from "./names.ts";
import type { Summary } from "./report.ts";

/** At so many receivers one server makes at least so many times the floor's deliveries per second. */
const FLOOR_GOALS: ReadonlyMap<number, number> = new Map([
  [100, 30],
  [1000, 60],
]);
/** At so many receivers and more it makes at least so many times those of each other system. */
const OTHERS_FROM = 100;
const OTHERS_GOAL = 10;
/** Three servers make at least this part of one server's deliveries per second, for the same number of receivers. */
const THREE_GOAL = 0.8;
/** Messages per second that many senders get into one server. */
const SENDERS_GOAL = 25_000;

export function broadcastClaims({ receivers, oneTo, threeToOne = 0 }: Summary): string[] {
  const claim = (what: string, holds: boolean): string => verdict(`${receivers} receivers: ${what}`, holds);
  const times = (name: string, goal: number): string =>
    claim(`1 server at least ${goal}× ${name}`, (oneTo[name] ?? 0) >= goal);
  const floorGoal = FLOOR_GOALS.get(receivers);
  return [
    ...(floorGoal === undefined ? [] : [times(FLOOR, floorGoal)]),
    ...(receivers < OTHERS_FROM ? [] : OTHERS.map((name) => times(name, OTHERS_GOAL))),
    claim(`3 servers at least ${THREE_GOAL}× 1 server`, threeToOne >= THREE_GOAL),
  ];
}

export function sendersClaim({ senders, receivers, messagesPerSecond }: Summary): string {
  const what = `${senders} senders, ${receivers} receivers: at least ${SENDERS_GOAL} messages/s into 1 server`;
  return verdict(what, (messagesPerSecond[ONE] ?? 0) >= SENDERS_GOAL);
}

const verdict = (what: string, holds: boolean): string => `- ${what}: ${holds ? "holds" : "DOES NOT HOLD"}`;
