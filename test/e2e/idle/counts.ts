/** What the counting Worker counts since it started, over all its servers. */
export interface Counts {
  /** Names of the objects whose constructor ran, once for each run. */
  constructed: string[];
  requests: number;
  /** Those of the requests that one server relayed to another. */
  relays: number;
  frames: number;
  closes: number;
  timersSet: number;
  timersFired: number;
  alarmsSet: number;
  alarmsRun: number;
  /** Names of the objects whose alarm is set and has not run. */
  alarmsPending: string[];
}

/** Where the Worker tells its counts, without asking any object. */
export const COUNTS_PATH = "/counts";
