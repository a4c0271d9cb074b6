/**
 * The benchmark of the relay: how many requests and bytes (bodies and answers) servers exchange per message, 2 to 20 of them on bare workerd, at 1
 * to 1000 messages a second, said by one person or by one on each server, and how that depends on how long a request takes.
 * Claimed: never more than one request per message and other server; if requests take 20 ms, at 1000 messages a second of one person at
 * most a tenth of one, and no more than twice the bytes of the message itself.
 *
 *   node bench/relay.ts [--servers 2,3,8,20] [--rates 1,10,100,1000] [--round-trips 0,20] [--speakers one,all] [--quick]
 *
 * --round-trips are the ms that a request takes longer than on one machine. The table goes to stdout, what happens to stderr, all figures to
 * bench/results/relay.json (a --quick look leaves that alone). Takes about 11 minutes. Ends with 1 if anything was lost, repeated or reordered.
 */
import { bundleMetered, type Metered, startMetered } from "./lib/metered.ts";
import { given } from "./lib/options.ts";
import { machine, save } from "./lib/record.ts";
import { claims, type Line, markdown } from "./lib/relay-report.ts";
import { type Speakers, Talk } from "./lib/talk.ts";
import { TEXT_BYTES } from "./lib/witness.ts";
import { since } from "./meter/counts.ts";

/** Seconds that are measured: a few messages are enough where each is alone, and so many they all are at least. */
const SECONDS = { full: 3, quick: 0.5 };
const LEAST = { full: 5, quick: 3 };

interface Parameters {
  readonly servers: readonly number[];
  readonly rates: readonly number[];
  readonly roundTrips: readonly number[];
  readonly speakers: readonly Speakers[];
}

async function main(): Promise<void> {
  const { parameters, size } = readArguments();
  const metered = await startMetered(await bundleMetered());
  try {
    const lines: Line[] = [];
    for (const speakers of parameters.speakers)
      for (const servers of parameters.servers)
        lines.push(...(await measure(metered, parameters, servers, speakers, size)));
    const what = { ...Object.fromEntries(Object.entries(parameters).map(([name, list]) => [name, list.join(",")])) };
    const record = {
      date: new Date().toISOString(),
      machine: machine(),
      parameters: { ...what, textBytes: TEXT_BYTES },
      lines,
    };
    if (size === "full") save("relay", record);
    console.log([markdown(lines), "", ...claims(lines)].join("\n"));
  } catch (error) {
    throw new Error(`the servers printed:\n${metered.tail()}`, { cause: error });
  } finally {
    await metered.stop();
  }
}

/** One chat, with one person on each server, at all rates. */
async function measure(
  metered: Metered,
  { rates, roundTrips }: Parameters,
  servers: number,
  speakers: Speakers,
  size: keyof typeof SECONDS,
): Promise<Line[]> {
  const chat = `${speakers}-${servers}`;
  const names = ["main", ...Array.from({ length: servers - 1 }, (_, i) => `s${i + 2}`)];
  const talk = await Talk.gather({ port: metered.port, chat, servers: names, people: servers, speakers });
  const lines: Line[] = [];
  let before = await metered.settled(chat);
  for (const roundTrip of roundTrips) {
    await metered.roundTrip(roundTrip);
    for (const rate of rates) {
      const messages = Math.max(LEAST[size], Math.round(rate * SECONDS[size]));
      const occasions = await talk.say(messages, rate);
      const after = await metered.settled(chat);
      const counts = since(before, after);
      before = after;
      const { lineLength } = talk;
      lines.push({ speakers, servers, roundTrip, rate, messages, occasions, lineLength, counts });
      console.error(
        `${chat}: ${messages} messages at ${rate}/s, round trip ${roundTrip} ms: ${counts.relays} relays, ${counts.relayBytes} bytes`,
      );
    }
  }
  await talk.check();
  talk.close();
  await metered.roundTrip(0);
  return lines;
}

function readArguments(): { parameters: Parameters; size: keyof typeof SECONDS } {
  const { quick, ...texts } = given("servers", "rates", "round-trips", "speakers");
  const numbers = (name: keyof typeof texts, usual: string, least: number): number[] => {
    const list = (texts[name] ?? usual).split(",").map(Number);
    if (!list.every((value) => value >= least)) throw new Error(`--${name} are numbers from ${least}`);
    return list;
  };
  const speakers = (texts.speakers ?? "one,all").split(",");
  if (!speakers.every((who) => who === "one" || who === "all")) throw new Error("--speakers are one, all");
  const parameters = {
    servers: numbers("servers", quick ? "2,3" : "2,3,8,20", 2),
    rates: numbers("rates", quick ? "10,1000" : "1,10,100,1000", 0.1),
    roundTrips: numbers("round-trips", "0,20", 0),
    speakers: speakers as Speakers[],
  };
  return { parameters, size: quick ? "quick" : "full" };
}

await main();
