/** Servers that cannot reach each other: they say so, keep what is owed, and people who move between them lose nothing. */
import { afterEach, expect, it } from "vitest";
import { Client, pair } from "./client.ts";
import {
  alarmOf,
  codeOf,
  eventually,
  listServers,
  order,
  ring,
  setAhead,
  settled,
  startServer,
  statuses,
  tap,
} from "./helpers.ts";

afterEach(() => setAhead(0));

/** Cuts b off from main, and asks it to go although Bob said something nobody else holds. */
async function strandedGoing() {
  const { chat, ann, bob } = await pair();
  await tap(chat, "b", "main");
  bob.send("does anybody hold this?");
  await bob.hears("does anybody hold this?");
  const going = order(chat, "b", "disconnect");
  // From when it is going, it takes no more messages.
  await eventually("b refuses messages", async () => {
    bob.raw('{"type":"send","text":"too late"}');
    await bob.until(() => bob.of("error").length > 0 || bob.texts.at(-1) === "Bob: too late", "an answer");
    return bob.of("error").length > 0;
  });
  expect(bob.of("error")[0]).toMatchObject({ code: "leaving", retry: expect.any(Number) });
  return { chat, ann, bob, going };
}

it("M8 M9 I1 a server whose words nobody else holds is not let go, and stays in use", async () => {
  const { chat, ann, bob, going } = await strandedGoing();
  const dan = await new Client(chat, "Dan").connect("b");
  expect(dan.of("exit")).toMatchObject([{ reason: "disconnect" }]);
  const start = await order(chat, "b", "start");
  expect(codeOf(start)).toBe("leaving");
  expect(await alarmOf(chat, "b")).not.toBeNull();

  setAhead(10_500);
  await ring(chat, "b");
  const answer = await going;
  expect(answer.status).toBe(503);
  expect(codeOf(answer)).toBe("no_peer");
  expect(statuses(await listServers(chat, "b"))).toContain("b alive");
  bob.raw('{"type":"send","text":"I am still here"}');
  await bob.hears("I am still here");
  await tap(chat, "b");
  setAhead(20_000);
  await ring(chat, "b");
  await ann.hears("does anybody hold this?", "I am still here");
  expect(bob.of("exit")).toEqual([]);
});

it("M9 M10 R2 a server that is forced to go still owes what it alone holds, and pays", async () => {
  const { chat, ann, bob, going } = await strandedGoing();
  const forced = order(chat, "b", "disconnect", { force: true });
  // What is asked after it is answered after it was heard.
  await listServers(chat, "b");
  setAhead(10_500);
  await ring(chat, "b");
  for (const answer of [await going, await forced]) expect(answer.status).toBe(200);
  await bob.until(({ closed }) => closed?.code === 1001, "exit");
  expect(ann.texts).toEqual(["Ann: hello"]);
  expect(statuses(await listServers(chat, "b"))).toEqual(["b left", "main alive"]);
  expect(await alarmOf(chat, "b")).not.toBeNull();
  await tap(chat, "b");
  setAhead(20_000);
  await ring(chat, "b");
  await ann.hears("does anybody hold this?");
  await eventually("main knows", async () => `${statuses(await listServers(chat, "main"))}` === "b left,main alive");
  expect(ann.repeated).toEqual([]);
});

it("M5 M11 a peer that failed three times is shown as unreachable, here only, until it answers", async () => {
  const { chat, ann, bob } = await pair();
  const asked = await tap(chat, "main", "b");
  ann.send("hello?");
  for (let ahead = 1000; asked.length < 3; ahead += 4000) {
    const { length } = asked;
    expect(statuses(await listServers(chat, "main"))).toEqual(["b alive", "main alive"]);
    setAhead(ahead);
    await ring(chat, "main");
    await eventually("another attempt", async () => asked.length > length);
  }
  const told = () => statuses(ann.of("update_servers").at(-1)?.servers ?? []);
  await ann.until(() => `${told()}` === "b unreachable,main alive", "unreachable");
  expect(statuses(await listServers(chat, "b"))).toEqual(["b alive", "main alive"]);

  await tap(chat, "main");
  setAhead(60_000);
  await ring(chat, "main");
  await bob.hears("hello?");
  await ann.until(() => `${told()}` === "b alive,main alive", "alive again");
  expect(bob.of("update_servers").flatMap(({ servers }) => statuses(servers))).not.toContain("b unreachable");
});

it("R10 an answer never appears before its question, whichever way they come", async () => {
  const { chat, ann, bob } = await pair();
  await startServer(chat, "c");
  const cid = await Client.join(chat, "Cid", "c");
  await settled(chat, "main", "b", "c");
  await tap(chat, "main", "c");
  const asked = await tap(chat, "b");
  ann.send("who is there?");
  await bob.hears("who is there?");
  bob.send("Bob!");
  await ann.hears("Bob!");
  await eventually("c is sent the answer", async () =>
    asked.some(({ peer, body }) => peer === "c" && body.includes("Bob!")),
  );
  cid.send("nobody, it seems");
  for (const person of [bob, cid]) await person.hears("nobody, it seems");
  expect(cid.texts).not.toContain("Bob: Bob!");
  await tap(chat, "main");
  for (const person of [ann, bob, cid]) {
    await person.hears("who is there?", "Bob!", "nobody, it seems");
    const dialogue = person.texts.filter((text) => !text.startsWith("Cid"));
    expect(dialogue).toEqual(["Ann: hello", "Ann: who is there?", "Bob: Bob!"]);
    expect(person.repeated).toEqual([]);
  }
});
