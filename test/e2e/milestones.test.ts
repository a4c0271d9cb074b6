/** The milestones of the original, on Chatty as `npm start` runs it, with plain WebSocket clients. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFailed } from "vitest";
import { Chatty } from "./chatty.ts";
import { Client } from "./client.ts";
import { at, list, order } from "./operator.ts";
import { expectAllHeard, talk } from "./talk.ts";

let chatty: Chatty;
beforeAll(async () => {
  chatty = await Chatty.start();
});
afterAll(() => chatty.stop());

afterEach(() => Client.endAll());
beforeEach(() => onTestFailed(() => console.error(chatty.tail)));

/** Where people connect, and who they are when they have. */
const ws = (chat: string, server?: string) => at(chatty.url, chat, server);
const ids = (clients: Client[]) => clients.map(({ id }) => id);

it("C1 C8 S1 S7 M12 MS1: three people on one server hear each other come, talk and go", async () => {
  const john = await Client.join(ws("ms1"), "John");
  const mary = await Client.join(ws("ms1", "main"), "Mary");
  const anne = await Client.join(ws("ms1"), "Anne");
  for (const [i, client] of [john, mary, anne].entries()) {
    await client.until("to hear of every join since its own", () => client.people("join").length === 3 - i);
    expect(client.people("join")).toEqual(ids([john, mary, anne].slice(i)));
  }
  expect(anne.all("welcome")[0]).toMatchObject({ chat: "ms1", server: "main", name: "Anne", count: 3 });
  await Promise.all([john, mary, anne].map((client) => talk(client, 25)));
  await expectAllHeard([john, mary, anne]);

  john.say("bye");
  john.leave();
  await john.until("for exit and the end", () => john.closed.length > 0);
  expect([john.all("exit").map(({ reason }) => reason), john.closed]).toEqual([["leave"], [1000]]);
  for (const client of [mary, anne]) {
    await client.until("to hear that John left", () => client.people("leave").length > 0);
    expect(client.received.slice(-2)).toMatchObject([
      { type: "message", text: "bye", id: john.id },
      { type: "leave", name: "John", id: john.id },
    ]);
  }
});

it("M7 M8 M9 M10 C4 C5 H5 MS2: a lone server is disconnected, turns everybody away, and starts again with all it knew", async () => {
  const john = await Client.join(ws("ms2"), "John");
  const mary = await Client.join(ws("ms2"), "Mary");
  await talk(john, 5);
  await order(chatty.url, "ms2", "main", "disconnect");
  await mary.until("for exit and the end", () => mary.closed.length > 0);
  const exit = {
    type: "exit",
    reason: "disconnect",
    servers: [expect.objectContaining({ name: "main", status: "left" })],
  };
  expect(mary.all("exit")[0]).toEqual(exit);
  expect(mary.closed[0]).toBe(1001);
  expect(await list(chatty.url, "ms2")).toEqual(["main left"]);

  const late = new Client(ws("ms2"), "Late");
  late.faithful = false;
  await late.until("to be turned away", () => late.closed.length > 0);
  expect(late.received).toEqual([exit]);

  john.say("said while nobody listened");
  const welcomes = john.all("welcome").length;
  await order(chatty.url, "ms2", "main", "start");
  for (const client of [john, mary]) await client.until("to be back", () => client.all("welcome").length > welcomes);
  expect(john.all("welcome").at(-1)).toMatchObject({ id: john.id, n: 5 });
  await expectAllHeard([john, mary]);
  const anne = await Client.join(ws("ms2"), "Anne");
  await anne.until("for the history", () => anne.heard(john.id).length >= john.said.length);
  expect(anne.heard(john.id)).toEqual(john.said);
  expect(await list(chatty.url, "ms2")).toEqual(["main alive"]);
});

it("M1 M2 M4 M5 R2 P1 S1 S7 MS4: servers that start at once know each other, and everybody hears everything once", async () => {
  const john = await Client.join(ws("ms4", "main"), "John");
  await Promise.all(["b", "c", "d"].map((server) => order(chatty.url, "ms4", server, "start", { boot: "main" })));
  const names = ["main", "b", "b", "c", "c", "d"];
  const others = names.map((server, i) => Client.join(ws("ms4", server), `${server}${i}`));
  const everybody = [john, ...(await Promise.all(others))];
  const all = ["b", "c", "d", "main"].map((name) => `${name} alive`);
  for (const client of everybody) await client.until("to see four servers", () => client.servers.join() === all.join());
  expect(john.servers).toEqual(all);
  expect(chatty.output).toContain("[SERVER UPDATE] [b, c, d, main]");
  for (const client of everybody) {
    await client.until("to see everybody", () => client.present.size === everybody.length);
    expect(client.present).toEqual(new Set(ids(everybody)));
  }
  await Promise.all(everybody.map((client) => talk(client, 40)));
  await expectAllHeard(everybody);
});

it("M8 C4 C5 P3 H2 H5 MS5: servers are disconnected while people talk, who go on elsewhere and miss nothing", async () => {
  for (const server of ["b", "c"]) await order(chatty.url, "ms5", server, "start");
  const names = ["main", "main", "b", "b", "c", "c"];
  const everybody = await Promise.all(names.map((server, i) => Client.join(ws("ms5", server), `${server}${i}`)));
  const [first] = everybody;
  for (const client of everybody) await client.until("to see all", () => client.present.size === everybody.length);
  const talks = Promise.all(everybody.map((client) => talk(client, 150)));
  await first?.until("that people talk", () => first.all("message").length > 200);
  await order(chatty.url, "ms5", "c", "disconnect");
  await first?.until("that people go on", () => first.all("message").length > 500);
  await order(chatty.url, "ms5", "main", "disconnect");
  await talks;
  await expectAllHeard(everybody);
  const gone = everybody.filter(({ name }) => !name.startsWith("b"));
  for (const client of gone) {
    expect(client.all("exit").map(({ reason }) => reason)).toContain("disconnect");
    expect(client.all("welcome").at(-1)).toMatchObject({ id: client.id, server: "b" });
  }
  // Nobody was ever shown as gone: each came back elsewhere within the grace period.
  for (const client of everybody) {
    expect(client.present).toEqual(new Set(ids(everybody)));
    expect(client.people("leave")).toEqual([]);
    expect(client.people("join").length).toBe(new Set(client.people("join")).size);
    expect(client.all("presence").filter(({ left }) => left > 0)).toEqual([]);
  }
  expect(await list(chatty.url, "ms5")).toEqual(["b alive", "c left", "main left"]);

  const late = await Client.join(ws("ms5"), "Late", {});
  for (const { id, said } of everybody) {
    await late.until("for all that was said", () => late.heard(id).length >= said.length);
    expect(late.heard(id)).toEqual(said);
  }
});
