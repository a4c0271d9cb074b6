/** The arithmetic of the bill, against figures worked out by hand. */
import { describe, expect, it } from "vitest";
import { billByItself, billOf, MONTH_S, times, total } from "../../bench/lib/bill.ts";
import { nothing } from "../../bench/meter/counts.ts";

/** A million messages, one at a time, on three servers: two relays, three rows and an alarm set and called off for each. */
const million = {
  messages: 1e6,
  servers: 3,
  counts: {
    ...nothing(),
    frames: 1e6,
    requests: 2e6,
    alarms: 1e6,
    alarmsSet: 1e6,
    alarmsOff: 1e6,
    logRows: 3e6,
    otherRows: 10,
    rowsRead: 5e9,
    active: 4e9,
  },
};

describe("the bill", () => {
  it("asks for each part what the price list says", () => {
    const bill = billOf(million);
    expect(bill.frames).toBeCloseTo(0.0075);
    expect(bill.requests).toBeCloseTo(0.3);
    expect(bill.alarms).toBeCloseTo(2.15);
    expect(bill.rows).toBeCloseTo(3.00001);
    expect(bill.trimming).toBeCloseTo(0.081);
    expect(bill.read).toBeCloseTo(5);
    expect(bill.duration).toBeCloseTo(6.4);
    expect(total(bill)).toBeCloseTo(16.93851);
  });

  it("of an object that is active all month is $4.15", () => {
    const bill = billOf({ messages: 0, servers: 1, counts: { ...nothing(), active: MONTH_S * 1000 } });
    expect(total(bill)).toBeCloseTo(4.1472);
  });

  it("of silence is nothing", () => {
    expect(total(billOf({ messages: 0, servers: 3, counts: nothing() }))).toBe(0);
  });

  it("of relaying each message by itself has a request per other server, a row per server, deleted one day, and no alarm", () => {
    const bill = billByItself(million);
    const { duration } = billOf(million);
    expect(bill).toEqual({ frames: 0.0075, requests: 0.3, alarms: 0, rows: 3, trimming: 3, read: 0, duration });
  });

  it("of so many times as much is so many times as high", () => {
    expect(total(times(billOf(million), 0.5))).toBeCloseTo(total(billOf(million)) / 2);
  });
});
