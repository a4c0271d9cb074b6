/** Long lists: where one reads stays where it is, and much at once does not make the page slow. */
import { expect } from "vitest";
import type { Client } from "../e2e/client.ts";
import { Party } from "./party.ts";
import { browse, type Visitor } from "./visitor.ts";

const party = new Party();

/** Lines of a frame. */
const FRAME = 250;

/** Says many texts, each with its number, and waits until all are echoed. */
async function sayMany(speaker: Client, count: number): Promise<void> {
  const first = speaker.said.length + 1;
  const lines = Array.from({ length: count }, (_, i) => ({ type: "send", text: `text ${first + i}`, n: first + i }));
  speaker.said.push(...lines.map(({ text }) => text));
  for (let i = 0; i < count; i += FRAME) speaker.write(...lines.slice(i, i + FRAME));
  await speaker.until("for the last echo", () => speaker.echoed === speaker.said.length, 30_000);
}

const list = (visitor: Visitor) => visitor.page.getByRole("region", { name: "Conversation" });
const scrollTo = (visitor: Visitor, part: number) =>
  list(visitor).evaluate((box, part) => box.scrollTo(0, box.scrollHeight * part), part);

/** The numbers of the texts that are seen, or their rows are. */
const seen = (visitor: Visitor): Promise<number[]> =>
  list(visitor).evaluate((box) => {
    const { top, bottom } = box.getBoundingClientRect();
    return [...box.querySelectorAll(".text")]
      .filter((text) => text.getBoundingClientRect().bottom > top && text.getBoundingClientRect().top < bottom)
      .map((text) => Number(text.textContent?.slice("text ".length)));
  });

const isRun = (numbers: number[]) =>
  numbers.length > 5 && numbers.every((number, i) => i === 0 || number === (numbers[i - 1] as number) + 1);

browse("W15 10,000 messages are there in order, few of them drawn, and can be gone through", async () => {
  const chat = party.chat("long");
  const speaker = await party.speaker("Anne", chat);
  const john = await party.joined("John", chat);
  await sayMany(speaker, 10_000);
  await john.sees("text 10000");
  await john.until("the end", async () => (await seen(john)).at(-1) === 10_000);
  await john.until("few to be drawn", async () => (await john.page.locator(".row").count()) < 400);
  for (const part of [0.5, 0.2, 0.75, 0]) {
    await scrollTo(john, part);
    await john.until(`a run of messages at ${part}`, async () => isRun(await seen(john)));
  }
  expect((await seen(john)).at(0)).toBeLessThan(5);
  expect(await john.page.locator(".row").count()).toBeLessThan(400);
  await john.page.getByRole("button", { name: "Latest" }).click();
  await john.until("the end again", async () => (await seen(john)).at(-1) === 10_000);
});

browse("W7 the past is read as one scrolls up, and what one reads stays where it is", async () => {
  const chat = party.chat("past");
  const speaker = await party.speaker("Anne", chat);
  await sayMany(speaker, 450);
  const john = await party.joined("John", chat);
  await john.sees("text 450");
  expect(await john.log.locator(".text").count()).toBe(0);
  let tops = 0;
  await john.until("the beginning", async () => {
    const before = await list(john).evaluate((box) => {
      box.scrollTo(0, 300);
      const row = [...box.querySelectorAll<HTMLElement>(".row")].find((row) => row.getBoundingClientRect().top > 200);
      return { key: row?.dataset.key ?? "", top: row?.getBoundingClientRect().top ?? 0, height: box.scrollHeight };
    });
    await john.page.waitForTimeout(300);
    const after = await list(john).evaluate((box, key) => {
      const row = box.querySelector(`[data-key="${CSS.escape(key)}"]`);
      return { top: row?.getBoundingClientRect().top ?? -1, height: box.scrollHeight };
    }, before.key);
    expect(Math.abs(after.top - before.top)).toBeLessThan(2);
    if (after.height > before.height) tops++;
    return john.page.getByText("This is where what is kept of the chat begins").isVisible();
  });
  expect(tops).toBeGreaterThan(1);
  await scrollTo(john, 0);
  await john.until("the first", async () => (await seen(john))[0] === 1 && isRun(await seen(john)));
});

browse("W8 who reads above is not moved, and is told how much is new; who is at the end stays there", async () => {
  const chat = party.chat("unread");
  const speaker = await party.speaker("Anne", chat);
  const john = await party.joined("John", chat);
  await sayMany(speaker, 100);
  await john.until("the end", async () => (await seen(john)).at(-1) === 100);
  await scrollTo(john, 0.3);
  await john.until("the middle", async () => isRun(await seen(john)) && (await seen(john)).at(-1) !== 100);
  const before = await seen(john);
  await sayMany(speaker, 100);
  await john.page.getByRole("button", { name: "100 new" }).waitFor();
  expect(await seen(john)).toEqual(before);
  expect(await john.page.title()).toBe(`(100) ${chat} · Chatty`);
  await list(john).focus();
  await john.page.keyboard.press("End");
  await john.until("the end", async () => (await seen(john)).at(-1) === 200);
  await john.until("nothing new", async () => (await john.page.title()) === `${chat} · Chatty`);
  expect(await john.page.locator(".row:has(.new) .text").allTextContents()).toEqual(["text 101"]);
});
