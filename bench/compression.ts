/**
 * The benchmark of compression: 100 and 1000 clients offer it, as browsers do, to Chatty as it is (which declines: `no_web_socket_compression` in
 * wrangler.toml), and to the same without that flag, on bare workerd. Somebody talks as fast as one can with 256 texts in flight, then at an even pace.
 *
 *   node bench/compression.ts [--rounds 5] [--receivers 100,1000] [--seconds 2] [--per-second 50] [--quick]
 *
 * The table goes to stdout, what happens to stderr, all figures to bench/results/compression.json (a --quick look leaves that alone). Ends with 1 if
 * a reader who speaks the compression missed anything, or had it twice or out of order.
 */
import { Asker } from "./lib/asker.ts";
import { type Bundle, bundleAll } from "./lib/bundle.ts";
import { Flooder } from "./lib/flooder.ts";
import { given, whole, wholes } from "./lib/options.ts";
import { Reader } from "./lib/reader.ts";
import { machine, save } from "./lib/record.ts";
import { RawSocket } from "./lib/socket.ts";
import { median } from "./lib/stats.ts";
import { pooled, until } from "./lib/wait.ts";
import { TEXT_BYTES } from "./lib/witness.ts";
import { startWorkerd, type Workerd } from "./lib/workerd.ts";

const FLAG = "no_web_socket_compression";
const PATH = "/chats/compression/servers/main/ws";
const CONNECTING = 50;
const WARM_UP_MS = 1000;
const ACK_MS = 500;
const SETTLE_MS = 60_000;
/** Nobody has received anything for so long: it is quiet. */
const QUIET_MS = 300;

/** `deliveries`: per second, at full speed. The rest at the even pace: microseconds of the server's processor and bytes, per delivery. */
interface Figures {
  readonly deliveries: number;
  readonly micros: number;
  readonly bytes: number;
}
type Point = Figures & { readonly system: string; readonly receivers: number; readonly round: number };

async function main(): Promise<void> {
  const { quick, rounds, receivers, seconds, perSecond } = readArguments();
  const { chatty } = await bundleAll();
  if (!chatty.flags.includes(FLAG)) throw new Error(`${FLAG} is not in wrangler.toml`);
  const compressing = { ...chatty, flags: chatty.flags.filter((flag) => flag !== FLAG) };
  const points: Point[] = [];
  for (let round = 1; round <= rounds; round++)
    for (const crowd of receivers)
      for (const [system, bundle] of Object.entries({ "as it is": chatty, compressing })) {
        const figures = await measure(bundle, crowd, bundle === compressing, { seconds, perSecond });
        console.error(`${crowd} receivers, ${system}, round ${round} of ${rounds}: ${cells(figures).join(", ")}`);
        points.push({ system, receivers: crowd, round, ...figures });
      }
  const what = { rounds, receivers: receivers.join(","), seconds, perSecond, textBytes: TEXT_BYTES };
  if (!quick) save("compression", { date: new Date().toISOString(), machine: machine(), parameters: what, points });
  console.log(markdown(points));
}

async function measure(
  bundle: Bundle,
  receivers: number,
  granted: boolean,
  { seconds, perSecond }: { seconds: number; perSecond: number },
): Promise<Figures> {
  const server = await startWorkerd(bundle);
  let wrong: string | undefined;
  const onEnd = (why: string): void => {
    wrong ??= why;
  };
  const talker = new Flooder(await RawSocket.open({ port: server.port, path: PATH, ack: true }));
  const askers: Asker[] = [];
  try {
    await talker.come();
    const reader = await Reader.open(`ws://127.0.0.1:${server.port}${PATH}`, talker.id, granted, onEnd);
    askers.push(...(await pooled(receivers, CONNECTING, (i) => Asker.open(server.port, PATH, `a${i}`, onEnd))));
    if (askers.some((asker) => asker.granted !== granted)) throw new Error(`compression granted: not ${granted}`);
    const acks = setInterval(() => {
      for (const asker of askers) asker.say([{ type: "ack", cursor: talker.cursor }]);
    }, ACK_MS);
    const received = () => askers.reduce((sum, { bytes }) => sum + bytes, 0);
    let last = 0;
    const settled = () => {
      if (wrong !== undefined) throw new Error(wrong);
      const before = last;
      last = received();
      return last === before && reader.heard === talker.said && talker.echoed === talker.said;
    };
    await talker.flood(WARM_UP_MS);
    await until("everybody: all heard", settled, { ms: SETTLE_MS, every: QUIET_MS });
    const deliveries = (await talker.flood(seconds * 1000)) * receivers;
    await until("everybody: all heard", settled, { ms: SETTLE_MS, every: QUIET_MS });
    const counts = () => ({ micros: cpuOf(server) * 1e6, bytes: received() });
    const [before, said] = [counts(), talker.said];
    await talker.pace(perSecond, seconds);
    await until("everybody: all heard", settled, { ms: SETTLE_MS, every: QUIET_MS });
    const after = counts();
    const even = (talker.said - said) * receivers;
    clearInterval(acks);
    reader.leave();
    return { deliveries, micros: (after.micros - before.micros) / even, bytes: (after.bytes - before.bytes) / even };
  } finally {
    for (const asker of askers) asker.leave();
    talker.leave();
    await server.stop();
  }
}

function cpuOf(server: Workerd): number {
  const seconds = server.cpuSeconds();
  if (seconds === undefined) throw new Error("this needs /proc");
  return seconds;
}

const cells = ({ deliveries, micros, bytes }: Figures): string[] => [
  `${(deliveries / 1e6).toFixed(2)} M/s`,
  `${micros.toFixed(1)} µs`,
  `${bytes.toFixed(0)} bytes`,
];

function markdown(points: readonly Point[]): string {
  const rows = [...Map.groupBy(points, ({ receivers, system }) => `${receivers} | ${system}`)].map(([key, same]) => {
    const middle = (value: (point: Point) => number) => median(same.map(value));
    const figures = {
      deliveries: middle(({ deliveries }) => deliveries),
      micros: middle(({ micros }) => micros),
      bytes: middle(({ bytes }) => bytes),
    };
    return `| ${key} | ${cells(figures).join(" | ")} |`;
  });
  const head = "| receivers | Chatty | deliveries at full speed | processor per delivery | bytes per delivery |";
  return [head, "| ---: | --- | ---: | ---: | ---: |", ...rows].join("\n");
}

function readArguments() {
  const { quick, ...texts } = given("rounds", "receivers", "seconds", "per-second");
  return {
    quick,
    rounds: whole("rounds", texts.rounds, quick ? 1 : 5),
    receivers: wholes("receivers", texts.receivers, quick ? [100] : [100, 1000]),
    seconds: whole("seconds", texts.seconds, quick ? 1 : 2),
    perSecond: whole("per-second", texts["per-second"], 50),
  };
}

await main();
