/**
 * The client's machine and a server that keeps the contract, step by step: what is under way is cut, refused, put off, or overtaken by
 * another device of the same session. In the end everything was either said once and in order, or failed aloud.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { ID } from "../../client/rig.ts";
import { history, runs } from "./arbitraries.ts";
import { BAD, Session } from "./session.ts";

/** Rounds until there is a connection: the longest delay before a try is 30 s. */
const CONNECTING = 70;
/** Rounds until it has delivered everything: before an echo is missed, but for numbers another device took. */
const DELIVERING = 10;
const DELIVERING_LATE = 100;
const ROUND_MS = 500;
/** More than can be under way. */
const FRAMES = 100;

const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("say 1", "say 3", "hear", "serve", "connect") },
  { weight: 3, arbitrary: fc.constantFrom("serve", "hear") },
  fc.constantFrom("cut", "bad", "busy", "free", "elsewhere", "pass 300", "pass 2000", "pass 11000"),
);

/** One thing that happens; `next` makes a text nobody said before. */
function happen(session: Session, what: string, next: () => string): void {
  const [verb, amount = 0] = what.split(" ");
  if (verb === "say") session.say(...Array.from({ length: Number(amount) }, next));
  else if (verb === "pass") session.pass(Number(amount));
  else if (verb === "busy" || verb === "free") session.busy = verb === "busy";
  else if (verb === "elsewhere") session.elsewhere(next());
  else session[verb as "hear" | "serve" | "connect" | "cut" | "bad"]();
}

/** Nothing goes wrong any more. */
function heal(session: Session, delivering: number): void {
  const { rig } = session;
  session.busy = false;
  const round = () => {
    session.connect();
    for (let i = 0; i < FRAMES; i++) {
      session.serve();
      session.hear();
    }
    session.pass(ROUND_MS);
  };
  for (let i = 0; i < CONNECTING && rig.state.phase !== "live"; i++) round();
  for (let i = 0; i < delivering && rig.state.outbox.waiting.length > 0; i++) round();
}

const codes = new Set<string>();

it("K4 K5 K7 K8 what is said arrives once and in order, or fails aloud; no number is left out or given to two texts", () => {
  fc.assert(
    fc.property(history(happening, 40), (happenings) => {
      const session = new Session();
      let texts = 0;
      for (const what of ["connect", "serve", "hear", ...happenings]) happen(session, what, () => `text ${++texts}`);
      heal(session, happenings.includes("elsewhere") ? DELIVERING_LATE : DELIVERING);
      const { rig, said, log } = session;
      const echoed = rig.all("echoed").map(({ message }) => message);
      const failed = rig.all("failed").map(({ message }) => message);
      expect(rig.state.outbox.waiting).toEqual([]);
      expect([...echoed, ...failed].map(({ text }) => text).sort()).toEqual(said.toSorted());
      // In the order said, each under its number; what failed is not there.
      const kept = said.filter((text) => text !== BAD && !failed.some((failure) => failure.text === text));
      expect(log.filter((text) => said.includes(text))).toEqual(kept);
      expect(echoed.map(({ n, text }) => log[n - 1] === text)).toEqual(echoed.map(() => true));
      for (const { code } of failed) codes.add(code);
      if (!happenings.includes("elsewhere")) expect(failed.filter(({ code }) => code === "n_reused")).toEqual([]);
      if (!happenings.includes("elsewhere") && !happenings.includes("bad")) expect(failed).toEqual([]);
      // Everything that was told from the first welcome on, once.
      const told = rig.all("tell").flatMap(({ object }) => (object.type === "message" ? [object.n] : []));
      const first = told[0] ?? 1;
      expect(told).toEqual(told.map((_, i) => first + i));
      expect(rig.state.id).toBe(ID);
    }),
    runs(500),
  );
  expect([...codes].sort()).toEqual(["bad_text", "n_reused"]);
});
