/** When the flush waits for the end of its turn, and when it comes at once. */
import { expect, it } from "vitest";
import { Calm } from "../../src/object/calm.ts";

/** Runs flushes of so many frames each, and messages, if they are not as many; true where one came at once. */
const run = (sizes: (number | [frames: number, messages: number])[], calm = new Calm()): boolean[] =>
  sizes.map((size) => {
    const [frames, messages] = typeof size === "number" ? [size, size] : size;
    const atOnce = calm.now;
    for (let i = 0; i < frames; i++) calm.arrive();
    calm.write(messages);
    calm.flushed(!atOnce);
    return atOnce;
  });

const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);

it("L12 after a flush that waited for one message the next eight come at once, then one waits again", () => {
  expect(run(times(20, 1))).toEqual([false, ...times(8, true), false, ...times(8, true), false, true]);
});

it("L12 where a flush gathers more than one message they wait until one gathers just one", () => {
  expect(run([2, 2, 1, 1, 5, 1, 1])).toEqual([false, false, false, true, true, false, true]);
  expect(run([1, [1, 2], 1, 1])).toEqual([false, true, false, true]);
  expect(run([1, [2, 0], 1, 1])).toEqual([false, true, false, true]);
});

it("L12 a flush in which nothing was said changes nothing", () => {
  expect(run([0, 1, 0, ...times(8, 1), 1])).toEqual([false, false, ...times(9, true), false]);
});
