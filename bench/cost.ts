/**
 * The benchmark of the bill: what the platform would ask, by its price list of 2026, for what a metered Chatty does on bare workerd. A quiet team (50
 * people, 1 message a minute, with a full log), a busy one (500 people, 5 a second) and an event (10,000 people, 50 a second), on 1 and on 3 servers
 * with people talking on each; beside it the bill of relaying each message by itself (bench/lib/bill.ts says what is assumed); and a month of silence.
 * Claimed: a busy team on 3 servers costs at most a tenth of relaying each message by itself, and an idle month costs nothing but pings.
 *
 *   node bench/cost.ts [--round-trip 20] [--history 500] [--quiet 120] [--busy 60] [--event 20] [--receivers 100,300] [--idle 60] [--quick]
 *
 * --quiet, --busy, --event and --idle are seconds that are measured; --round-trip is how many ms a request between servers takes longer than on one
 * machine; --history is how many messages the quiet team's log holds: a server that wakes reads all their headers, a hundred in a row, and is billed for 10,000. The event runs with --receivers
 * people on its servers, and is billed as active all the time: outgoing frames are free, and it is shown that nothing else depends on receivers.
 * The table goes to stdout, what happens to stderr, all figures to bench/results/cost.json (a --quick look leaves that alone). Takes about 5
 * minutes. Ends with 1 if anything was lost, repeated or reordered.
 */
import { RETENTION } from "../src/chat/limits.ts";
import { billByItself, billOf, type Counted } from "./lib/bill.ts";
import { claims, type Idle, type Line, markdown } from "./lib/cost-report.ts";
import { bundleMetered, type Metered, startMetered } from "./lib/metered.ts";
import { given } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { asleep, type Gathered, gatherRoom, keepQuiet, type Said, talkIn } from "./lib/scenario.ts";
import { TEXT_BYTES } from "./lib/witness.ts";

const SERVERS = [1, 3];
const FULL = { "round-trip": 20, history: 500, quiet: 120, busy: 60, event: 20, idle: 60 };
/** To see that all works, not to quote. */
const QUICK = { "round-trip": 20, history: 50, quiet: 60, busy: 4, event: 2, idle: 5 };
/** Messages a log holds in the long run: retention keeps as many. */
const FULL_LOG = RETENTION.messages;
/** Rows of the log whose headers a server that wakes reads as one row. */
const CHAPTER = 100;
const QUIET = { name: "quiet team", people: 50, perSecond: 1 / 60 };
const BUSY = { name: "busy team", people: 500, perSecond: 5 };
const EVENT = { name: "event", people: 10_000, perSecond: 50 };

type Parameters = typeof FULL & { receivers: readonly number[] };
type Scenario = typeof QUIET;

async function main(): Promise<void> {
  const { parameters, saved } = readArguments();
  const metered = await startMetered(await bundleMetered());
  try {
    const { lines, idle } = await measure(metered, parameters);
    const what = { ...parameters, receivers: parameters.receivers.join(","), textBytes: TEXT_BYTES };
    if (saved) save("cost", { date: new Date().toISOString(), machine: machine(), parameters: what, lines, idle });
    console.log([markdown(lines, idle), "", ...claims(lines, idle)].join("\n"));
  } catch (error) {
    throw new Error(`the servers printed:\n${metered.tail()}`, { cause: error });
  } finally {
    await metered.stop();
  }
}

async function measure(metered: Metered, parameters: Parameters): Promise<{ lines: Line[]; idle: Idle[] }> {
  const { history, quiet, busy, event, receivers } = parameters;
  const rooms: Gathered[] = [];
  const gather = async (name: string, people: number): Promise<Gathered[]> => {
    console.error(`${name}: ${people} people come`);
    const gathered: Gathered[] = [];
    for (const servers of SERVERS)
      gathered.push(await gatherRoom(metered, { name: name.replace(" ", "-"), servers, people }));
    rooms.push(...gathered);
    return gathered;
  };
  /** All rooms at a time: what is counted does not depend on how fast the machine is. */
  const talk = async (scenario: Scenario, gathered: Gathered[], seconds: number): Promise<Line[]> => {
    const messages = Math.max(1, Math.round(seconds * scenario.perSecond));
    console.error(`${scenario.name}: ${messages} messages in ${seconds} s`);
    const counted = await Promise.all(gathered.map((room) => talkIn(metered, room, messages, scenario.perSecond)));
    for (const { occasions } of counted)
      if (occasions < messages) console.error(`  said on ${occasions} occasions only: this machine is busy`);
    return counted.map((one, i) => lineOf(scenario, gathered[i] as Gathered, one, Math.max(0, FULL_LOG - history)));
  };

  const quietRooms = await gather(QUIET.name, QUIET.people);
  console.error(`${QUIET.name}: ${history} messages of history`);
  await Promise.all(quietRooms.map(({ talk }) => talk.sayOneByOne(history)));
  // Nobody is asleep in a busy room, so it comes after that.
  await asleep();
  const busyRooms = await gather(BUSY.name, BUSY.people);
  await metered.roundTrip(parameters["round-trip"]);
  const lines = (await Promise.all([talk(QUIET, quietRooms, quiet), talk(BUSY, busyRooms, busy)])).flat();
  console.error(`${parameters.idle} s of silence`);
  const silence = await keepQuiet(metered, rooms, parameters.idle);
  const idle = rooms.map(({ name, servers, people }, i) => ({
    name,
    servers,
    people,
    counts: silence[i] as Idle["counts"],
  }));
  for (const people of receivers) {
    await metered.roundTrip(0);
    const eventRooms = await gather(EVENT.name, people);
    await metered.roundTrip(parameters["round-trip"]);
    lines.push(...(await talk(EVENT, eventRooms, event)));
  }
  for (const { talk } of rooms) talk.close();
  return { lines, idle };
}

/**
 * With fewer people than there would be, the servers are active for less time than they would be: they are billed for all of it. And whoever wakes
 * reads the headers of a full log, of which so many rows were lacking here.
 */
function lineOf(scenario: Scenario, room: Gathered, said: Said, lacking: number): Line {
  const { messages, servers, counts, occasions } = said;
  const all = (messages / scenario.perSecond) * 1000 * servers;
  const active = room.people < scenario.people ? all : counts.active;
  const rowsRead = counts.rowsRead + (counts.wakes * lacking) / CHAPTER;
  const counted: Counted = { messages, servers, counts: { ...counts, active, rowsRead } };
  const bills = { chatty: billOf(counted), byItself: billByItself(counted) };
  return { ...scenario, servers, sockets: room.people, messages, occasions, counts, bills };
}

function readArguments(): { parameters: Parameters; saved: boolean } {
  const {
    quick,
    receivers = "100,300",
    ...texts
  } = given("round-trip", "history", "quiet", "busy", "event", "idle", "receivers");
  const parameters = { ...(quick ? QUICK : FULL), receivers: receivers.split(",").map(Number) };
  for (const [name, value] of Object.entries(texts)) parameters[name as keyof typeof FULL] = Number(value);
  const { receivers: people, history, "round-trip": roundTrip, ...seconds } = parameters;
  if (!people.every((count) => Number.isInteger(count) && count >= 3))
    throw new Error("--receivers are numbers from 3");
  if (!Number.isInteger(history) || history < 0 || !(roundTrip >= 0))
    throw new Error("--history is a whole number from 0, --round-trip milliseconds from 0");
  if (!Object.values(seconds).every((value) => value > 0))
    throw new Error("--quiet, --busy, --event and --idle are seconds above 0");
  return { parameters, saved: !quick };
}

await main();
