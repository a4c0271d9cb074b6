/** From the runs of the broadcast to what is said of them. */
import { describe, expect, it } from "vitest";
import { broadcastClaims, sendersClaim } from "../../../bench/lib/claims.ts";
import { broadcastTable, type Run, rate, type Summary, sendersTable, summarize } from "../../../bench/lib/report.ts";

/** Deliveries per second of each system, in each round, before 100 receivers. */
const RATES = {
  floor: [10, 20, 40],
  partyserver: [10, 10, 10],
  "socket.io": [50, 0, 50],
  ws: [40, 50, 60],
  "1 server": [1000, 800, 2000],
  "3 servers": [900, 800, 1000],
};

const runs = (rates: Readonly<Record<string, readonly number[]>>, senders = 1): Run[] =>
  Object.entries(rates).flatMap(([system, all]) =>
    all.map((deliveriesPerSecond, i): Run => {
      const size = { receivers: 100, senders, messages: 1, seconds: 1, serverCpu: 1, loadCpu: 1 };
      return { round: i + 1, system, ...size, deliveriesPerSecond, messagesPerSecond: deliveriesPerSecond / 100 };
    }),
  );
const [summary] = summarize(runs(RATES)) as [Summary];

describe("a summary", () => {
  it("has the medians of the rounds", () => {
    expect(summary.deliveriesPerSecond).toMatchObject({ floor: 20, ws: 50, "1 server": 1000 });
    expect(summary.messagesPerSecond["1 server"]).toBe(10);
  });

  it("has the medians of the ratios within each round, not the ratios of the medians", () => {
    expect(summary.oneTo.floor).toBe(50);
    expect(summary.toFloor).toMatchObject({ floor: 1, partyserver: 0.5, ws: 2.5 });
    expect(summary.threeToOne).toBe(0.9);
  });

  it("takes no ratio to a run that failed", () => {
    expect(summary.oneTo["socket.io"]).toBe(20);
    expect(summarize(runs({ floor: [0], "1 server": [5] }))[0]?.oneTo.floor).toBe(0);
  });

  it("keeps sizes apart", () => {
    const sizes = summarize([...runs(RATES), ...runs({ "1 server": [7] }, 100)]);
    expect(sizes.map(({ senders }) => senders)).toEqual([1, 100]);
    expect(sizes[1]?.threeToOne).toBeUndefined();
  });
});

describe("what is said of it", () => {
  it("is a table of rates and one of ratios", () => {
    const table = broadcastTable([summary]);
    expect(table).toContain("| 100 | 20 | 10 (0.5×) | 50 (1.3×) | 50 (2.5×) | 1.0 k (50.0×) | 900 (40.0×) |");
    expect(table).toContain("| 100 | 50.0× | 100.0× | 20.0× | 25.0× | 0.90× |");
    expect(sendersTable([summary])).toContain("| 1 | 100 | 0 | 0 | 1 | 1 | 10 |");
  });

  it("is whether each claim holds", () => {
    expect(broadcastClaims(summary)).toEqual([
      "- 100 receivers: 1 server at least 30× floor: holds",
      "- 100 receivers: 1 server at least 10× partyserver: holds",
      "- 100 receivers: 1 server at least 10× socket.io: holds",
      "- 100 receivers: 1 server at least 10× ws: holds",
      "- 100 receivers: 3 servers at least 0.8× 1 server: holds",
    ]);
    const slow = { ...summary, oneTo: { floor: 29, partyserver: 9 }, threeToOne: 0.79 };
    expect(broadcastClaims(slow).every((claim) => claim.endsWith("DOES NOT HOLD"))).toBe(true);
    expect(sendersClaim(summary)).toContain("DOES NOT HOLD");
    expect(sendersClaim({ ...summary, messagesPerSecond: { "1 server": 25_000 } })).toContain(": holds");
  });

  it("has three digits at most", () => {
    expect([870, 1234, 48_300, 6_283_000].map(rate)).toEqual(["870", "1.2 k", "48 k", "6.28 M"]);
  });
});
