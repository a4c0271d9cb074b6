/** The page of the cluster: servers at work, and what befalls them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, expect } from "vitest";
import { Chatty } from "../e2e/chatty.ts";
import { Client } from "../e2e/client.ts";
import { at, order } from "../e2e/operator.ts";
import { violations } from "./axe.ts";
import { Party } from "./party.ts";
import { browse, type Visitor } from "./visitor.ts";

/** Milliseconds a page is watched that should ask nothing; servers are shown as asleep after 10 s. */
const QUIET_MS = 12_000;

const party = new Party("federated");
let other: Chatty | undefined;
afterAll(() => other?.stop());

/** Three servers, with people on each. */
async function three(name: string, people = 1): Promise<{ chat: string; clients: Client[] }> {
  const chat = party.chat(name);
  const clients = [await party.speaker("Main 0", chat)];
  for (const server of ["b", "c"]) await order(party.url, chat, server, "start", { boot: "main" });
  for (const server of ["main", "b", "c"])
    for (let i = server === "main" ? 1 : 0; i < people; i++)
      clients.push(await Client.join(at(party.url, chat, server), `${server} ${i}`));
  return { chat, clients };
}

async function watched(chat: string, options?: BrowserContextOptions): Promise<Visitor> {
  const visitor = await party.visitor(options);
  await visitor.page.goto(`${party.url}/chats/${chat}/cluster`);
  return visitor;
}

const health = ({ page }: Visitor) => page.locator(".health");
const saysHealth = (visitor: Visitor, text: string | RegExp) => health(visitor).getByText(text).waitFor();
const event = ({ page }: Visitor, text: string | RegExp) => page.getByRole("log", { name: "Events" }).getByText(text).first().waitFor(); // biome-ignore format: one thing
/** The cells of a server's row. */
const row = ({ page }: Visitor, server: string) => page.getByRole("region", { name: "Servers" }).getByRole("row").filter({ has: page.getByRole("rowheader", { name: new RegExp(`^${server}( |$)`) }) }); // biome-ignore format: one thing
const cells = (visitor: Visitor, server: string) => row(visitor, server).getByRole("cell").allTextContents();

browse("W23 W18 V1 three servers are seen at work, in the ring and in the tables", async () => {
  const { chat, clients } = await three("work", 2);
  const eve = await watched(chat, { reducedMotion: "no-preference" });
  await saysHealth(eve, "All 3 servers are");
  await expect.poll(() => cells(eve, "b")).toEqual([expect.stringMatching(/up|asleep/), "2", "0", expect.any(String)]);
  const picture = eve.page.getByRole("img");
  expect(await picture.getAttribute("aria-label")).toBe(await health(eve).textContent());
  expect(await picture.locator(".node .count").allTextContents()).toEqual(["2", "2", "2"]);
  const dots = eve.page.locator(".message-dot");
  for (let i = 0; i < 10; i++) {
    for (const client of clients) client.say(`${client.name} ${i}`);
    await sleep(50);
  }
  await eve.until("dots to travel", async () => (await dots.count()) > 0);
  await expect.poll(() => cells(eve, "b")).toEqual(["up", "2", "20", "just now"]);
  await saysHealth(eve, "All 3 servers are up, and everything said is on each of them.");
  const links = eve.page.getByRole("region", { name: "Links" }).getByRole("row");
  await expect.poll(async () => (await links.allTextContents()).slice(1).sort()).toEqual([
    expect.stringMatching(/^bc(none|–)/),
    expect.stringMatching(/^bmain(none|–)/),
    expect.stringMatching(/^cb(none|–)/),
    expect.stringMatching(/^cmain(none|–)/),
    expect.stringMatching(/^mainbnone\d+ ms$/),
    expect.stringMatching(/^maincnone\d+ ms$/),
  ]); // biome-ignore format: one thing
  await eve.until("all dots to arrive", async () => (await dots.count()) === 0);
  await eve.page.getByRole("link", { name: "Back to the chat" }).click();
  await eve.page.getByRole("textbox", { name: "Name" }).fill("Eve");
  await eve.page.keyboard.press("Enter");
  await eve.page.getByRole("link", { name: "Watch them work" }).click();
  await saysHealth(eve, "All 3 servers are");
});

browse("W18 for those who want less motion nothing moves, and the table counts", async () => {
  const { chat, clients } = await three("still");
  const eve = await watched(chat);
  await saysHealth(eve, "All 3 servers are");
  await eve.page.evaluate(() => {
    new MutationObserver(() => document.querySelector(".message-dot") && document.body.setAttribute("data-moved", "")).observe(document.body, { childList: true, subtree: true }); // biome-ignore format: one thing
  });
  clients[1]?.say("from b");
  await expect.poll(async () => (await cells(eve, "b"))[2]).toBe("1");
  expect(await eve.page.locator("body").getAttribute("data-moved")).toBeNull();
});

