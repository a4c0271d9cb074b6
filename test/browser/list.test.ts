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

const height = (visitor: Visitor) => list(visitor).evaluate((box) => box.scrollHeight);

/** How far below the top of the page the text with a number is drawn, in pixels. */
const topOf = (visitor: Visitor, number: number) =>
  visitor.page
    .locator(".text")
    .getByText(`text ${number}`, { exact: true })
    .evaluate((text) => text.getBoundingClientRect().top);

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
  await john.until("the first page of what is before", async () => (await height(john)) > 4000);
  // So slow that what is there is drawn before more comes.
  await john.page.route("**/transcript?**", async (route) => {
    await john.page.waitForTimeout(400);
    await route.continue();
  });
  const beginning = john.page.getByText("This is where what is kept of the chat begins");
  let pages = 0;
  for (; !(await beginning.isVisible()); pages++) {
    const before = await height(john);
    await list(john).evaluate((box) => box.scrollTo(0, 300));
    await john.until("what is there", async () => isRun(await seen(john)));
    const last = (await seen(john)).at(-1) as number;
    const top = await topOf(john, last);
    await john.until("more", async () => (await height(john)) > before + 2000);
    expect(Math.abs((await topOf(john, last)) - top), `text ${last} after page ${pages}`).toBeLessThan(2);
  }
  expect(pages).toBe(4);
  await scrollTo(john, 0);
  await john.until("the first", async () => (await seen(john))[0] === 1 && isRun(await seen(john)));
});

browse("W8 who reads above is not moved, and is told how much is new; who is at the end stays there", async () => {
  const chat = party.chat("unread");
  const speaker = await party.speaker("Anne", chat);
  const john = await party.joined("John", chat);
  await sayMany(speaker, 100);
  await john.until("the end", async () => (await seen(john)).at(-1) === 100);
  for (const width of [390, 1280, 360, 1280]) {
    await john.page.setViewportSize({ width, height: 720 });
    await john.until(`the end at ${width}`, async () => (await seen(john)).at(-1) === 100);
  }
  await scrollTo(john, 0.3);
  await john.until("the middle", async () => isRun(await seen(john)) && (await seen(john)).at(-1) !== 100);
  const middle = (await seen(john))[5] as number;
  const top = await topOf(john, middle);
  await sayMany(speaker, 100);
  await john.page.getByRole("button", { name: "100 new" }).waitFor();
  expect(Math.abs((await topOf(john, middle)) - top)).toBeLessThan(2);
  expect(await john.page.title()).toBe(`(100) ${chat} · Chatty`);
  await list(john).focus();
  await john.page.keyboard.press("End");
  await john.until("the end", async () => (await seen(john)).at(-1) === 200);
  await john.until("nothing new", async () => (await john.page.title()) === `${chat} · Chatty`);
  expect(await john.page.locator(".row:has(.new) .text").allTextContents()).toEqual(["text 101"]);
});
