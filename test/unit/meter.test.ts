/** What the meter of an object counts. */
import { describe, expect, it } from "vitest";
import { each } from "../../bench/lib/relay-report.ts";
import { nothing, ofChat, rowsOf, since } from "../../bench/meter/counts.ts";
import { Meter } from "../../bench/meter/meter.ts";

describe("the meter", () => {
  it("counts time once, however much is under way", () => {
    let now = 1000;
    const meter = new Meter(() => now);
    meter.begin();
    now = 1010;
    meter.begin();
    now = 1030;
    meter.end();
    now = 1035;
    meter.end();
    now = 2000;
    expect(meter.read().active).toBe(35);
    meter.begin();
    now = 2005;
    meter.end();
    expect(meter.read().active).toBe(40);
  });

  it("counts what is still under way", () => {
    let now = 0;
    const meter = new Meter(() => now);
    meter.begin();
    now = 7;
    expect(meter.read().active).toBe(7);
    now = 9;
    expect(meter.read().active).toBe(9);
  });

  it("lets an object rest after a failure, too", async () => {
    let now = 0;
    const meter = new Meter(() => now);
    const failing = meter.during(async () => {
      now = 5;
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    now = 100;
    expect(meter.read().active).toBe(5);
  });

  it("adds up the objects of one chat, and tells what is new since", () => {
    const all = {
      "a/main": { ...nothing(), frames: 1, active: 3 },
      "a/b": { ...nothing(), frames: 2, relays: 4 },
      "ab/main": { ...nothing(), frames: 100 },
    };
    const sum = ofChat(all, "a");
    expect(sum).toEqual({ ...nothing(), frames: 3, active: 3, relays: 4 });
    expect(since({ ...nothing(), frames: 1 }, sum)).toEqual({ ...nothing(), frames: 2, active: 3, relays: 4 });
  });

  it("knows rows of the log from others, and from deleted ones", () => {
    expect(rowsOf("INSERT INTO log_0 (pos, heads, lines) VALUES (?, ?, ?)")).toBe("logRows");
    expect(rowsOf("INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)")).toBe("otherRows");
    expect(rowsOf("CREATE TABLE log (pos INTEGER PRIMARY KEY)")).toBe("otherRows");
    expect(rowsOf("DELETE FROM chapters WHERE pos < ?")).toBe("deletedRows");
  });

  it("tells of relays per message, and per message and other server", () => {
    const counts = { ...nothing(), relays: 40, relayBytes: 4000, logRows: 30 };
    const line = {
      speakers: "one",
      servers: 3,
      roundTrip: 0,
      rate: 10,
      messages: 20,
      occasions: 20,
      lineLength: 200,
      counts,
    } as const;
    expect(each(line)).toEqual({ requests: 2, bytes: 200, requestsToEach: 1, bytesToEach: 100, rows: 0.5 });
  });
});