browse("W20 V8 a page of a chat where nothing is said asks nothing, and shows that all sleep", async () => {
  const { chat } = await three("asleep");
  const eve = await watched(chat);
  await saysHealth(eve, "All 3 servers are");
  const asked: string[] = [];
  eve.page.on("request", (request) => asked.push(request.url()));
  eve.page.on("websocket", (socket) => asked.push(socket.url()));
  await sleep(QUIET_MS);
  await saysHealth(eve, "All 3 servers sleep until somebody speaks, and everything said is on each of them.");
  expect(asked).toEqual([]);
  expect(await eve.page.locator(".node.asleep").count()).toBe(3);
});

browse(
  "W22 W19 W23 with the cookie a server is started and another one disconnected, and its clients are seen to go over",
  async () => {
    const { chat } = await three("orders", 2);
    const eve = await watched(chat);
    const { page } = eve;
    await saysHealth(eve, "All 3 servers are");
    expect(await page.getByRole("button", { name: "Disconnect b" }).count()).toBe(0);
    const enter = async (cookie: string) => {
      await page.getByLabel("Cookie", { exact: true }).fill(cookie);
      await page.keyboard.press("Enter");
    };
    await enter("wrong");
    await page.getByLabel("New server").fill("d");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("That is not the cookie of this deployment").waitFor();
    await page.getByRole("button", { name: "Forget the cookie" }).click();
    await enter("secret");
    await page.getByLabel("New server").fill("d");
    await page.getByLabel("Joins").fill("nowhere");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("status").getByText("boot server 'nowhere'").waitFor();
    // The browser says so too.
    expect(eve.errors.splice(0)).toEqual([expect.stringContaining("401"), expect.stringContaining("404")]);
    await page.getByLabel("Joins").fill("main");
    await page.getByRole("button", { name: "Start" }).click();
    await event(eve, "d started");
    await page.getByRole("status").getByText("d is started").waitFor();
    await expect.poll(() => page.getByLabel("New server").inputValue()).toBe("");
    const place = () => page.locator(".node").filter({ hasText: /^b/ }).locator("circle").getAttribute("cx");
    const before = await place();
    await page.getByRole("button", { name: "Disconnect b" }).click();
    const dialog = page.getByRole("dialog", { name: "Disconnect b?" });
    await dialog.getByText("Its 2 clients go on").waitFor();
    await dialog.getByRole("button", { name: "Keep" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect((await cells(eve, "b"))[0]).not.toBe("left");
    await page.getByRole("button", { name: "Disconnect b" }).click();
    await dialog.getByRole("button", { name: "Disconnect" }).click();
    await event(eve, "b was disconnected, and left");
    await event(eve, /clients? of b went over to/);
    await expect.poll(async () => (await cells(eve, "b")).slice(0, 2)).toEqual(["left", "0"]);
    const now = async () => Promise.all(["main", "c", "d"].map(async (name) => Number((await cells(eve, name))[1])));
    await expect.poll(async () => (await now()).reduce((sum, count) => sum + count, 0)).toBe(6);
    expect(await place()).toBe(before);
    expect(await page.evaluate(() => [JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join())).not.toContain("secret"); // biome-ignore format: one thing
  },
);

/** What has the focus, as in `button Start`; nothing if it is lost. */
const focused = ({ page }: Visitor) =>
  page.evaluate(() => {
    const { activeElement: it } = document;
    const name = it?.getAttribute("aria-label") ?? it?.getAttribute("name") ?? it?.textContent;
    return it && it !== document.body ? `${it.localName} ${name}` : "nothing";
  });

/** By keys. */
async function goTo(visitor: Visitor, what: string, key = "Tab"): Promise<void> {
  for (let i = 0; i < 20 && (await focused(visitor)) !== what; i++) await visitor.page.keyboard.press(key);
  expect(await focused(visitor)).toBe(what);
}

browse("W22 W13 servers are started and disconnected by keys, and one is always somewhere", async () => {
  const { chat } = await three("keys");
  const eve = await watched(chat);
  const { page } = eve;
  const { keyboard } = page;
  const status = (text: string) => page.getByRole("status").getByText(text).waitFor();
  await goTo(eve, "input cookie");
  await keyboard.type("secret");
  await keyboard.press("Enter");
  await expect.poll(() => focused(eve)).toBe("input name");
  await keyboard.type("d");
  await goTo(eve, "button Start");
  await keyboard.press("Enter");
  await status("d is started");
  expect(await focused(eve)).toBe("button Start");
  await goTo(eve, "button Disconnect d", "Shift+Tab");
  await keyboard.press("Enter");
  await expect.poll(() => focused(eve)).toBe("button Keep");
  await keyboard.press("Enter");
  await expect.poll(() => focused(eve)).toBe("button Disconnect d");
  await keyboard.press("Enter");
  await expect.poll(() => focused(eve)).toBe("button Keep");
  await goTo(eve, "button Disconnect");
  await keyboard.press("Enter");
  await status("d has left");
  expect(await focused(eve)).toBe("p d has left");
  await goTo(eve, "button Forget the cookie", "Shift+Tab");
  await keyboard.press("Enter");
  await expect.poll(() => focused(eve)).toBe("input cookie");
});

browse("W22 W13 who may force what was refused is where they can", async () => {
  const chat = party.chat("alone");
  await party.speaker("Ann", chat);
  const eve = await watched(chat);
  const { keyboard } = eve.page;
  const error = { code: "no_peer", message: "no other server holds everything yet" };
  await eve.page.route("**/disconnect", (route) =>
    route.request().postDataJSON().force ? route.continue() : route.fulfill({ status: 503, json: { error } }),
  );
  await goTo(eve, "input cookie");
  await keyboard.type("secret");
  await keyboard.press("Enter");
  await goTo(eve, "button Disconnect main", "Shift+Tab");
  await keyboard.press("Enter");
  await goTo(eve, "button Disconnect");
  await keyboard.press("Enter");
  await eve.page.getByRole("button", { name: "Disconnect all the same" }).waitFor();
  await keyboard.press("Tab");
  expect(await focused(eve)).toBe("button Disconnect all the same");
  // The browser says too that it was refused.
  expect(eve.errors.splice(0)).toEqual([expect.stringContaining("503")]);
  await keyboard.press("Enter");
  await eve.page.getByRole("status").getByText("main has left").waitFor();
  expect(await focused(eve)).toBe("p main has left");
});

browse(
  "W19 W22 V6 a server of another deployment that is killed is shown unreachable, and up again when it is back",
  async () => {
    await other?.stop();
    other = await Chatty.start("federated");
    const chat = party.chat("federated");
    const ann = await party.speaker("Ann", chat);
    await order(other.url, chat, "b", "start", { boot: `main@${party.chatty.host}` });
    const name = `b@${other.host}`;
    const eve = await watched(chat);
    await saysHealth(eve, "Both servers are");
    await eve.page.getByLabel("Cookie", { exact: true }).fill("secret");
    await eve.page.keyboard.press("Enter");
    await row(eve, name).getByText(`takes orders at ${other.host} only`).waitFor();
    await other.kill();
    for (const text of ["one", "two", "three"]) ann.say(text);
    await saysHealth(eve, new RegExp(`^${name} has been unreachable for \\d+\\ss; 3 messages wait for it\\.$`));
    await event(eve, `${name} cannot be reached`);
    expect(await eve.page.locator(".node.unreachable, .line.broken").count()).toBe(2);
    await other.start();
    // It is tried again by itself within a while; that it says something ends the wait.
    const bob = await Client.join(at(other.url, chat, "b"), "Bob");
    bob.say("back");
    await event(eve, `${name} is reached again`);
    await saysHealth(eve, "Both servers are up, and everything said is on both.");
  },
);

browse("W21 a page out of touch says so, keeps what it knew, and comes back by itself", async () => {
  const { chat } = await three("touch");
  const eve = await watched(chat);
  await saysHealth(eve, "All 3 servers are");
  await party.chatty.kill();
  await eve.status.getByText("Out of touch: this is what was known last.").waitFor();
  expect(await eve.page.locator(".node").count()).toBe(3);
  const marks = eve.page.locator("tr.up .mark, tr.asleep .mark");
  const colours = await marks.evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark).backgroundColor));
  expect(colours).toEqual(Array(3).fill("rgba(0, 0, 0, 0)"));
  await party.chatty.start();
  await eve.until("to be back", async () => !(await eve.page.locator(".out-of-touch").textContent())?.includes("Out"));
  await saysHealth(eve, /All 3 servers|Out/);
});

const LOOKS: [string, BrowserContextOptions][] = [
  ["on a desk, light", { colorScheme: "light" }],
  ["on a phone, dark", { colorScheme: "dark", viewport: { width: 390, height: 844 } }],
  ["on a small screen at 200%", { viewport: { width: 320, height: 568 } }],
];

for (const [look, options] of LOOKS)
  browse(`W23 W16 nothing is in the way of those who cannot see it or use a mouse: ${look}`, async () => {
    const { chat } = await three("access");
    const eve = await watched(chat, options);
    const { page } = eve;
    await saysHealth(eve, "All 3 servers are");
    expect(await violations(eve), "looking").toEqual([]);
    await page.keyboard.press("Tab");
    const reached = new Set<string>();
    for (let i = 0; i < 8; i++) {
      reached.add(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.getAttribute("name") ?? document.activeElement?.textContent ?? "")); // biome-ignore format: one thing
      await page.keyboard.press("Tab");
    }
    for (const name of ["Back to the chat", "Servers", "Links", "cookie"]) expect(reached).toContain(name);
    await page.getByLabel("Cookie", { exact: true }).fill("secret");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Disconnect b" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await violations(eve), "operating").toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
  });
