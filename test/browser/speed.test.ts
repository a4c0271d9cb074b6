/** How fast the page is: each figure is the best of a few tries, for the machine may do much else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { Party } from "./party.ts";
import { browse, type Visitor } from "./visitor.ts";

const party = new Party();
const BUILT = join(import.meta.dirname, "../../dist/web");
/** Bytes all scripts of a page may have, compressed. */
const SCRIPTS = 40_000;
/** Milliseconds from the navigation until the first message is seen, a task may take, and the work of 95% of the frames. */
const [FIRST_MS, TASK_MS, FRAME_MS] = [1000, 50, 16];
/** Messages a second, and how many seconds. */
const [RATE, SECONDS] = [200, 4];
const TRIES = 3;
/** Of the browser's own measure, in which all of the screen moving by its height is 1: a line in the side list. */
const SHIFT = 0.01;

it.for(["index.html", "cluster.html"])("W15 the scripts of %s are small", (page) => {
  const scripts = Array.from(readFileSync(join(BUILT, page), "utf8").matchAll(/src="([^"]+)"/g), ([, src = ""]) => src);
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(BUILT, name)), { level: 9 }).length, 0);
  console.log(`scripts of ${page}: ${bytes} bytes gzipped`);
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
  /** Milliseconds of processor time of the longest task. */
  task: number;
  /** The same, which 95% of the frames stay below. */
  frame: number;
  frames: number;
}

/** One event of a trace; times are in µs. */
interface Traced {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  /** Absent where none was used. */
  tdur?: number;
  args: { name?: string; data?: { frames?: { url: string; processId: number }[] } };
}

/** What the page did meanwhile, in processor time: how long others made it wait says nothing of it. */
async function working(visitor: Visitor, meanwhile: () => Promise<void>): Promise<Work> {
  const browser = visitor.context.browser() as Browser;
  await browser.startTracing(visitor.page, {
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  await meanwhile();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Traced[] };
  // Other tests have pages in this browser, too.
  const process = traceEvents
    .flatMap(({ args }) => args.data?.frames ?? [])
    .find(({ url }) => url === visitor.page.url())?.processId;
  const main = traceEvents.find(
    ({ name, pid, args }) => pid === process && name === "thread_name" && args.name === "CrRendererMain",
  );
  const done = traceEvents.filter(({ pid, tid, ph }) => ph === "X" && pid === main?.pid && tid === main.tid);
  const tasks = done.filter(({ name }) => name === "ThreadControllerImpl::RunTask");
  const drawings = done.filter(({ name }) => name === "FireAnimationFrame");
  const frames = tasks
    .filter(({ ts, dur }) => drawings.some((drawing) => drawing.ts >= ts && drawing.ts < ts + dur))
    .map(({ tdur }) => (tdur ?? 0) / 1000)
    .sort((a, b) => a - b);
  return {
    task: Math.max(...tasks.map(({ tdur }) => (tdur ?? 0) / 1000)),
    frame: frames[Math.floor(frames.length * 0.95)] ?? Number.NaN,
    frames: frames.length,
  };
}

browse(
  `W15 while ${RATE} messages arrive each second no task is long, and nothing moves that nobody moved`,
  async () => {
    const chat = party.chat("busy");
    const speaker = await party.speaker("Anne", chat);
    const john = await party.joined("John", chat);
    await john.page.evaluate(() => {
      new PerformanceObserver((entries) => {
        const { dataset } = document.body;
        for (const entry of entries.getEntries())
          dataset.shift = `${Number(dataset.shift ?? 0) + (entry as PerformanceEntry & { value: number }).value}`;
      }).observe({ type: "layout-shift" });
    });
    const talk = async () => {
      const [from, first] = [Date.now(), speaker.said.length];
      for (let due = 0; due < RATE * SECONDS; await sleep(5)) {
        due = Math.min(RATE * SECONDS, Math.ceil(((Date.now() - from) * RATE) / 1000));
        while (speaker.said.length < first + due)
          speaker.say(`text ${speaker.said.length + 1}, about as long as people write`);
      }
      await john.sees(speaker.said.at(-1) as string);
    };
    const work = await best(
      () => working(john, talk),
      ({ task, frame }) => task <= TASK_MS && frame <= FRAME_MS,
    );
    const shift = Number((await john.page.locator("body").getAttribute("data-shift")) ?? 0);
    const { task, frame, frames } = work;
    console.log(
      `at ${RATE}/s: ${frames} frames, p95 ${frame.toFixed(1)} ms, longest task ${task.toFixed(1)} ms, shift ${shift}`,
    );
    expect(task).toBeLessThanOrEqual(TASK_MS);
    expect(frame).toBeLessThanOrEqual(FRAME_MS);
    expect(frames).toBeGreaterThan(SECONDS * 5);
    expect(shift).toBeLessThan(SHIFT);
  },
);
