/** Who loses the connection stays shown for ten seconds, whatever happens to the server meanwhile. The clock is set ahead, not waited for. */
import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, it } from "vitest";
import { Client, pair } from "./client.ts";
import {
  alarmOf,
  disconnectServer,
  eventually,
  listServers,
  ring,
  setAhead,
  settled,
  startServer,
  stubOf,
} from "./helpers.ts";

afterEach(() => setAhead(0));

const GRACE_MS = 10_000;

/** Until a server has set its alarm for the end of a grace period, and owes nothing sooner. */
const graceBegins = (chat: string, server: string): Promise<void> =>
  eventually(`${server} counts down`, async () => {
    const left = ((await alarmOf(chat, server)) ?? 0) - Date.now();
    // What was set for a debt rings before that, and is then set for the rest.
    if (left <= GRACE_MS - 2000) await ring(chat, server);
    return left > GRACE_MS - 2000 && left <= GRACE_MS;
  });

/** The clock shows that the grace period is over, and the alarms ring. */
async function graceEnds(chat: string, ...servers: string[]): Promise<void> {
  setAhead(GRACE_MS + 500);
  for (const server of servers) await ring(chat, server);
  await settled(chat, ...servers);
}

const comings = ({ got }: Client): string[] =>
  got.flatMap((message) =>
    message.type === "join" || message.type === "leave" ? [`${message.type} ${message.name}`] : [],
  );

it("P3 I1 who loses the connection and does not come back is told as leave after ten seconds, not before", async () => {
  const { chat, ann, bob } = await pair();
  ann.send("I'll be");
  ann.drop();
  await graceBegins(chat, "main");
  await bob.hears("I'll be");
  await ring(chat, "main");
  expect(bob.of("leave")).toEqual([]);
  await graceBegins(chat, "main");
  await graceEnds(chat, "main", "b");
  await bob.until(() => bob.of("leave").length === 1, "leave");
  expect(bob.of("leave")).toEqual([{ type: "leave", name: "Ann", id: ann.id }]);
  expect(await listServers(chat)).toMatchObject([
    { name: "b", clients: 1 },
    { name: "main", clients: 0 },
  ]);
});

it.for(["main", "b"])("P3 I1 C4 who comes back to %s in time was never gone", async (server) => {
  const { chat, ann, bob } = await pair();
  await startServer(chat, "c");
  await settled(chat, "main", "b", "c");
  const before = comings(bob);
  ann.drop();
  await graceBegins(chat, "main");
  await ann.connect(server);
  ann.send("back");
  await bob.hears("back");
  await graceEnds(chat, "main", "b", "c");
  ann.send("and here to stay");
  await bob.hears("and here to stay");
  expect(comings(bob)).toEqual(before);
  expect(comings(ann).filter((told) => told === "leave Ann")).toEqual([]);
  const people = await listServers(chat);
  expect(people.find(({ name }) => name === server)?.clients).toBe(server === "main" ? 1 : 2);
  expect(people.reduce((sum, { clients }) => sum + clients, 0)).toBe(2);
});

it("P3 P4 L8 after a server lost its memory and its sockets, who does not come back is told as leave", async () => {
  const { chat, ann, bob } = await pair();
  await evictDurableObject(stubOf(chat, "main"), { webSockets: "close" });
  await ann.until(({ closed }) => closed !== undefined, "the end of its connection");
  await graceBegins(chat, "main");
  expect(bob.of("leave")).toEqual([]);
  await graceEnds(chat, "main", "b");
  await bob.until(() => bob.of("leave").length === 1, "leave");
  expect(bob.of("leave")).toMatchObject([{ name: "Ann", id: ann.id }]);
});

it("P4 L8 I1 who comes back to a server without memory in time was never gone", async () => {
  const { chat, ann, bob } = await pair();
  const before = comings(bob);
  await evictDurableObject(stubOf(chat, "main"), { webSockets: "close" });
  await ann.until(({ closed }) => closed !== undefined, "the end of its connection");
  await graceBegins(chat, "main");
  await ann.connect("main");
  await graceEnds(chat, "main", "b");
  ann.send("back");
  await bob.hears("back");
  expect(comings(bob)).toEqual(before);
});

it("P5 M8 the people of a server that left are dropped ten seconds later, those who moved stay", async () => {
  const { chat, ann, bob } = await pair();
  const cid = await Client.join(chat, "Cid", "b");
  await ann.until(() => ann.of("join").some(({ name }) => name === "Cid"), "Cid");
  const before = comings(ann);
  await disconnectServer(chat, "b");
  await cid.moveOn();
  await bob.until(({ closed }) => closed !== undefined, "exit");
  cid.send("b is gone");
  await ann.hears("b is gone");
  expect(comings(ann)).toEqual(before);
  await graceBegins(chat, "main");
  await graceEnds(chat, "main");
  await ann.until(() => ann.of("leave").length === 1, "leave");
  cid.send("and Bob with it");
  await ann.hears("and Bob with it");
  expect(comings(ann)).toEqual([...before, "leave Bob"]);
});
