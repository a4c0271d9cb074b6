/** How a client says how far it is, also while it makes up for a long absence. */
import { expect, it } from "vitest";
import { message, Rig, SESSION } from "./rig.ts";

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => i + from);

it("K14 an ack after each 1,048,576 characters", () => {
  const rig = new Rig();
  rig.welcome();
  const acks = range(1, 600).map((n) => {
    const told = rig.hear(message(n, "x".repeat(4096), { id: "x" }));
    return rig.sent(told).filter(({ type }) => type === "ack");
  });
  expect(acks.flat().length).toBe(2);
  expect(acks.flat()[0]).toEqual({
    type: "ack",
    cursor: { "main#1": acks.findIndex(({ length }) => length > 0) + 1 },
  });
});

it("K14 K13 acks go out while it is told what it missed, however long that takes, and what it said waits for the end of it", () => {
  const rig = new Rig({
    resume: { session: SESSION, cursor: { "main#1": 3 }, n: 0, outbox: [{ n: 1, text: "mine" }] },
  });
  rig.welcome({ cursor: { "main#1": 3 } });
  expect(rig.numbers()).toEqual([1]);
  // Six MiB in frames of 256 KiB, as fast as a slow line brings them.
  const texts = range(4, 3 + 6 * 256).map((n) => message(n, "x".repeat(4096), { id: "x" }));
  for (let from = 0; from < texts.length; from += 64) {
    rig.hear(...texts.slice(from, from + 64));
    rig.pass(2000);
  }
  const acks = rig.sent().filter(({ type }) => type === "ack");
  expect(acks.map(({ cursor }) => cursor)).toEqual(range(1, 6).map((i) => ({ "main#1": 3 + i * 256 })));
  expect(rig.state.status.is).toBe("online");
  expect(rig.numbers()).toEqual([1]);
  rig.hear(message(1, "mine", { seq: 2000 }));
  expect(rig.state.outbox.waiting).toEqual([]);
});

it("K13 K14 an ack excuses no server that tells nothing more", () => {
  const rig = new Rig();
  rig.welcome();
  rig.say("one");
  rig.pass(5_000);
  rig.hear(...range(1, 260).map((n) => message(n, "x".repeat(4096), { id: "x" })));
  expect(rig.sent().at(-1)).toMatchObject({ type: "ack" });
  rig.pass(9_999);
  expect(rig.state.status.is).toBe("online");
  rig.pass(1);
  expect(rig.state.status).toMatchObject({ is: "offline", why: "what was sent was not echoed" });
});
