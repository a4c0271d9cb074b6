/** The set of servers: whatever starts and disconnects run at once, all servers come to list the same. */
import { describe, expect, it } from "vitest";
import { Client } from "./client.ts";
import {
  agreed,
  codeOf,
  disconnectServer,
  freshChat,
  listServers,
  memberOf,
  order,
  reports,
  startServer,
  statuses,
} from "./helpers.ts";

const NAMES = [..."abcdefghijkl"].map((letter) => `s-${letter}`);

/** Starts a server, from `main` if its boot server left in the meantime, as an operator would. */
async function startSomehow(chat: string, server: string, boot: string): Promise<void> {
  const answer = await order(chat, server, "start", { boot });
  if (answer.status === 200) return;
  expect(codeOf(answer)).toBe("left");
  await startServer(chat, server, "main");
}

/** Who boots from whom: `main`, or any server before it in the list, which may itself be just being started. */
const TOPOLOGIES: [title: string, boot: (i: number) => string][] = [
  ["all from main", () => "main"],
  ["each from one half as far", (i) => NAMES[Math.floor(i / 2) - 1] ?? "main"],
  ["two chains", (i) => NAMES[i - 2] ?? "main"],
  ["each from the one before", (i) => NAMES[i - 1] ?? "main"],
];

describe("twelve servers start at once and two are disconnected meanwhile", () => {
  it.for(TOPOLOGIES)("M1 M2 M4 M6 M12 M13 all living servers list the same: %s", async ([, boot]) => {
    const chat = freshChat();
    const leavers = ["s-b", "s-g"];
    await Promise.all(
      NAMES.map(async (server, i) => {
        await startSomehow(chat, server, boot(i));
        if (leavers.includes(server)) await disconnectServer(chat, server);
      }),
    );
    const expected = ["main alive", ...NAMES.map((name) => `${name} ${leavers.includes(name) ? "left" : "alive"}`)];
    const living = ["main", ...NAMES.filter((name) => !leavers.includes(name))];
    await agreed(chat, living, expected);
    expect(statuses(await listServers(chat))).toEqual(expected);
    const ann = await Client.join(chat, "Ann", "s-l");
    const bob = await Client.join(chat, "Bob", "s-a");
    ann.send("from one end to the other");
    await bob.hears("from one end to the other");
  });
});

it("M7 M8 disconnecting twice, at once or later, is harmless", async () => {
  const chat = freshChat();
  await startServer(chat, "b");
  const answers = await Promise.all([order(chat, "b", "disconnect"), order(chat, "b", "disconnect")]);
  answers.push(await order(chat, "b", "disconnect"));
  for (const { status, body } of answers) {
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ server: { name: "b", status: "left" } });
  }
  await agreed(chat, ["main", "b"], ["b left", "main alive"]);
  expect(await memberOf(chat, "b")).toMatchObject({ inc: 1, status: "left" });
});

it("M2 M7 a server that has left comes back as its next incarnation, and old news do not undo it", async () => {
  const chat = freshChat();
  await startServer(chat, "b");
  await startServer(chat, "c", "b");
  await disconnectServer(chat, "b");
  await agreed(chat, ["main", "c"], ["b left", "c alive", "main alive"]);
  const tombstone = await memberOf(chat, "b");
  await startServer(chat, "b", "c");
  await agreed(chat, ["main", "b", "c"], ["b alive", "c alive", "main alive"]);
  expect(await memberOf(chat, "b")).toMatchObject({ inc: 2, status: "alive", epoch: tombstone.epoch });
  for (const server of ["main", "c", "b"])
    expect(await order(chat, server, "update_servers", { chat, from: "c", members: { b: tombstone } })).toMatchObject({
      status: 200,
    });
  await agreed(chat, ["main", "b", "c"], ["b alive", "c alive", "main alive"]);
});

it("M4 M5 what one server learns of the members all are told, and their clients, once", async () => {
  const chat = freshChat();
  const ann = await Client.join(chat, "Ann");
  await startServer(chat, "b");
  await startServer(chat, "c");
  const bob = await Client.join(chat, "Bob", "c");
  const updates = ann.of("update_servers").length;
  const ghost = { inc: 1, status: "left", epoch: "00000000", final: 0 };
  for (const _ of [1, 2])
    expect(await order(chat, "b", "update_servers", { chat, from: "c", members: { ghost } })).toMatchObject({
      status: 200,
    });
  await agreed(chat, ["main", "b", "c"], ["b alive", "c alive", "ghost left", "main alive"]);
  for (const person of [ann, bob]) {
    await person.until(() => person.of("update_servers").at(-1)?.servers.length === 4, "four servers");
    person.send(`${person.name} was told`);
  }
  await ann.hears("Ann was told", "Bob was told");
  expect(ann.of("update_servers").length).toBe(updates + 1);
  expect(reports(chat).findLast(({ event, server }) => event === "server_update" && server === "main")).toMatchObject({
    message: "[SERVER UPDATE] [b, c, main]",
  });
});
