/** The pictures of a cluster at work: people on four servers, one of which has just left, and messages on their way. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { Client } from "../e2e/client.ts";
import { at, order } from "../e2e/operator.ts";

/** How many people are on each server. */
const PEOPLE = { main: 9, b: 4, c: 6, d: 3 };
/** Milliseconds until dots are on their way. */
const FLYING_MS = 380;

/** Answers how to let messages travel once more: they are on their way when it is done. */
export async function showCluster(page: Page, url: string, chat: string): Promise<() => Promise<void>> {
  const clients: Client[] = [await Client.join(at(url, chat), "Person")];
  for (const server of Object.keys(PEOPLE).slice(1)) await order(url, chat, server, "start", { boot: "main" });
  for (const [server, count] of Object.entries(PEOPLE))
    for (let i = server === "main" ? 1 : 0; i < count; i++)
      clients.push(await Client.join(at(url, chat, server), "Person"));
  const talk = async () => {
    for (const client of clients.filter((_, i) => i % 5 === 0)) {
      client.say("hello");
      await sleep(40);
    }
    await sleep(FLYING_MS);
  };
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.goto(`${url}/chats/${chat}/cluster`);
  await page.locator(".node").first().waitFor();
  for (let i = 0; i < 10; i++) await talk();
  await order(url, chat, "d", "disconnect");
  await page.locator(".node.left").waitFor();
  return talk;
}
