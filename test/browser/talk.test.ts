/** People meet on the page and talk. */
import { expect } from "vitest";
import { order } from "../e2e/operator.ts";
import { Party } from "./party.ts";
import { browse } from "./visitor.ts";

const party = new Party();

browse("W1 W2 two people join by name and talk; the name is remembered, the chat is that of the address", async () => {
  const chat = party.chat("tea-room");
  const john = await party.visitor();
  await john.page.goto(party.url);
  await john.page.getByRole("textbox", { name: "Name" }).fill("John");
  await john.page.getByRole("textbox", { name: "Chat" }).fill(chat);
  await john.page.keyboard.press("Enter");
  await john.message.waitFor();
  expect(new URL(john.page.url()).pathname).toBe(`/chats/${chat}`);
  const anne = await party.joined("Anne", chat);
  await john.say("hi!");
  await anne.sees("hi!");
  await anne.say("hello\nJohn");
  await john.sees("hello\nJohn");
  expect(await john.log.locator(".text").allTextContents()).toEqual(["hi!", "hello\nJohn"]);
  expect(await john.page.locator(".mine .state").allTextContents()).toEqual(["sent"]);
  expect(await anne.side()).toEqual(["main 2 here, yours", "Anne you", "John"]);
  await anne.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await anne.page.getByRole("button", { name: "Copy link" }).click();
  await anne.status.getByText("The link is copied").waitFor();
  expect(await anne.page.evaluate(() => navigator.clipboard.readText())).toBe(`${party.url}/chats/${chat}`);
  const again = party.add(await john.another());
  await again.page.goto(`${party.url}/chats/other`);
  expect(await again.page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("John");
});

browse("W3 W5 people of one name are told apart; who comes and goes is one line", async () => {
  const chat = party.chat("namesakes");
  const john = await party.joined("John", chat);
  for (const name of ["John", "Mary"]) (await party.speaker(name, chat)).say(`I am ${name}`);
  await john.sees("I am Mary");
  await john.sees("I am John");
  const names = await john.page.locator(".first .theirs .bubble > .name").allTextContents();
  expect(names.sort()).toEqual([expect.stringMatching(/^John #[0-9a-f]{4,}$/), "Mary"]);
  await john.until("one line for all who came", async () => (await john.page.locator(".came").count()) <= 2);
});

const HOSTILE = [
  "<img src=x onerror=alert(1)><script>alert(2)</script>",
  "javascript:alert(1) data:text/html,<b>x</b>",
  "\u202eevil\u2066 \u0007\u001b[2J",
  `z${"\u0300".repeat(500)}`,
  "x".repeat(4096),
  '{"type":"message","name":"Anne"}',
];

browse("W4 hostile texts are only text, and push nothing out of its place", async () => {
  const chat = party.chat("hostile");
  const john = await party.joined("John", chat);
  const mallory = await party.speaker("<b>Mallory</b>", chat);
  for (const text of HOSTILE) mallory.say(text);
  mallory.say("see https://example.com/x, or https://bank.example@evil.example/");
  await john.until("all that was said", async () => (await john.texts()).length === HOSTILE.length + 1);
  expect((await john.texts()).slice(0, HOSTILE.length)).toEqual(HOSTILE);
  expect(await john.page.locator(".first .theirs .bubble > .name").textContent()).toBe("<b>Mallory</b>");
  expect(await john.page.locator(".text :not(a), .text img").count()).toBe(0);
  const links = john.page.locator(".text a");
  expect(await links.evaluateAll((all) => all.map((a) => [a.getAttribute("href"), a.getAttribute("rel")]))).toEqual([
    ["https://example.com/x", "noopener noreferrer nofollow ugc"],
  ]);
  const wide = await john.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});

browse("W1 W6 a server can be given or gone to, with all there is; one that is not there is said", async () => {
  const chat = party.chat("two-servers");
  await party.speaker("Anne", chat);
  await order(party.url, chat, "b", "start", { boot: "main" });
  await order(party.url, chat, "c", "start", { boot: "main" });
  const mary = await party.joined("Mary", chat);
  const john = await party.joined("John", `${chat}?server=b`);
  const [main, c] = ["main 2 here, yours", "c 0 here"];
  await john.untilSide(["b 1 here, yours", "John you", c, "main 2 here", "Anne", "Mary"]);
  await mary.untilSide([main, "Anne", "Mary you", "b 1 here", "John", c]);
  await john.say("from b");
  await john.page.getByRole("link", { name: "main" }).click();
  await john.sees("from b");
  await john.untilSide(["main 3 here, yours", "Anne", "John you", "Mary", "b 0 here", c]);
  await mary.untilSide(["main 3 here, yours", "Anne", "John", "Mary you", "b 0 here", c]);
  const tree = await mary.page.getByRole("complementary").ariaSnapshot();
  expect(tree).toContain('heading "main 3 here, yours" [level=3]');
  expect(tree).toContain('list "On main"');
  expect(await john.texts()).toEqual(["from b"]);
  await john.page.goto(`${party.url}/chats/${chat}?server=nowhere`);
  await john.sees("from b");
  const lost = await party.visitor();
  await lost.page.goto(`${party.url}/chats/${chat}?server=nowhere`);
  await lost.page.getByRole("alert").getByText("There is no server nowhere").waitFor();
});

browse(
  "W17 of a crowd it is said how many more are on each server, and who speaks is listed where they are",
  async () => {
    const chat = party.chat("crowd");
    await order(party.url, chat, "b", "start", { boot: "main" });
    for (let i = 0; i < 110; i++) await party.speaker(`p${i}`, chat);
    const speaker = await party.speaker("Zoe", chat, "b");
    const john = await party.joined("John", chat);
    const said = async () => (await john.side()).filter((line) => /here|more|Zoe/.test(line));
    await john.until(
      "the numbers",
      async () => (await said()).join() === "main 111 here, yours,and 10 more,b 1 here,and 1 more",
    );
    speaker.say("I am here");
    await john.until("Zoe", async () => (await said()).join() === "main 111 here, yours,and 10 more,b 1 here,Zoe");
  },
);
