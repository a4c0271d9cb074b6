/** What the benchmarks compute and keep count of: a wrong figure looks like any other. */
import { describe, expect, it } from "vitest";
import { Headcount } from "../../bench/lib/headcount.ts";
import { lag, outstanding } from "../../bench/lib/lag.ts";
import { claims, markdown, type Point, summarize } from "../../bench/lib/latency-report.ts";
import { Missed } from "../../bench/lib/missed.ts";
import { whole, wholes } from "../../bench/lib/options.ts";
import type { Run } from "../../bench/lib/report.ts";
import { watchedTo } from "../../bench/lib/watchers.ts";
import { textOf } from "../../bench/lib/witness.ts";

describe("latency", () => {
  /** Messages 3 to 6, due at 1000, 1010, 1020 and 1030. */
  const said = { first: 3, count: 4, start: 1000, every: 10 };

  it("counts from when a message was due, and leaves out what was said before", () => {
    const heard = [
      [1, 2, 1001, 1012, 1023, 1034],
      [1, 2, 1005, 1016, 1027, 1038],
    ];
    expect(lag(said, heard)).toEqual({ p50: 4, p99: 8, most: 8 });
  });

  it("says how many messages the slowest has not heard", () => {
    expect(outstanding(said, [Array(6).fill(0), Array(6).fill(0)])).toBe(0);
    expect(outstanding(said, [Array(6).fill(0), Array(5).fill(0)])).toBe(1);
    expect(outstanding(said, [Array(2).fill(0)])).toBe(4);
    expect(outstanding(said, [[]])).toBe(4);
  });

  const round = (number: number, floor: object, one: object, three: object): Point[] =>
    Object.entries({ floor, "1 server": one, "3 servers": three }).map(([system, heard]) => ({
      round: number,
      system,
      receivers: 100,
      perSecond: 200,
      ...heard,
    }));
  const outcome = (points: Point[]) => claims(points).map((claim) => /: (holds|DOES NOT HOLD)/.exec(claim)?.[1]);

  it("takes the median of the rounds' ratios, so that a slow round hits both sides", () => {
    const fast = { p50: 1, p99: 2 };
    const slow = { p50: 50, p99: 90 };
    const rounds = [round(1, fast, fast, fast), round(2, slow, slow, slow), round(3, fast, slow, slow)].flat();
    expect(outcome(rounds)).toEqual(["holds", "holds", "holds"]);
    expect(outcome([...rounds, ...round(4, fast, slow, slow), ...round(5, fast, slow, slow)])).toEqual(
      Array(3).fill("DOES NOT HOLD"),
    );
  });

  it("draws the line where it is claimed to be", () => {
    const floor = { p50: 1, p99: 2 };
    expect(outcome(round(1, floor, { p50: 1.2, p99: 7 }, { p50: 2, p99: 9 }))).toEqual(Array(3).fill("holds"));
    expect(outcome(round(1, floor, { p50: 1.21, p99: 7.1 }, { p50: 2.1, p99: 9 }))).toEqual(
      Array(3).fill("DOES NOT HOLD"),
    );
  });

  it("counts a server that did not keep up as slower than any that did", () => {
    const lost = { managed: 30 };
    const kept = { p50: 40, p99: 50 };
    expect(outcome(round(1, lost, kept, kept))).toEqual(["holds", "holds", "holds"]);
    expect(outcome(round(1, lost, lost, lost))).toEqual(Array(3).fill("DOES NOT HOLD"));
    expect(claims([])).toEqual([]);
    const points = [round(1, lost, kept, lost), round(2, lost, kept, kept), round(3, kept, kept, lost)].flat();
    expect(markdown(summarize(points))).toContain(
      "| 100 | 200 | cannot keep up (30/s) | 40.0 / 50.0 ms | cannot keep up (30/s) |",
    );
  });
});

describe("the headcount", () => {
  const told = (...lines: object[]): number | undefined => {
    const headcount = new Headcount();
    for (const line of lines) headcount.hear(line as { type: string });
    return headcount.count;
  };
  const welcome = { type: "welcome", id: "me", count: 200, names: [{ id: "a" }] };
  const one = (type: string, id: string) => ({ type, id });

  it("counts who comes and goes, but not twice who was in the welcome", () => {
    expect(told()).toBeUndefined();
    expect(told(welcome, one("join", "me"), one("join", "a"))).toBe(200);
    expect(told(welcome, one("join", "b"), one("join", "c"), one("leave", "b"))).toBe(201);
    expect(told(welcome, one("leave", "a"), one("join", "a"))).toBe(200);
  });

  it("believes a crowd's count", () => {
    expect(told(welcome, { type: "presence", count: 500, joined: 300, left: 0 }, one("join", "x"))).toBe(501);
  });
});

describe("what was missed", () => {
  const message = (n: number, text = textOf(n), id = "s") => ({ type: "message", id, n, text });
  const told = (...lines: object[]): Missed => {
    const missed = new Missed("s", 2, 4);
    lines.forEach((line, at) => {
      missed.hear(line as { type: string }, at);
    });
    return missed;
  };

  it("is whole with the last message, whatever else is said", () => {
    const { whole, wrong } = told(message(2), message(9, "x", "t"), { type: "presence" }, message(3), message(4));
    expect({ whole, wrong }).toEqual({ whole: 4, wrong: undefined });
    expect(told(message(2), message(3)).whole).toBeUndefined();
  });

  it.each([
    ["lost", [message(2), message(4)]],
    ["repeated", [message(2), message(2)]],
    ["reordered", [message(3), message(2)]],
    ["of before", [message(1)]],
    ["too much", [message(2), message(3), message(4), message(5)]],
    ["another text", [message(2, textOf(3))]],
  ])("is wrong if one is %s", (_what, lines) => {
    expect(told(...lines).wrong).toBeDefined();
  });
});

describe("options", () => {
  it("are whole numbers from 1, several in rising order", () => {
    expect(whole("x", undefined, 5)).toBe(5);
    expect(wholes("x", "100,20", [1])).toEqual([20, 100]);
    expect(wholes("x", undefined, [2, 3])).toEqual([2, 3]);
    for (const bad of ["0", "-1", "1.5", "", "many"]) expect(() => whole("x", bad, 5)).toThrow("--x");
    expect(() => wholes("x", "1,,2", [])).toThrow("--x");
  });
});

describe("the watched chat", () => {
  it("is compared within each round, so that a slow one hits both sides", () => {
    const run = (round: number, system: string, deliveriesPerSecond: number) => ({ round, system, deliveriesPerSecond }) as Run; // biome-ignore format: one thing
    const rounds = [[100, 95], [10, 9.8], [100, 90]].flatMap(([alone = 0, seen = 0], i) => [run(i, "alone", alone), run(i, "seen", seen)]); // biome-ignore format: one thing
    expect(watchedTo(rounds, "seen", "alone")).toBe(0.95);
  });
});
