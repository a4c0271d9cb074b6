/** The transcript over HTTP: whichever server answers, and when nobody has said anything, or was ever there. */
import { evictAllDurableObjects } from "cloudflare:test";
import { expect, it } from "vitest";
import { type Message, pair } from "./client.ts";
import { alarmOf, call, codeOf, disconnectServer, freshChat, rows, settled } from "./helpers.ts";

interface Page {
  messages: Message[];
  before?: string;
}

const ask = (chat: string, query = "") => call(`/chats/${chat}/transcript${query}`);

async function page(chat: string, query = ""): Promise<Page> {
  const { status, body } = await ask(chat, query);
  expect(status).toBe(200);
  return JSON.parse(body) as Page;
}

const texts = ({ messages }: Page): string[] => messages.map(({ name, text }) => `${name}: ${text}`);

it("H10 L7 the transcript of a chat nobody joined is empty, and asking for it writes nothing", async () => {
  const chat = freshChat();
  for (const query of ["", "?server=main", "?before=1790000000000:main:0a1b2c3d:17"])
    expect(await page(chat, query)).toEqual({ messages: [] });
  const names = "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'";
  expect(await rows(chat, "main", names)).toEqual([]);
  expect(await alarmOf(chat, "main")).toBeNull();
});

it("H10 H3 H4 H7 a server that was never started, names that are none and marks that are none are refused", async () => {
  const { chat } = await pair();
  const refused = async (query: string, status: number, code: string) => {
    const answer = await ask(chat, query);
    expect({ query, status: answer.status, code: codeOf(answer) }).toEqual({ query, status, code });
    expect(Object.keys(JSON.parse(answer.body) as object)).toEqual(["error"]);
  };
  await refused("?server=never", 404, "not_started");
  for (const name of ["", "No", "a_b", "b@127.0.0.1:9000", "x".repeat(33), "b%2Fws"])
    await refused(`?server=${name}`, 400, "bad_name");
  for (const mark of ["", "1", "yesterday", "1790000000000:main:0a1b2c3d", "1790000000000:main:0A1B2C3D:1"])
    for (const server of ["", "&server=b"]) await refused(`?before=${mark}${server}`, 400, "bad_before");
  expect((await call("/chats/No/transcript")).status).toBe(400);
});

it("H10 H11 L8 two servers answer the same, page by page, also after they forgot everything", async () => {
  const { chat, ann, bob } = await pair();
  const count = 130;
  for (let i = 0; i < count; i++) {
    ann.send(`${i}`);
    bob.send(`${i}`);
  }
  for (const person of [ann, bob]) await person.until(({ shown }) => shown.length === 2 * count + 1, "all");
  await settled(chat, "main", "b");
  const whole = async (server: string): Promise<Message[]> => {
    const pages: Message[][] = [];
    for (let mark: string | undefined = ""; mark !== undefined; ) {
      const { messages, before }: Page = await page(chat, `?server=${server}${mark && `&before=${mark}`}`);
      pages.unshift(messages);
      mark = before;
    }
    expect(pages.map(({ length }) => length)).toEqual([61, 100, 100]);
    return pages.flat();
  };
  const main = await whole("main");
  expect(main[0]).toEqual(ann.shown[0]);
  for (const { id, name } of [ann, bob]) {
    const own = main.filter((message) => message.id === id).map(({ n }) => n);
    const first = name === "Ann" ? 1 : 0;
    expect(own).toEqual(Array.from({ length: count + first }, (_, i) => i + 1));
  }
  expect(await whole("b")).toEqual(main);
  await evictAllDurableObjects();
  expect(await whole("b")).toEqual(main);
  expect(await whole("main")).toEqual(main);
  expect(await page(chat)).toEqual(await page(chat, "?server=b"));
});

it("H10 when main has left another server answers, with what was said since", async () => {
  const { chat, bob } = await pair();
  await disconnectServer(chat, "main");
  bob.send("without main");
  await bob.hears("without main");
  expect(texts(await page(chat))).toEqual(["Ann: hello", "Bob: without main"]);
  expect(texts(await page(chat, "?server=main"))).toEqual(["Ann: hello"]);
  await evictAllDurableObjects();
  expect(texts(await page(chat))).toEqual(["Ann: hello", "Bob: without main"]);
});
