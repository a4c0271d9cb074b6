/** How fast the page is: each figure is the best of a few tries, for the machine may do much else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { Party } from "./party.ts";
import { browse, type Visitor } from "./visitor.ts";

const party = new Party();
const ASSETS = join(import.meta.dirname, "../../dist/web/assets");
/** Bytes all scripts may have, compressed. */
const SCRIPTS = 40_000;
/** Milliseconds from the navigation until the first message is seen, a task may take, and the work of 95% of the frames. */
const [FIRST_MS, TASK_MS, FRAME_MS] = [1000, 50, 16];
/** Messages a second, and how many seconds. */
const [RATE, SECONDS] = [200, 4];
const TRIES = 3;
/** Of the browser's own measure, in which all of the screen moving by its height is 1: a line in the side list. */
const SHIFT = 0.01;

it("W15 the scripts are small", () => {
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length, 0);
  console.log(`scripts: ${bytes} bytes gzipped`);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(SCRIPTS);
});

/** The best of some tries by `worth`, the least; ends with the first that is good enough. */
async function best<T>(measure: () => Promise<T>, isGood: (result: T) => boolean): Promise<T> {
  for (let tries = 1; ; tries++) {
    const result = await measure();
    if (isGood(result) || tries === TRIES) return result;
  }
}

browse("W15 the first message is seen within a second, without anything in the cache", async () => {
  const chat = party.chat("first");
  (await party.speaker("Anne", chat)).say("hello");
  const john = await party.joined("John", chat);
  await john.sees("hello");
  const session = await john.context.newCDPSession(john.page);
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await john.page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector(".text")) return;
      observer.disconnect();
      requestAnimationFrame(() => document.documentElement.setAttribute("data-first", `${performance.now()}`));
    }).observe(document, { childList: true, subtree: true });
  });
  const first = await best(
    async () => {
      await john.page.reload();
      const root = john.page.locator("html[data-first]");
      await root.waitFor();
      return Number(await root.getAttribute("data-first"));
    },
    (ms) => ms < FIRST_MS,
  );
  console.log(`first message: ${Math.round(first)} ms`);
  expect(first).toBeLessThan(FIRST_MS);
});

interface Work {
  /** Milliseconds of each task of more than 50. */
  tasks: number[];
  /** Milliseconds 95% of the frames stay below, from their beginning until they are drawn. */
  frame: number;
  /** How far things moved that nobody moved. */
  shift: number;
}

/** Observes the page until asked. */
async function observe(visitor: Visitor): Promise<() => Promise<Work>> {
  await visitor.page.evaluate(() => {
    const work = { tasks: [] as number[], frames: [] as number[], shift: 0 };
    Object.assign(globalThis, { work });
    new PerformanceObserver((entries) => {
      for (const { duration } of entries.getEntries()) work.tasks.push(Math.round(duration));
    }).observe({ type: "longtask" });
    new PerformanceObserver((entries) => {
      for (const entry of entries.getEntries()) work.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: "layout-shift" });
    const { port1, port2 } = new MessageChannel();
    let began = 0;
    port2.onmessage = () => work.frames.push(performance.now() - began);
    const frame = () => {
      began = performance.now();
      port1.postMessage("");
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () =>
    visitor.page.evaluate(() => {
      const { work } = globalThis as unknown as { work: { tasks: number[]; frames: number[]; shift: number } };
      const frames = work.frames.splice(0).sort((a, b) => a - b);
      const { tasks, shift } = work;
      return { tasks: tasks.splice(0), frame: frames[Math.floor(frames.length * 0.95)] ?? Number.NaN, shift };
    });
}

browse(
  `W15 while ${RATE} messages arrive each second no task is long, and nothing moves that nobody moved`,
  async () => {
    const chat = party.chat("busy");
    const speaker = await party.speaker("Anne", chat);
    const john = await party.joined("John", chat);
    const done = await observe(john);
    const work = await best(
      async () => {
        await done();
        for (
          const end = Date.now() + SECONDS * 1000, from = Date.now(), first = speaker.said.length;
          Date.now() < end;
        ) {
          const due = first + Math.ceil(((Date.now() - from) * RATE) / 1000);
          while (speaker.said.length < due)
            speaker.say(`text ${speaker.said.length + 1}, about as long as people write`);
          await sleep(5);
        }
        return done();
      },
      ({ tasks, frame }) => tasks.length === 0 && frame <= FRAME_MS,
    );
    console.log(
      `at ${RATE}/s: p95 frame ${work.frame.toFixed(1)} ms, long tasks ${JSON.stringify(work.tasks)}, shift ${work.shift}`,
    );
    expect(work.tasks.filter((ms) => ms > TASK_MS)).toEqual([]);
    expect(work.frame).toBeLessThanOrEqual(FRAME_MS);
    expect(work.shift).toBeLessThan(SHIFT);
    expect(speaker.said.length).toBeGreaterThan(RATE * SECONDS * 0.9);
    await john.sees(speaker.said.at(-1) as string);
  },
);
