/** Servers of several deployments, each an `npm start` of its own, and peers that are none. */
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { BadPeer, type Manner } from "./bad-peers.ts";
import { Chatty } from "./chatty.ts";
import { Client } from "./client.ts";
import { at, list, OPERATOR, order } from "./operator.ts";

/** Milliseconds an order to join somebody who never answers may take: the 10 s of one request, and what else there is. */
const REFUSED_MS = 14_000;

let one: Chatty;
let two: Chatty;
let three: Chatty;
const bad: BadPeer[] = [];
beforeAll(async () => {
  [one, two, three] = await Promise.all([
    Chatty.start("federated"),
    Chatty.start("federated"),
    Chatty.start("federated"),
  ]);
});
afterAll(async () => {
  Client.endAll();
  await Promise.all([one, two, three].map((chatty) => chatty.stop()));
  await Promise.all(bad.map((peer) => peer.stop()));
});
const explain = () => onTestFailed(() => console.error([one, two, three].map(({ tail }) => tail).join("\n---\n")));

async function start(chatty: Chatty, chat: string, server: string, boot: string) {
  const began = Date.now();
  const init = { method: "POST", headers: OPERATOR, body: JSON.stringify({ boot }) };
  const answer = await fetch(`${chatty.url}/chats/${chat}/servers/${server}/start`, init);
  const { error } = (await answer.json()) as { error?: { code: string; message: string } };
  return { status: answer.status, ...error, took: Date.now() - began };
}

it("X1 X2 X3 X4 X5 three deployments are one chat, and a client goes from one to the other", async () => {
  explain();
  await order(two.url, "abc", "b", "start", { boot: `main@${one.host}` });
  await order(three.url, "abc", "c", "start", { boot: `b@${two.host}` });
  await expect.poll(() => list(one.url, "abc")).toHaveLength(3);
  expect(new Set(await list(one.url, "abc"))).toEqual(
    new Set(["main alive", `b@${two.host} alive`, `c@${three.host} alive`]),
  );
  const ann = await Client.join(at(one.url, "abc", "main"), "Ann");
  const bob = await Client.join(at(two.url, "abc", "b"), "Bob");
  const cid = await Client.join(at(three.url, "abc", "c"), "Cid");
  for (let i = 0; i < 50; i++) for (const person of [ann, bob, cid]) person.say(`${person.name} ${i}`);
  for (const listener of [ann, bob, cid])
    for (const speaker of [ann, bob, cid])
      await listener.until(`for all of ${speaker.name}`, () => listener.heard(speaker.id).length >= 50);
  for (const listener of [ann, bob, cid])
    for (const speaker of [ann, bob, cid]) expect(listener.heard(speaker.id)).toEqual(speaker.said);

  // Bob's server leaves; `exit` names where the others are, by whole URLs, and he goes on there.
  await order(two.url, "abc", "b", "disconnect");
  await bob.until("to be welcome elsewhere", () => bob.all("welcome").at(-1)?.server !== "b");
  bob.say("from elsewhere");
  for (const listener of [ann, bob, cid]) await listener.until("for Bob", () => listener.heard(bob.id).length === 51);
  for (const listener of [ann, bob, cid]) expect(listener.heard(bob.id)).toEqual(bob.said);
});

it("X3 R5 M11 a deployment that is killed and comes back is made whole, and so are its clients", async () => {
  explain();
  await order(two.url, "killed", "b", "start", { boot: `main@${one.host}` });
  const ann = await Client.join(at(one.url, "killed", "main"), "Ann");
  const bob = await Client.join(at(two.url, "killed", "b"), "Bob");
  bob.say("before");
  await ann.until("for Bob", () => ann.heard(bob.id).length === 1);
  await two.kill();
  for (let i = 0; i < 20; i++) ann.say(`meanwhile ${i}`);
  await ann.until("for the echoes", () => ann.echoed === 20);
  await expect.poll(() => list(one.url, "killed"), { timeout: 15_000 }).toContain(`b@${two.host} unreachable`);
  await two.start();
  await bob.until("for what he missed", () => bob.heard(ann.id).length >= 20, 30_000);
  bob.say("after");
  await ann.until("for Bob", () => ann.heard(bob.id).length >= 2, 30_000);
  expect(bob.heard(ann.id)).toEqual(ann.said);
  expect(ann.heard(bob.id)).toEqual(["before", "after"]);
});

it("X7 a chat's own address never leads to another deployment, but says where the others are", async () => {
  explain();
  await order(one.url, "away", "main", "start");
  await order(two.url, "away", "main", "start", { boot: `main@${one.host}` });
  await order(one.url, "away", "main", "disconnect");
  const socket = new WebSocket(at(one.url, "away").replace(/^http/, "ws"));
  const exit = await new Promise<string>((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
  expect(JSON.parse(exit)).toMatchObject({ type: "exit", reason: "disconnect" });
  expect(exit).toContain(`ws://${two.host}/chats/away/servers/main/ws`);
  socket.close();
});

it.concurrent.for<[Manner, string]>([
  ["garbage", "gave no usable answer (status 200)"],
  ["endless", "cannot be reached, or did not answer in time"],
  ["silent", "cannot be reached, or did not answer in time"],
  ["elsewhere", "gave no usable answer (status 307)"],
  ["unauthorized", "both deployments need the same COOKIE"],
])("X6 M6 a boot server that is %s is an error, and no trace is left", async ([manner, why], { expect }) => {
  const peer = await BadPeer.start(manner, one.url);
  bad.push(peer);
  const refused = await start(two, `with-${manner}`, "b", `main@${peer.host}`);
  expect(refused).toMatchObject({ status: 502, code: "boot_failed", message: expect.stringContaining(why) });
  expect(refused.took).toBeLessThan(REFUSED_MS);
  expect(peer.sent).toBeLessThan(64 * 1024 * 1024);
  const { status } = await fetch(`${two.url}/chats/with-${manner}/servers/b/disconnect`, {
    method: "POST",
    headers: OPERATOR,
  });
  expect(status).toBe(404);
});

it("X6 members that answer nonsense, too much or never harm nobody else", async () => {
  explain();
  const chat = "harm";
  await order(two.url, chat, "b", "start", { boot: `main@${one.host}` });
  const peers = await Promise.all(
    (["garbage", "endless", "silent", "elsewhere"] as const).map((m) => BadPeer.start(m, three.url)),
  );
  bad.push(...peers);
  for (const [i, { host }] of peers.entries()) {
    const from = `x${i}@${host}`;
    const body = JSON.stringify({ chat, from, members: { [from]: { inc: 1, status: "alive", epoch: "0000000a" } } });
    const init = { method: "POST", headers: OPERATOR, body };
    expect((await fetch(`${one.url}/chats/${chat}/servers/main/server_join_req`, init)).status).toBe(200);
  }
  const ann = await Client.join(at(one.url, chat, "main"), "Ann");
  const bob = await Client.join(at(two.url, chat, "b"), "Bob");
  for (let i = 0; i < 100; i++) {
    ann.say(`${i}`);
    await bob.until(`for ${i}`, () => bob.heard(ann.id).length > i, 5000);
  }
  expect(bob.heard(ann.id)).toEqual(ann.said);
  for (const peer of peers) await expect.poll(() => peer.requests).toBeGreaterThan(0);
  // The silent one takes 10 s a time, three times; one need not wait for that.
  const entries = peers.flatMap(({ host, manner }, i) => (manner === "silent" ? [] : [`x${i}@${host} unreachable`]));
  await expect.poll(() => list(one.url, chat), { timeout: 30_000 }).toEqual(expect.arrayContaining(entries));
});
