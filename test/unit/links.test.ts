/** What servers tell each other for those who watch, on the wire: bounded, checked, and at home in each deployment. */
import { expect, it } from "vitest";
import { read } from "../../src/chat/body.ts";
import { parseRelayAnswer } from "../../src/chat/relay-answer.ts";
import { parseRelay, writeRelay } from "../../src/chat/relay-wire.ts";
import { Cluster } from "./cluster.ts";

const HERE = { chat: "lobby", host: undefined };
const LINK = { to: "c", rtt: 12, ago: 3400, unreachable: true };

const relayed = (fields: object) =>
  read(parseRelay, JSON.stringify({ chat: "lobby", from: "b", vv: {}, batches: [], ...fields }), HERE);
const answered = (fields: object) => read(parseRelayAnswer, JSON.stringify({ vv: {}, ...fields }), HERE);

it("V7 links come out as they were written, and who says nothing of them says nothing", () => {
  const links = [LINK, { to: "d" }];
  const body = writeRelay("main", { from: "b", vv: {}, batches: [], watch: true, links }, HERE);
  expect(read(parseRelay, body, HERE)).toMatchObject({ ok: true, value: { watch: true, links } });
  expect(answered({ watch: true, links })).toMatchObject({ ok: true, value: { watch: true, links } });
  for (const result of [relayed({}), answered({ watch: "yes" })]) {
    expect(result.ok && result.value).not.toHaveProperty("watch");
    expect(result.ok && result.value).not.toHaveProperty("links");
  }
});

it("V7 V11 R7 links that are none, or more than 32, refuse the whole", () => {
  const wrong = [
    {},
    [null],
    [{ ...LINK, to: "B" }],
    [{ ...LINK, to: 1 }],
    [{ ...LINK, rtt: -1 }],
    [{ ...LINK, rtt: 0.5 }],
    [{ ...LINK, ago: "1" }],
    Array(33).fill(LINK),
  ];
  for (const links of wrong)
    expect([links, relayed({ links }).ok, answered({ links }).ok]).toEqual([links, false, false]);
  for (const links of [[], Array(32).fill(LINK), [{ to: "c", unreachable: "yes" }]])
    expect([links, relayed({ links }).ok, answered({ links }).ok]).toEqual([links, true, true]);
});

it("V7 X4 servers of another deployment tell of their links too, by the names they have here", () => {
  const [A, B] = ["a.example", "127.0.0.1:9001"];
  const cluster = new Cluster();
  cluster.start(`b@${A}`);
  cluster.start(`main@${B}`, `main@${A}`);
  cluster.start(`c@${B}`, `main@${B}`);
  const home = cluster.node(`main@${A}`);
  const watcher = home.watch();
  const people = [`main@${A}`, `main@${B}`].map((name) => cluster.node(name).connect().join("John"));
  cluster.settle();
  for (const person of [...people, ...people]) {
    person.send("hello");
    cluster.settle();
  }
  home.show();
  const theirs = watcher.view.links.filter(({ from }) => from === `main@${B}`).map(({ to }) => to);
  expect(theirs.sort()).toEqual(["b", `c@${B}`, "main"]);
});

it("V7 what a peer says of servers that are none of the chat is left out", () => {
  const cluster = new Cluster();
  cluster.start("b");
  const main = cluster.node("main");
  const watcher = main.watch();
  const links = [{ to: "main" }, { to: "ghost" }, { to: "b" }];
  const body = JSON.stringify({ chat: "lobby", from: "b", vv: {}, batches: [], links });
  main.request((req) => ({ type: "relay", req, body }));
  // Before b is asked, and says how its links really are.
  main.flush();
  if (main.showIn !== undefined) main.show();
  expect(watcher.links).toContain("b>main");
  expect(watcher.links).toHaveLength(2);
});
