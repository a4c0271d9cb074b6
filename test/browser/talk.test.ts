/** People talk on the page, lose the server, and go on. */
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { Chatty } from "../e2e/chatty.ts";
import { browse, Visitor } from "./visitor.ts";

let chatty: Chatty;
const visitors: Visitor[] = [];

beforeAll(async () => {
  chatty = await Chatty.start();
});

afterEach(async () => {
  for (const visitor of visitors.splice(0)) {
    expect(visitor.errors.filter((error) => !/ERR_CONNECTION_REFUSED|WebSocket/.test(error))).toEqual([]);
    await visitor.leave();
  }
});

afterAll(() => chatty.stop());

async function joined(name: string, path = "/chats/lobby"): Promise<Visitor> {
  const visitor = await Visitor.come();
  visitors.push(visitor);
  return visitor.join(chatty.url + path, name);
}

browse("W1 two people talk", async () => {
  const john = await joined("John");
  const anne = await joined("Anne");
  await john.say("hi!");
  await anne.sees("hi!");
  await anne.say("hello John");
  await john.sees("hello John");
  expect(await john.texts()).toEqual(["hi!", "hello John"]);
  await john.page.screenshot({ path: "/tmp/shot.png" });
});
