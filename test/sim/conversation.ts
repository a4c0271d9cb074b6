/**
 * Conversations: short stories in text (`conversations/*.txt`) that a person can read and a test can play. The first line names the rules
 * of docs/protocol.md it shows. Then come commands, one per line, and after `----` what happened since the last `----`, up to an empty line.
 * Nothing moves by itself: `run` lets all servers and clients act until all is quiet, `wait` lets time pass.
 *
 *     brisk                      all servers expect that more is said soon (L13, I4)
 *     servers main b c           main starts, and the others boot from it; like `run`, until all is quiet
 *     start d at b               an operator starts d with boot server b (`start d`: with the default one)
 *     disconnect b [by force]    an operator disconnects b
 *     alice joins main           Alice connects; if she was there before, she resumes with her session and cursor
 *     alice says: Shall we?      she numbers what she says, and says it again after a welcome until it is echoed
 *     alice leaves
 *     alice is cut off           her connection is lost without a word
 *     run
 *     wait 10 s                  time passes (ms, s, min, h); alarms that are due ring
 *     hold main>c                requests from main to c stay under way …
 *     release main>c             … until now; `release` alone: everything
 *     cut main|b c               requests between main and b, and main and c, are lost both ways; `cut main>c`: one way
 *     lose answers main>c        requests from main arrive at c, but main does not hear the answers
 *     heal                       ends all cuts and losses
 *     main crashes               what it had not written is lost, and its memory, sockets and requests; it reads its storage
 *     main crashes after writing all that waits is written, but nobody is told
 *     main is evicted            its memory is lost; its sockets hibernate, and it wakes with its storage
 *     main loses its storage     and its memory and sockets with it
 *     show                       what each server has applied, knows, shows, and when its alarm rings
 *     given …                    any of these as a thing of the past: it runs until all is quiet, and is not told
 *
 * In a trace `main#1:2-3` are the messages 2 and 3 of the first database of main, `after` what they depend on, `has` what the speaker has
 * applied, `->` a request and `<-` its answer, in the order in which they happen; times are seconds since the story began. What people are
 * told is indented.
 */
import { Stage } from "./stage.ts";

type Command = (stage: Stage, ...words: string[]) => void;

const UNITS: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** The links of `a>b c`, one way, or `a|b c`, both ways. */
function linksOf(text: string): string[] {
  const [, from = "", way, to = ""] = /^(\S+?)([>|])(.+)$/.exec(text) ?? [];
  if (way === undefined) throw new Error(`'${text}' names no link`);
  return to.split(" ").flatMap((server) => [`${from}>${server}`, ...(way === "|" ? [`${server}>${from}`] : [])]);
}

const into =
  (set: (stage: Stage) => Set<string>): Command =>
  (stage, links = "") => {
    for (const link of linksOf(links)) set(stage).add(link);
  };

const COMMANDS: [RegExp, Command][] = [
  [
    /^brisk$/,
    (stage) => {
      stage.bounds.brisk = 1;
    },
  ],
  [/^servers (.+)$/, (stage, names = "") => stage.startAll(names.split(" "))],
  [
    /^start (\S+)(?: at (\S+))?$/,
    (stage, name = "", boot) => stage.node(name).request((req) => ({ type: "start", req, boot })),
  ],
  [
    /^disconnect (\S+)( by force)?$/,
    (stage, name = "", force) =>
      stage.node(name).request((req) => ({ type: "disconnect", req, force: force !== undefined })),
  ],
  [/^(\S+) joins (\S+)$/, (stage, name = "", server = "") => stage.join(name, server)],
  [/^(\S+) says: (.+)$/, (stage, name = "", text = "") => stage.guest(name).say(text)],
  [/^(\S+) leaves$/, (stage, name = "") => stage.guest(name).leave()],
  [/^(\S+) is cut off$/, (stage, name = "") => stage.guest(name).cut()],
  [/^run$/, (stage) => stage.settle()],
  [/^wait (\d+) (ms|s|min|h)$/, (stage, count, unit = "") => stage.pass(Number(count) * (UNITS[unit] ?? 0))],
  [/^hold (.+)$/, into((stage) => stage.held)],
  [/^release$/, (stage) => stage.held.clear()],
  [/^release (.+)$/, (stage, links = "") => stage.release(linksOf(links))],
  [/^cut (.+)$/, into((stage) => stage.cut)],
  [/^lose answers (.+)$/, into((stage) => stage.deaf)],
  [/^heal$/, (stage) => stage.heal()],
  [/^(\S+) crashes$/, (stage, name = "") => stage.crash(name)],
  [/^(\S+) crashes after writing$/, (stage, name = "") => stage.crash(name, "after writing")],
  [/^(\S+) is evicted$/, (stage, name = "") => stage.evict(name)],
  [/^(\S+) loses its storage$/, (stage, name = "") => stage.wipe(name)],
  [/^show$/, (stage) => stage.show()],
];

function perform(stage: Stage, line: string): void {
  const past = line.startsWith("given ");
  const text = past ? line.slice("given ".length) : line;
  for (const [pattern, command] of COMMANDS) {
    const match = pattern.exec(text);
    if (!match) continue;
    command(stage, ...match.slice(1));
    if (!past) return;
    stage.settle();
    stage.trace.take();
    return;
  }
  throw new Error(`'${line}' is no command`);
}

/** The text of a conversation with what happens when it is played. */
export function play(text: string): string {
  const stage = new Stage();
  const played: string[] = [];
  let skipping = false;
  for (const line of text.split("\n")) {
    if (line === "") skipping = false;
    if (skipping) continue;
    played.push(line);
    if (line === "----") {
      const happened = stage.trace.take();
      played.push(...(happened.length > 0 ? happened : ["(nothing)"]));
      skipping = true;
    } else if (line !== "" && !line.startsWith("#")) perform(stage, line);
  }
  if (stage.trace.take().length > 0) throw new Error("what happens after the last ---- is not told");
  return played.join("\n");
}
