/** The client's machine, whatever a server says to it: it never throws, loses nothing it was given to send, and keeps the contract itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_WAIT_MS } from "../../../client/lib/limits.ts";
import { isFinal, snapshotOf } from "../../../client/lib/state.ts";
import { isCursor, parseLine } from "../../../src/chat/parse.ts";
import { Rig } from "../../client/rig.ts";
import { history, runs } from "./arbitraries.ts";
import { answer, line } from "./server-lines.ts";

const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant("hear" as const), lines: fc.array(line, { minLength: 1, maxLength: 3 }) }) }, // biome-ignore format: a list
  { weight: 3, arbitrary: fc.record({ what: fc.constant("say" as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant("answer" as const), which: fc.nat(3), how: fc.constantFrom("echo", "echo", "other text", "bad_text", "n_reused", "n_gap", "busy") }) }, // biome-ignore format: a list
  { weight: 3, arbitrary: fc.record({ what: fc.constant("pass" as const), ms: fc.constantFrom(100, 1000, 11_000, 61_000) }) }, // biome-ignore format: a list
  fc.record({ what: fc.constantFrom("open" as const, "welcome" as const, "cut" as const, "retry" as const) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

function happen(rig: Rig, happening: Happening, said: string[]): void {
  const { waiting } = rig.state.outbox;
  if (happening.what === "say") {
    const texts = Array.from({ length: happening.count }, (_, i) => `text ${said.length + i + 1}`);
    said.push(...texts);
    rig.say(...texts);
  } else if (happening.what === "hear") rig.hear(...happening.lines);
  else if (happening.what === "answer") {
    const outgoing = waiting[happening.which % waiting.length];
    if (outgoing) rig.hear(answer(happening.how, outgoing));
  } else if (happening.what === "pass") rig.pass(happening.ms);
  else if (happening.what === "welcome") rig.welcome();
  else if (happening.what === "open") rig.open();
  else if (happening.what === "cut") rig.cut();
  else rig.happen({ type: "retry" });
}

/** What must hold after anything that happened. */
function check(rig: Rig, said: string[]): void {
  const { outbox, cursor, wake } = rig.state;
  const fates = [
    ...outbox.waiting,
    ...rig.all("echoed").map(({ message }) => message),
    ...rig.all("failed").map(({ message }) => message),
  ];
  expect(fates.map(({ text }) => text).sort()).toEqual(said.toSorted());
  const numbers = outbox.waiting.map(({ n }) => n);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(outbox.next).toBeGreaterThan(Math.max(0, ...numbers));
  expect([cursor, cursor === undefined || isCursor(cursor)]).toEqual([cursor, true]);
  // Whoever is not done has something to wait for.
  expect(wake === undefined).toBe(isFinal(rig.state));
  expect((wake ?? rig.now) - rig.now).toBeLessThanOrEqual(MAX_WAIT_MS);
  const refused = rig.sent().filter((object) => "code" in parseLine(JSON.stringify(object)));
  expect(refused).toEqual([]);
  const told = rig.all("tell").flatMap(({ object }) => (object.type === "message" ? [`${object.n} ${object.id}`] : []));
  expect(told.length).toBe(new Set(told).size);
}

describe("a client, whatever it hears", () => {
  it("K4 K5 K19 keeps what was said until it is echoed or fails, once; tells a message once; and waits for something", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(history(happening, 25), (happenings) => {
        const rig = new Rig();
        const said: string[] = [];
        for (const happening of happenings) {
          happen(rig, happening, said);
          check(rig, said);
        }
        for (const action of rig.done) seen.add(action.do);
        for (const { status } of rig.all("status")) seen.add(status.is);
      }),
      runs(300),
    );
    const done = ["open", "send", "close", "wake", "tell", "echoed", "failed", "status"];
    const all = [...done, "online", "resuming", "offline"];
    expect(all.filter((what) => !seen.has(what))).toEqual([]);
  });

  it("K2 K4 goes on from its snapshot at any time: the same waits under the same numbers", () => {
    fc.assert(
      fc.property(history(happening, 15), (happenings) => {
        const rig = new Rig();
        const said: string[] = [];
        for (const happening of happenings) happen(rig, happening, said);
        const resume = JSON.parse(JSON.stringify(snapshotOf(rig.state)));
        const again = new Rig({ resume });
        expect(snapshotOf(again.state)).toEqual(resume);
        expect(again.state.outbox.waiting).toEqual(rig.state.outbox.waiting);
        again.open();
        expect(again.sent().filter((object) => "code" in parseLine(JSON.stringify(object)))).toEqual([]);
      }),
    );
  });
});
