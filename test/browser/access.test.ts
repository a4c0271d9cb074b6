/** The page for those who use keys, a screen reader, a phone or large letters. */
import type { BrowserContextOptions } from "playwright-core";
import { expect } from "vitest";
import { violations } from "./axe.ts";
import { Party } from "./party.ts";
import { browse } from "./visitor.ts";

const party = new Party();

const LOOKS: [string, BrowserContextOptions][] = [
  ["on a desk, light", { colorScheme: "light" }],
  ["on a phone, dark", { colorScheme: "dark", viewport: { width: 390, height: 844 } }],
];

for (const [look, options] of LOOKS)
  browse(`W14 nothing is in the way of those who cannot see it or use a mouse: ${look}`, async () => {
    const chat = party.chat("access");
    const john = await party.visitor(options);
    await john.page.goto(party.url);
    await john.page.getByRole("button", { name: "Join" }).waitFor();
    expect(await violations(john), "door").toEqual([]);
    const speaker = await party.speaker("Anne", chat);
    for (let i = 0; i < 12; i++)
      (await party.speaker(`Guest ${i}`, chat)).say(`I am number ${i}, see https://example.com`);
    await john.join(`${party.url}/chats/${chat}`, "John");
    await john.say("hello all");
    speaker.say("hello John");
    await john.sees("hello John");
    expect(await violations(john), "room").toEqual([]);
    const people = john.page.locator("header .people");
    if (await people.isVisible()) {
      await people.click();
      expect(await violations(john), "people").toEqual([]);
      await john.page.keyboard.press("Escape");
    }
    await john.page.getByRole("button", { name: "Keys" }).click();
    expect(await violations(john), "keys").toEqual([]);
  });

browse("W14 only what comes is read aloud; what was before is outside of the log", async () => {
  const chat = party.chat("aloud");
  const speaker = await party.speaker("Anne", chat);
  speaker.say("before");
  const john = await party.joined("John", chat);
  await john.sees("before");
  speaker.say("now");
  await john.log.getByText("now").waitFor();
  expect(await john.log.locator(".text").allTextContents()).toEqual(["now"]);
  const tree = await john.page.locator("main").ariaSnapshot();
  expect(tree).toContain('region "Earlier messages"');
  expect(tree).toContain('log "Messages"');
  expect(tree).toContain("status");
});

browse("W13 all is done by keys", async () => {
  const chat = party.chat("keys");
  const john = await party.visitor();
  const { page } = john;
  await page.goto(`${party.url}/chats/${chat}`);
  await page.getByRole("textbox", { name: "Name" }).waitFor();
  await page.keyboard.type("John");
  await page.keyboard.press("Enter");
  await john.message.waitFor();
  await page.keyboard.type("one?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two");
  expect(await john.texts()).toEqual([]);
  await page.keyboard.press("Enter");
  await john.sees("one?\ntwo");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await keys.waitFor();
  await page.keyboard.press("Escape");
  await keys.waitFor({ state: "hidden" });
  await page.getByRole("region", { name: "Conversation" }).focus();
  await page.keyboard.type("back");
  expect(await john.message.inputValue()).toBe("back");
  const reached = new Set<string>();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "")); // biome-ignore format: one thing
  }
  for (const name of ["Send", "Copy link", "Keys", "Leave", "Conversation", "Message"]) expect(reached).toContain(name);
  await page.getByRole("button", { name: "Leave" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Name" }).waitFor();
});

/** A phone of the smallest kind, and a small screen at 200%. */
const NARROW = [{ width: 320, height: 568 }, { width: 640, height: 360 }]; // biome-ignore format: one thing

browse("W14 it fits narrow screens and large letters", async () => {
  for (const viewport of NARROW) {
    const john = await party.joined("John", party.chat("narrow"), { viewport });
    await john.say("w".repeat(200));
    await john.until("it to be sent", async () => (await john.page.locator(".sent").count()) === 1);
    const box = await john.message.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
    expect(await john.page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
    await john.page.locator("header .people").click();
    await john.page.getByRole("complementary").getByText("John").waitFor();
  }
});
