/** What is remembered of a peer, and when it is tried again. */
import { expect, it } from "vitest";
import { awaitStart, fail, hearFrom, judge, postpone, succeed, unknownPeer } from "../../src/chat/peer.ts";

const NOW = 1_790_000_000_000;
/** Milliseconds until the next try, after so many failures in a row. */
const delayAfter = (fails: number, random: number) => {
  const peer = unknownPeer();
  for (let i = 0; i < fails; i++) fail(peer, NOW, random);
  return peer.retryAt - NOW;
};

it("R5 the delay doubles from 0.5 s to an hour, half of it by chance", () => {
  expect([1, 2, 3, 4].map((fails) => delayAfter(fails, 0))).toEqual([250, 500, 1000, 2000]);
  expect([1, 2, 3, 4].map((fails) => delayAfter(fails, 1))).toEqual([500, 1000, 2000, 4000]);
  expect(delayAfter(1, 0.5)).toBe(375);
  expect(delayAfter(3, 0.3333)).toBe(1333);
  expect([13, 14, 40, 3000].map((fails) => delayAfter(fails, 1))).toEqual([2_048_000, 3_600_000, 3_600_000, 3_600_000]);
});

it("R5 a success ends the delay, and the next failure begins anew", () => {
  const peer = unknownPeer();
  for (let i = 0; i < 5; i++) fail(peer, NOW, 1);
  succeed(peer);
  expect([peer.fails, peer.retryAt]).toEqual([0, 0]);
  fail(peer, NOW, 1);
  expect(peer.retryAt).toBe(NOW + 500);
});

it("R5 R3 a request from a peer ends the delay, and what it says it has raises what is known of it", () => {
  const peer = { ...unknownPeer(), acked: { a: 5, b: 5 } };
  fail(peer, NOW, 1);
  hearFrom(peer, { a: 4, b: 6, c: 1 });
  expect([peer.retryAt, peer.acked]).toEqual([0, { a: 5, b: 6, c: 1 }]);
  hearFrom(peer);
  expect(peer.acked).toEqual({ a: 5, b: 6, c: 1 });
  const unknown = unknownPeer();
  hearFrom(unknown, { a: 1 });
  expect(unknown.acked).toBe(null);
});

it("R10 M1 who waits for something else, or is being started, is asked again after 0.5 s", () => {
  const peer = unknownPeer();
  postpone(peer, NOW);
  expect(peer.retryAt).toBe(NOW + 500);
  const members = new Map([["a", { inc: 1, status: "alive", epoch: "0000000a" } as const]]);
  awaitStart(peer, members, 7, NOW + 1);
  expect(peer).toMatchObject({ retryAt: NOW + 501, membersVersion: 7, members });
  expect(peer.members).not.toBe(members);
});

it("M11 three failures in a row make a peer unreachable, an answer reachable again; only a change is news", () => {
  const peer = unknownPeer();
  const opinions = [];
  for (let i = 0; i < 4; i++) {
    fail(peer, NOW, 0);
    opinions.push([judge(peer), peer.unreachable]);
  }
  succeed(peer);
  opinions.push([judge(peer), peer.unreachable], [judge(peer), peer.unreachable]);
  expect(opinions).toEqual([[false, false], [false, false], [true, true], [false, true], [true, false], [false, false]]); // biome-ignore format: a table
});
