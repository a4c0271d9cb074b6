/** The client around the machine: numbers, ears, frames per turn, and a host that fails. */
import { expect, it } from "vitest";
import { Client, connect, LeftError, TextError } from "../../client/lib/index.ts";
import { Bench } from "./bench.ts";
import { message, URL, welcome } from "./rig.ts";

const options = { url: URL, chat: "lobby", name: "John" };

function online() {
  const bench = new Bench();
  const client = connect(options, bench);
  bench.open();
  bench.hear(welcome());
  bench.socket.sent.length = 0;
  return { bench, client };
}

it("K3 a text of 1 to 4096 characters gets the next number; another is refused and takes none", () => {
  const { client } = online();
  expect(client.send("\u{1F600}".repeat(4096))).toBe(1);
  for (const text of ["", "x".repeat(4097), "\u{1F600}".repeat(4097)])
    expect(() => client.send(text)).toThrow(TextError);
  expect(client.send("half a pair: \ud83d.")).toBe(2);
  expect(client.snapshot().outbox[1]).toEqual({ n: 2, text: "half a pair: \ufffd." });
  client.leave();
  expect(() => client.send("late")).toThrow(LeftError);
});

it("K6 what is said in one turn goes in one frame", async () => {
  const { bench, client } = online();
  for (const text of ["one", "two", "three"]) client.send(text);
  expect(bench.socket.sent).toEqual([]);
  await Promise.resolve();
  expect(bench.socket.sent.map((frame) => frame.split("\n").length)).toEqual([3]);
});

it("K4 K18 ears hear objects, states, echoes and failures, in order and until they are taken off", async () => {
  const bench = new Bench();
  const client = new Client(options, bench);
  const told: unknown[] = [];
  client.on("state", ({ is }) => told.push(is));
  const off = client.on("object", ({ type }) => told.push(type));
  client.on("echoed", ({ n }) => told.push(`echoed ${n}`));
  client.on("failed", ({ n, code }) => told.push(`failed ${n} ${code}`));
  client.start();
  bench.open();
  bench.hear(welcome());
  client.send("one");
  client.send("two");
  await Promise.resolve();
  bench.hear(message(1, "one"), { type: "error", code: "n_reused", message: "", n: 2 });
  off();
  bench.hear(message(3, "later", { id: "x" }));
  client.close();
  const heard = ["welcome", "online", "message", "echoed 1", "error", "failed 2 n_reused", "offline"];
  expect(told).toEqual(heard);
  expect([client.waiting, client.id, client.state.is]).toEqual([0, "1d", "offline"]);
  expect(bench.socket.closed).toBe(true);
});

it("K4 K16 what an ear does has its turn after what it heard of, and an ear that throws harms nobody", async () => {
  const bench = new Bench();
  const client = connect(options, bench);
  const heard: string[] = [];
  client.on("object", ({ type }) => {
    if (type === "welcome") client.leave();
    throw new Error(`ear of ${type}`);
  });
  client.on("object", ({ type }) => heard.push(type));
  client.send("one");
  client.send("two");
  await Promise.resolve();
  bench.open();
  bench.hear(welcome(), message(7, "x", { id: "x" }));
  expect(heard).toEqual(["welcome", "message"]);
  expect(bench.socket.sent.map((frame) => JSON.parse(frame.split("\n")[0] ?? "").type)).toEqual([
    "client_join_req",
    "send",
  ]);
  const reported = bench.timers.filter(({ ms }) => ms === 0);
  expect(reported.map(({ callback }) => expect(callback).toThrow("ear of")).length).toBe(2);
  bench.hear(message(1, "one"), message(2, "two"));
  expect(bench.socket.sent.at(-1)).toBe('{"type":"client_leave_req"}');
});

it("K10 a host that cannot connect is a failed try like any other", () => {
  const bench = new Bench();
  bench.refuse = true;
  const client = connect(options, bench);
  bench.timers.find(({ ms }) => ms === 0)?.callback();
  expect(client.state).toMatchObject({ is: "offline", final: false, until: 250, why: "no such scheme" });
});
