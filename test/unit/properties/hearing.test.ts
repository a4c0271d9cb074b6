/** What one line does to a client that is welcome: nonsense nothing, a message what it should. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { snapshotOf } from "../../../client/lib/state.ts";
import { ID, Rig, welcome } from "../../client/rig.ts";
import { cursor, history, runs } from "./arbitraries.ts";
import { messages, nonsense, object } from "./server-lines.ts";

/** A client that waits for an echo. */
function waiting(): { rig: Rig; before: string } {
  const rig = new Rig();
  rig.welcome({ cursor: { "main#1": 2 } });
  rig.say("hi");
  return { rig, before: JSON.stringify(snapshotOf(rig.state)) };
}

describe("a client that is welcome", () => {
  it("K19 tells a line that is no object of the contract, and nothing changes", () => {
    fc.assert(
      fc.property(nonsense, (line) => {
        const { rig, before } = waiting();
        const actions = rig.hear(line);
        const told = rig.all("tell", actions).map(({ object }) => object.type);
        if (line.trim() === "") expect(actions).toEqual([]);
        else expect([actions.length, ["unsupported", "unknown"].includes(told[0] ?? "")]).toEqual([1, true]);
        expect(JSON.stringify(snapshotOf(rig.state))).toBe(before);
      }),
      runs(300),
    );
  });

  it("K19 takes an object of the contract with a field of another kind for none", () => {
    fc.assert(
      fc.property(object, fc.nat(20), (object, at) => {
        const { rig, before } = waiting();
        const fields = Object.entries(JSON.parse(JSON.stringify(object)));
        const [key = "", value] = fields[at % fields.length] ?? [];
        const actions = rig.hear({ ...object, [key]: typeof value === "string" ? 7 : "seven" });
        expect(rig.all("tell", actions).map(({ object }) => object.type)).toEqual(["unsupported"]);
        expect([actions.length, JSON.stringify(snapshotOf(rig.state))]).toEqual([1, before]);
      }),
      runs(300),
    );
  });

  it("K4 K5 counts its cursor up from that of the welcome, tells a message once, and goes on behind the highest number of its own", () => {
    fc.assert(
      fc.property(cursor, fc.nat(6), history(messages, 20), (cursor, known, heard) => {
        const rig = new Rig();
        rig.welcome({ cursor, n: known });
        rig.hear(...heard);
        const due = { ...cursor };
        for (const { origin, seq } of heard) due[origin] = Math.max(seq, due[origin] ?? 0);
        expect(rig.state.cursor).toEqual(due);
        const first = heard.filter(
          ({ id, n }, i) => heard.findIndex((other) => other.id === id && other.n === n) === i,
        );
        expect(rig.all("tell").slice(1).map(({ object }) => object)).toEqual(first); // biome-ignore format: one thing
        // One that comes while it is welcome changes nothing.
        rig.hear(welcome({ cursor: {}, n: 99 }));
        expect(rig.state.cursor).toEqual(due);
        const own = heard.filter(({ id }) => id === ID).map(({ n }) => n);
        const next = Math.max(known, ...own) + 1;
        expect(rig.numbers(rig.say("one", "two"))).toEqual([next, next + 1]);
      }),
    );
  });
});
