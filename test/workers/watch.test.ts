/** Watching the cluster on real objects: it wakes one, which sleeps on, and writes nothing. */
import { evictAllDurableObjects } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, expect, it } from "vitest";
import { MAX_WATCHERS } from "../../src/chat/limits.ts";
import type { View } from "../../src/chat/view.ts";
import { Client, open } from "./client.ts";
import { alarmOf, call, codeOf, disconnectServer, eventually, freshChat, inside, rows, setAhead, settled, startServer, tap } from "./helpers.ts"; // biome-ignore format: one thing
import { Spectator } from "./spectator.ts";

afterEach(() => setAhead(0));

const seen = async (chat: string) => {
  const answer = await call(`/chats/${chat}/cluster.json`);
  expect(answer.status).toBe(200);
  return JSON.parse(answer.body) as View;
};

it("V1 V3 a watcher is told the cluster, what travels, and what changes; cluster.json says the same", async () => {
  const chat = freshChat();
  const john = await Client.join(chat, "John");
  const watcher = await Spectator.come(chat);
  expect(watcher.servers).toEqual(["main alive 1"]);
  await startServer(chat, "b");
  const mary = await Client.join(chat, "Mary", "b");
  await watcher.sees("b alive 1", "main alive 1");
  mary.send("hello");
  await john.hears("hello");
  await eventually("what travels", async () => watcher.lines.some(({ type }) => type === "traffic"));
  expect(watcher.lines.find(({ type }) => type === "traffic")).toEqual({ type: "traffic", messages: { b: 1 } });
  await settled(chat, "main", "b");
  const { servers, links, server } = await seen(chat);
  expect([server, servers]).toEqual(["main", watcher.view.servers]);
  expect(links).toContainEqual(expect.objectContaining({ from: "main", to: "b", lag: 0 }));
  watcher.leave();
});

it("V2 a watcher hears no message and is no client, and whatever it says harms nobody", async () => {
  const chat = freshChat();
  const watcher = await Spectator.come(chat);
  const john = await Client.join(chat, "John");
  for (const data of ['{"type":"client_join_req","name":"Eve"}', "{", '{"type":"ack"}', "ping"]) watcher.raw(data);
  john.send("secret");
  await john.hears("secret");
  await eventually("an error", async () => watcher.lines.filter(({ type }) => type === "error").length === 2);
  expect(watcher.frames).toContain("pong");
  expect(watcher.frames.join()).not.toContain("secret");
  expect(watcher.servers).toEqual(["main alive 1"]);
});

it("V4 L7 looking at a chat nobody has joined writes nothing, and shows it once somebody has", async () => {
  const chat = freshChat();
  const answer = await call(`/chats/${chat}/cluster.json`);
  expect([answer.status, codeOf(answer)]).toEqual([404, "not_started"]);
  const watcher = await Spectator.come(chat);
  expect(watcher.view.servers).toEqual([]);
  expect(await rows(chat, "main", "SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")).toEqual(
    [],
  );
  expect(await alarmOf(chat, "main")).toBeNull();
  await Client.join(chat, "John");
  await watcher.sees("main alive 1");
});

it("V8 a watcher's connection survives the sleep of its server; it is told what is new when something is", async () => {
  const chat = freshChat();
  await startServer(chat, "b");
  const john = await Client.join(chat, "John");
  await settled(chat, "main", "b");
  const watcher = await Spectator.come(chat);
  const told = watcher.frames.length;
  await evictAllDurableObjects();
  const asked = await tap(chat, "main");
  watcher.raw("ping");
  await eventually("a pong", async () => watcher.frames.length > told);
  expect([watcher.frames.slice(told), asked]).toEqual([["pong"], []]);
  expect(await inside(chat, "main", (state) => state.getWebSockets().length)).toBe(2);
  john.send("good morning");
  await john.hears("good morning");
  await eventually("what travels", async () => watcher.lines.some(({ type }) => type === "traffic"));
  expect(watcher.servers).toEqual(["b alive 0", "main alive 1"]);
});

it("V9 V1 a server that leaves sends its watchers away, and another one is placed for them", async () => {
  const chat = freshChat();
  await startServer(chat, "b");
  const watcher = await Spectator.come(chat);
  await disconnectServer(chat, "main");
  await eventually("its end", async () => watcher.closed !== undefined);
  expect([watcher.closed, watcher.servers]).toEqual([1001, ["b alive 0", "main left 0"]]);
  const again = await Spectator.come(chat);
  expect([again.view.server, again.servers]).toEqual(["b", ["b alive 0", "main left 0"]]);
  expect((await seen(chat)).server).toBe("b");
  await disconnectServer(chat, "b");
  await eventually("its end", async () => again.closed !== undefined);
  expect((await Spectator.come(chat)).servers).toContain("main left 0");
});

it("V1 H4 a watcher's path needs an upgrade", async () => {
  const answer = await call(`/chats/${freshChat()}/cluster/ws`);
  expect([answer.status, codeOf(answer)]).toEqual([426, "upgrade_required"]);
});

it("V10 a server has room for so many watchers", async () => {
  const chat = freshChat();
  for (let i = 0; i < MAX_WATCHERS; i += 100)
    await Promise.all(Array.from({ length: 100 }, async () => (await open(`/chats/${chat}/cluster/ws`)).accept()));
  await expect(open(`/chats/${chat}/cluster/ws`)).rejects.toThrow("503");
  expect((await Client.join(chat, "John")).closed).toBeUndefined();
});

it("W23 W16 the page of the cluster is served under the same policy, and says where machines look", async () => {
  const response = await exports.default.fetch("https://chatty.example/chats/tea-room/cluster");
  expect([response.status, response.headers.get("content-security-policy")]).toEqual([
    200,
    (await exports.default.fetch("https://chatty.example/")).headers.get("content-security-policy"),
  ]);
  const page = await response.text();
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
  expect(page).toContain('href="/chats/tea-room/cluster.json"');
  for (const path of ["/cluster", "/cluster.html"]) expect((await call(path)).status).toBe(404);
});
