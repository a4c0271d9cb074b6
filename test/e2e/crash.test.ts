/** A crash: every process of Chatty is killed in the middle of talk, and started again on what was written. */
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import { Chatty } from "./chatty.ts";
import { Client } from "./client.ts";
import { at, order } from "./operator.ts";
import { expectAllHeard, talk } from "./talk.ts";

const SERVERS = ["main", "b", "c"];
/** How many messages each says, and how many one has heard of all when Chatty is killed. */
const MESSAGES = 200;
const KILLS = [200, 600];

let chatty: Chatty;
beforeAll(async () => {
  chatty = await Chatty.start();
});
afterAll(async () => {
  Client.endAll();
  await chatty.stop();
});

it("L8 S1 C4 C5 R2 P3 P4 killed in mid-sentence and started again, nothing echoed is lost and nothing is heard twice", async () => {
  onTestFailed(() => console.error(chatty.tail));
  const ws = (server: string) => at(chatty.url, "crash", server);
  for (const server of SERVERS.slice(1)) await order(chatty.url, "crash", server, "start");
  const join = (server: string, i: number) => Client.join(ws(server), `${server}${i}`);
  const everybody = await Promise.all([...SERVERS, ...SERVERS].map(join));
  const [first] = everybody as [Client];
  const lost = await Client.join(ws("main"), "Lost");
  lost.faithful = false;
  const known = new Set([lost, ...everybody].map(({ id }) => id));
  for (const client of everybody) await client.until("to see everybody", () => client.present.size === known.size);

  const talks = Promise.all(everybody.map((client) => talk(client, MESSAGES)));
  for (const heard of KILLS) {
    await first.until("that people talk", () => first.all("message").length >= heard);
    await chatty.kill();
    expect(Math.min(...everybody.map(({ echoed }) => echoed))).toBeLessThan(MESSAGES);
    await chatty.start();
  }
  await talks;
  await expectAllHeard(everybody);

  for (const client of everybody) {
    const welcomes = client.all("welcome");
    expect(new Set(welcomes.map(({ id }) => id))).toEqual(new Set([client.id]));
    expect(welcomes.length).toBeGreaterThan(KILLS.length);
  }
  // The storage of each server by itself holds everything, whoever asks.
  for (const server of SERVERS) {
    const late = await Client.join(ws(server), `Late at ${server}`, {});
    for (const { id, said } of everybody) {
      await late.until("for all that was said", () => late.heard(id).length >= said.length);
      expect(late.heard(id)).toEqual(said);
    }
  }
  // Who did not come back is gone after ten seconds, and nobody else ever was.
  for (const client of everybody) {
    await client.until("to hear that one did not return", () => client.people("leave").includes(lost.id));
    expect(client.people("leave").filter((id) => known.has(id))).toEqual([lost.id]);
  }
});
