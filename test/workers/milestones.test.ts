/** The milestones of the original: one server, its end, three servers, the end of some of them. MS3 needs other machines. */
import { expect, it } from "vitest";
import { Client } from "./client.ts";
import { disconnectServer, eventually, freshChat, listServers, memberOf, startServer, statuses } from "./helpers.ts";

const range = (count: number): number[] => [...Array(count).keys()];

/** The texts of one person, in the order someone saw them. */
const saidBy = (author: Client, seenBy: Client): string[] =>
  seenBy.shown.filter(({ id }) => id === author.id).map(({ text }) => text);

it("C1 C3 S1 S6 S7 MS1: three clients on one server receive all messages, in one order", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann", "main");
  const bob = await Client.join(chat, "Bob", "main");
  const cid = await Client.join(chat, "Cid");
  const people = [ann, bob, cid];
  for (const i of range(20)) for (const person of people) person.send(`${person.name} ${i}`);
  for (const person of people) await person.until(({ shown }) => shown.length === 60, "60 messages");
  for (const person of people) {
    expect(person.texts).toEqual(ann.texts);
    expect(person.repeated).toEqual([]);
    for (const author of people) expect(saidBy(author, person)).toEqual(range(20).map((i) => `${author.name} ${i}`));
  }
  expect(ann.of("join").map(({ name, id }) => ({ name, id }))).toEqual(people.map(({ name, id }) => ({ name, id })));
  expect(cid.of("join").map(({ name }) => name)).toEqual(["Cid"]);
  expect(cid.of("welcome")[0]).toMatchObject({ chat, server: "main", name: "Cid", n: 0, count: 3 });
  expect(new Set(people.map(({ session }) => session)).size).toBe(3);
  for (const { session = "", id } of people) {
    expect(session).toMatch(/^[0-9a-f]{32}$/);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(session));
    expect(id).toBe(Buffer.from(digest).toString("hex").slice(0, 20));
  }
});

it("C4 C5 M7 M9 M10 H2 MS2: the only server goes, refuses newcomers, and comes back with its history", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  const bob = await Client.join(chat, "Bob");
  ann.send("before");
  await bob.hears("before");
  await disconnectServer(chat, "main");
  for (const person of [ann, bob]) {
    await person.until(({ closed }) => closed !== undefined, "the end");
    expect(person.of("exit")).toMatchObject([{ reason: "disconnect", servers: [{ name: "main", status: "left" }] }]);
    expect(person.closed).toEqual({ code: 1001, reason: "disconnect" });
  }
  for (const server of ["main", undefined]) {
    const late = await new Client(chat, "Late").connect(server);
    expect(late.of("exit")).toMatchObject([{ reason: "disconnect" }]);
    expect(late.of("welcome")).toEqual([]);
  }
  expect(statuses(await listServers(chat))).toEqual(["main left"]);
  expect(await memberOf(chat, "main")).toMatchObject({ inc: 1, status: "left", final: 1 });

  await startServer(chat, "main");
  expect(statuses(await listServers(chat))).toEqual(["main alive"]);
  expect(await memberOf(chat, "main")).toMatchObject({ inc: 2, status: "alive" });
  const { id } = ann;
  ann.send("after");
  await ann.connect();
  const dan = await Client.join(chat, "Dan");
  await dan.hears("before", "after");
  expect(dan.texts).toEqual(["Ann: before", "Ann: after"]);
  expect(ann.texts).toEqual(["Ann: before", "Ann: after"]);
  expect(ann.repeated).toEqual([]);
  expect(ann.id).toBe(id);
});

it("S1 S7 P1 P2 M1 M5 M6 C8 H5 MS4: what happens on one of three servers is heard on all, once and in order", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  await startServer(chat, "b");
  await startServer(chat, "c", "b");
  await ann.until(() => statuses(ann.of("update_servers").at(-1)?.servers ?? []).length === 3, "three servers");
  const people = [ann];
  for (const [i, name] of ["Bob", "Cid", "Dan", "Eve", "Fay"].entries()) {
    const person = await Client.join(chat, name, ["b", "c", "main"][i % 3]);
    people.push(person);
    for (const other of people)
      await other.until(() => other.of("join").some(({ id }) => id === person.id), `join of ${name}`);
  }
  for (const i of range(10)) for (const person of people) person.send(`${person.name} ${i}`);
  for (const person of people) await person.until(({ shown }) => shown.length === 60, "60 messages");
  for (const person of people) {
    expect(person.repeated).toEqual([]);
    for (const author of people) expect(saidBy(author, person)).toEqual(range(10).map((i) => `${author.name} ${i}`));
  }
  expect((await listServers(chat)).map(({ name, clients }) => `${name} ${clients}`)).toEqual(["b 2", "c 2", "main 2"]);
  const [bob, ...others] = [people[1] as Client, ...people.filter((_, i) => i !== 1)];
  bob.send("bye");
  bob.leave();
  await bob.until(({ closed }) => closed?.code === 1000, "the end");
  expect(bob.of("exit")).toMatchObject([{ reason: "leave" }]);
  for (const other of others) {
    await other.until(() => other.of("leave").length === 1, "Bob's leave");
    const last = other.got.filter(({ type }) => type === "message" || type === "leave").slice(-2);
    expect(last).toMatchObject([{ text: "bye" }, { type: "leave", name: "Bob", id: bob.id }]);
  }
});

it("M8 C4 C5 S1 S7 P3 H2 H5 MS5: servers go while people talk; they move on and nothing is lost or told twice", async () => {
  const chat = freshChat();
  for (const server of ["main", "b", "c", "d"]) await startServer(chat, server);
  const people: Client[] = [];
  for (const [i, name] of ["Ann", "Bob", "Cid", "Dan", "Eve", "Fay"].entries())
    people.push(await Client.join(chat, name, ["main", "b", "c", "d"][i % 4]));
  for (const person of people)
    await person.until(() => person.of("join").length + (person.of("welcome")[0]?.count ?? 0) > 6, "all");
  /** Says ten things, one a turn, and moves whenever its server goes. */
  const talk = async (person: Client) => {
    for (const i of range(40)) {
      if (person.closed) await person.moveOn();
      person.send(`${person.name} ${i}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    while (person.n < 40) {
      await person.until(({ n, closed }) => n === 40 || closed !== undefined, "its own last message, or exit");
      if (person.closed) await person.moveOn();
    }
  };
  const talks = Promise.all(people.map(talk));
  await people[0]?.hears("Ann 5");
  await disconnectServer(chat, "main");
  await people[1]?.hears("Bob 20");
  await disconnectServer(chat, "b");
  await talks;
  for (const person of people) await person.until(({ shown }) => shown.length === 240, "240 messages");
  for (const person of people)
    for (const author of people) expect(saidBy(author, person)).toEqual(range(40).map((i) => `${author.name} ${i}`));
  for (const gone of [people[0], people[1], people[4], people[5]] as Client[]) {
    const exit = gone.of("exit").at(-1);
    expect(exit?.reason).toBe("disconnect");
    expect(statuses(exit?.servers ?? [])).toContain("d alive");
    expect(gone.of("welcome").length).toBeGreaterThan(1);
  }
  for (const person of people) expect(person.of("leave")).toEqual([]);

  await eventually("main and b are known to have left", async () => {
    const seen = await listServers(chat);
    return `${statuses(seen)}` === "b left,c alive,d alive,main left";
  });
  const gil = await Client.join(chat, "Gil");
  expect(["c", "d"]).toContain(gil.of("welcome")[0]?.server);
  gil.send("still here?");
  for (const person of people) await person.hears("still here?");
});
