/**
 * Takes the pictures of the page that the README shows, and more to be looked at: `npm run pictures` against a running `npm start`.
 *
 *   npm run pictures -- [URL] [FOLDER]
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type WebSocketRoute } from "playwright-core";
import { Client } from "../e2e/client.ts";
import { at, order } from "../e2e/operator.ts";
import { ARGS, executable } from "./chromium.ts";
import { showCluster } from "./cluster-pictures.ts";

const [url = "http://localhost:8787", folder = "docs/pictures"] = process.argv.slice(2);
const chat = `garden-${Date.now().toString(36).slice(-3)}`;

const SIZES = { desk: { width: 1120, height: 700 }, phone: { width: 390, height: 780 } };
/** Milliseconds until all that was said is drawn, and the numbers beside the list are there. */
const DRAWN_MS = 2500;

/** Who says what, in this order. */
const TALK: [string, string][] = [
  ["Anne", "Good morning! Did the seedlings survive the night?"],
  ["Joe", "All but two. The fleece helped a lot."],
  ["Joe", "I put up the notes from last year, if somebody wants to compare: https://example.org/garden/spring"],
  ["Mary", "Thank you! I can water on Thursday."],
  ["Anne", "Perfect. Then I take the weekend."],
  ["Mary", "Shall we move the beans outside already?"],
  ["Joe", "One more week, I think. The nights are still cold,\nand we have no fleece left."],
  ["other", "Hello, I am the other Joe. Is there room for one more?"],
];

const path = await executable();
if (path === undefined) throw new Error("there is no Chromium or Chrome that runs here");
const browser = await chromium.launch({ executablePath: path, args: ARGS });
const page = await (await browser.newContext({ locale: "en-GB", reducedMotion: "reduce" })).newPage();
mkdirSync(folder, { recursive: true });

/** One picture of each size and colour scheme; `first`: what is done before each. */
async function pictures(name: string, first = async (): Promise<void> => {}): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES))
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await sleep(200);
      await first();
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
    }
}

const say = async (text: string): Promise<void> => {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.keyboard.press("Enter");
  await sleep(100);
};

const guests = new Map<string, Client>();
for (const name of ["Anne", "Joe", "Mary"]) guests.set(name, await Client.join(at(url, chat), name));
await order(url, chat, "b", "start", { boot: "main" });
guests.set("other", await Client.join(at(url, chat, "b"), "Joe"));
const hear = async (talk: [string, string][]): Promise<void> => {
  for (const [name, text] of talk) {
    guests.get(name)?.say(text);
    await sleep(50);
  }
};

let connection: WebSocketRoute | undefined;
let lost = false;
await page.routeWebSocket(/\/ws$/, (socket) => {
  connection = socket;
  if (lost) void socket.close();
  else socket.connectToServer();
});
await hear(TALK.slice(0, 4));
await page.goto(`${url}/chats/${chat}`);
await page.getByRole("textbox", { name: "Name" }).fill("John");
await pictures("door");
await page.getByRole("button", { name: "Join" }).click();
await page.getByRole("textbox", { name: "Message" }).waitFor();
await hear(TALK.slice(4, 6));
await say("I have some fleece in the shed");
await say("I can bring it on Saturday");
await hear(TALK.slice(6));
await sleep(DRAWN_MS);
await pictures("chat");
lost = true;
await connection?.close();
await say("Who will be there?");
await sleep(DRAWN_MS);
await pictures("offline");
await page.locator("header .people").click();
await page.screenshot({ path: join(folder, "people-phone-dark.png") });
lost = false;
await pictures("cluster", await showCluster(page, url, `${chat}-cluster`));
Client.endAll();
await browser.close();
