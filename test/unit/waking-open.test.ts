/** A server wakes, by itself or by its alarm, and had a row open: who slept may have been told more than it wrote. */
import { describe, expect, it } from "vitest";
import { saysOpen } from "../../src/chat/debts.ts";
import { relays, talk } from "./brisk.ts";

describe("a server that wakes and had a row open", () => {
  it("L14 sends home those it may have told too much, who come back and are told nothing twice", () => {
    const { cluster, second, b, say } = talk();
    say("one");
    const { session } = second.last("welcome");
    const cursor = b.state.log.cursor();
    expect(saysOpen(b.alarm)).toBe(true);
    b.evict();
    expect([...b.attachments.keys()]).toEqual([]);
    const again = b.connect().join("b-person", { session, cursor });
    cluster.settle();
    cluster.pass(60_000);
    expect(again.texts).toEqual([]);
    expect(b.state.presence.count).toBe(2);
  });

  it("L14 also when it is the alarm that wakes it, and the storage does not show it any more", () => {
    const { b, say } = talk();
    say("one");
    const at = b.alarm ?? 0;
    b.disk.alarm = null;
    b.evict();
    expect(b.attachments.size).toBe(1);
    b.do({ type: "alarm", at });
    expect(b.attachments.size).toBe(0);
  });

  it.each([1, 3])(
    "L14 I2 an alarm that was cleared too late rings all the same, and means nothing (%s since)",
    (since) => {
      const { cluster, b, say } = talk();
      const main = cluster.node("main");
      const late: (number | null)[] = [];
      for (let i = 0; i < since; i++) {
        say(`text ${i}`);
        late.push(b.alarm);
        cluster.now = (b.alarm ?? 0) - 1;
        main.do({ type: "alarm", at: main.alarm ?? 0 });
        cluster.settle();
        expect([b.alarm, b.state.log.unwritten()]).toEqual([null, {}]);
      }
      const at = late[0] ?? 0;
      expect(saysOpen(at)).toBe(true);
      const posts = relays(cluster);
      b.do({ type: "alarm", at });
      cluster.settle();
      expect([b.attachments.size, posts.length]).toEqual([1, 0]);
    },
  );

  it("L14 R19 one of an earlier life means what it did, also if another is set by now", () => {
    const { cluster, b, say } = talk();
    say("one");
    const at = b.alarm ?? 0;
    b.disk.alarm = null;
    b.evict();
    cluster.now += 100;
    b.connect().join("somebody");
    cluster.settle();
    expect([b.alarm !== null, b.attachments.size]).toEqual([true, 2]);
    b.do({ type: "alarm", at });
    expect(b.attachments.size).toBe(0);
  });

  it("L14 L8 keeps all connections if the alarm was for something else", () => {
    const { cluster, first, main } = talk(3);
    cluster.down.add("b");
    first.send("one");
    cluster.settle();
    expect(main.alarm).not.toBe(null);
    const at = main.alarm ?? 0;
    main.evict();
    expect(main.attachments.size).toBe(1);
    main.disk.alarm = null;
    main.evict();
    main.do({ type: "alarm", at });
    expect(main.attachments.size).toBe(1);
  });
});
