/** Servers go and come back, pages are loaded anew, and nobody loses or repeats a word. */
import { expect } from "vitest";
import { order } from "../e2e/operator.ts";
import { violations } from "./axe.ts";
import { Party } from "./party.ts";
import { browse, SEEN_MS } from "./visitor.ts";

const party = new Party();

browse(
  "W9 W2 what is said while the server is dead arrives once when it is back, and the banner tells the truth",
  async () => {
    const chat = party.chat("offline");
    const john = await party.joined("John", chat);
    const anne = await party.joined("Anne", chat);
    await anne.say("before");
    await john.sees("before");
    await party.chatty.kill();
    await john.status.getByText("No connection").waitFor();
    for (const text of ["one", "two", "three"]) await john.say(text);
    await john.status.getByText("No connection, 3 waiting").waitFor();
    expect(await john.sending()).toEqual(["one", "two", "three"]);
    await anne.say("of Anne");
    await party.chatty.start();
    for (const visitor of [john, anne]) {
      const now = visitor.page.getByRole("button", { name: "Try now" });
      // It may have come back by itself.
      if (await now.isVisible()) await now.click({ timeout: 1000 }).catch(() => {});
    }
    for (const visitor of [john, anne]) await visitor.until("all", async () => (await visitor.texts()).length === 5);
    for (const visitor of [john, anne])
      await visitor.until("all sent", async () => (await visitor.sending()).length === 0);
    await anne.status.getByText("Caught up: 3 messages").waitFor();
    for (const visitor of [john, anne]) {
      const texts = await visitor.texts();
      expect(texts.toSorted()).toEqual(["before", "of Anne", "one", "three", "two"]);
      expect(texts.filter((text) => text !== "of Anne")).toEqual(["before", "one", "two", "three"]);
    }
  },
);

browse("W24 who is without a connection sees who was here as known last, until it is back", async () => {
  const chat = party.chat("outdated");
  const john = await party.joined("John", chat);
  await order(party.url, chat, "b", "start", { boot: "main" });
  await john.untilSide(["main 1 here, yours", "John you", "b 0 here"]);
  const heading = john.page.locator(".side h2");
  const here = john.page.locator("header .people");
  const colours = () =>
    john.page.locator(".side .dot").evaluateAll((dots) => dots.map((dot) => getComputedStyle(dot).backgroundColor));
  const [alive] = await colours();
  expect([await heading.textContent(), await here.textContent()]).toEqual(["1 person", "1 here"]);
  await party.chatty.kill();
  await john.status.getByText("No connection").waitFor();
  expect([await heading.textContent(), await here.textContent()]).toEqual(["1 person as last known", "1 was here"]);
  expect(await colours()).toEqual(Array(2).fill("rgba(0, 0, 0, 0)"));
  expect(await john.side()).toEqual(["main 1 here, yours", "John you", "b 0 here"]);
  expect(await violations(john)).toEqual([]);
  await party.chatty.start();
  await expect.poll(() => heading.textContent(), { timeout: SEEN_MS }).toBe("1 person");
  expect([await here.textContent(), await colours()]).toEqual(["1 here", [alive, alive]]);
});

browse("W9 whose server is disconnected goes on at another one and sees no banner", async () => {
  const chat = party.chat("moving");
  const john = await party.joined("John", chat);
  await order(party.url, chat, "b", "start", { boot: "main" });
  const mary = await party.joined("Mary", `${chat}?server=b`);
  await mary.say("from b");
  await john.sees("from b");
  await mary.page.evaluate(() => {
    const status = document.querySelector("[role=status]") as Element;
    const told = () =>
      document.body.setAttribute("data-told", `${document.body.dataset.told ?? ""}${status.textContent}`);
    new MutationObserver(told).observe(status, { childList: true, characterData: true, subtree: true });
  });
  await order(party.url, chat, "b", "disconnect");
  await mary.say("from main");
  await john.sees("from main");
  await john.say("welcome");
  await mary.sees("welcome");
  expect(await mary.texts()).toEqual(["from b", "from main", "welcome"]);
  expect((await mary.page.locator("body").getAttribute("data-told")) ?? "").toBe("");
});

browse(
  "W11 W7 a page loaded anew in the midst of saying something is the same person, who says the rest once",
  async () => {
    const chat = party.chat("reload");
    const john = await party.joined("John", chat);
    const anne = await party.joined("Anne", chat);
    await anne.say("first");
    await john.sees("first");
    const texts = Array.from({ length: 5 }, (_, i) => `text ${i}`);
    for (const text of texts) await john.say(text);
    await john.message.fill("half a sen");
    await john.page.reload();
    await john.message.waitFor();
    expect(await john.message.inputValue()).toBe("half a sen");
    for (const visitor of [john, anne]) {
      await visitor.until("all", async () => (await visitor.texts()).length === 6);
      await visitor.until("all sent", async () => (await visitor.sending()).length === 0);
      expect(await visitor.texts()).toEqual(["first", ...texts]);
    }
    expect(await john.page.locator(".mine .text").allTextContents()).toEqual(texts);
    expect(await anne.page.getByRole("complementary").getByText("John", { exact: true }).count()).toBe(1);
  },
);

browse("W11 a copied tab is somebody else, and the first one goes on", async () => {
  const chat = party.chat("copies");
  const john = await party.joined("John", chat);
  await john.say("one");
  const opened = john.context.waitForEvent("page");
  await john.page.evaluate(() => void window.open(location.href));
  const copy = await opened;
  await copy.getByRole("textbox", { name: "Name" }).waitFor();
  expect(await copy.getByRole("textbox", { name: "Name" }).inputValue()).toBe("John");
  await copy.getByRole("button", { name: "Join" }).click();
  await copy.getByRole("textbox", { name: "Message" }).fill("two");
  await copy.keyboard.press("Enter");
  await john.sees("two");
  expect(await john.page.locator(".theirs .text").allTextContents()).toEqual(["two"]);
  expect(await john.status.textContent()).not.toContain("another tab");
});

browse("W12 after an outage a newer page says so, and is loaded when nobody minds", async () => {
  const chat = party.chat("newer");
  const john = await party.joined("John", chat);
  await john.say("one");
  await john.message.fill("not yet");
  await party.chatty.kill();
  await john.status.getByText("No connection").waitFor();
  await john.page.route(`**/chats/${chat}`, async (route) => {
    const answer = await route.fetch({ maxRetries: 3 });
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/index-[^.]+\.js/, "index-newer.js") });
  });
  await party.chatty.start();
  await john.status.getByText("A newer page is there").waitFor();
  await john.page.unroute(`**/chats/${chat}`);
  await john.page.evaluate(() => Object.defineProperty(document, "hidden", { get: () => true }));
  const loaded = john.page.waitForEvent("load");
  expect(await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 2500, "not yet"))])).toBe("not yet");
  await john.message.fill("");
  await loaded;
  await john.sees("one");
});
