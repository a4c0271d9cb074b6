/** Servers of several deployments as one set. A node named `x@host` is server x of the deployment at that host. */
import { describe, expect, it } from "vitest";
import { abroad, atHome, hostOf, isAddress, isLoopback, nameOf, urlOfHost } from "../../src/chat/address.ts";
import { Cluster } from "./cluster.ts";

const A = "a.example";
const B = "127.0.0.1:9001";

const list = (cluster: Cluster, node: string) => [...cluster.node(node).state.members.keys()].sort();

/** Two servers at A, one at B, all from A's main. */
function federation() {
  const cluster = new Cluster();
  expect(cluster.start(`b@${A}`).status).toBe(200);
  expect(cluster.start(`main@${B}`, `main@${A}`).status).toBe(200);
  return cluster;
}

describe("addresses", () => {
  it("X1 are a name, or a name and a host", () => {
    const good = ["main", "b@localhost:8787", "b@chat.example.com", "b@127.0.0.1:1", "x-1@h"];
    const bad = [
      "",
      "@h",
      "b@",
      "B@h",
      "b@H",
      "b@h/x",
      "b@h:port",
      "b@h?x",
      "b@u:p@h",
      "b@-h",
      "b@h#",
      "b@[::1]",
      "b@h\n",
    ];
    expect(good.filter(isAddress)).toEqual(good);
    expect(bad.filter(isAddress)).toEqual([]);
    expect([nameOf("b@h:1"), hostOf("b@h:1"), nameOf("b"), hostOf("b")]).toEqual(["b", "h:1", "b", undefined]);
  });

  it("X4 lose the own host at home and get it abroad", () => {
    expect([atHome("b@h", "h"), atHome("b@i", "h"), atHome("b", "h"), atHome("b@h", undefined)]).toEqual([
      "b",
      "b@i",
      "b",
      "b@h",
    ]);
    expect([abroad("b", "h"), abroad("b@i", "h")]).toEqual(["b@h", "b@i"]);
  });

  it("X3 only this machine is reached without encryption", () => {
    const loopback = ["localhost", "localhost:1", "127.0.0.1:8787", "127.8.9.1"];
    const others = ["localhost.example", "127.0.0.1.example", "10.0.0.1", "a.example:80", "1127.0.0.1"];
    expect(loopback.filter(isLoopback)).toEqual(loopback);
    expect(others.filter(isLoopback)).toEqual([]);
    expect([urlOfHost("h", "http"), urlOfHost("h", "ws"), urlOfHost("localhost:1", "ws")]).toEqual([
      "https://h",
      "wss://h",
      "ws://localhost:1",
    ]);
  });
});

describe("one set over several deployments", () => {
  it("X3 X4 X5 servers are one set, each named as its reader knows it, and found by URL", () => {
    const cluster = federation();
    expect(list(cluster, `main@${A}`)).toEqual(["b", "main", `main@${B}`]);
    expect(list(cluster, `b@${A}`)).toEqual(["b", "main", `main@${B}`]);
    expect(list(cluster, `main@${B}`)).toEqual([`b@${A}`, "main", `main@${A}`]);
    const alice = cluster.node(`main@${B}`).connect().join("alice");
    cluster.settle();
    expect(alice.last("welcome").servers).toEqual([
      { name: `b@${A}`, status: "alive", url: `wss://${A}/chats/lobby/servers/b/ws` },
      { name: "main", status: "alive", url: "/chats/lobby/servers/main/ws" },
      { name: `main@${A}`, status: "alive", url: `wss://${A}/chats/lobby/servers/main/ws` },
    ]);
    const bob = cluster.node(`main@${A}`).connect().join("bob");
    cluster.settle();
    expect(bob.last("welcome").servers.at(-1)?.url).toBe(`ws://${B}/chats/lobby/servers/main/ws`);
    for (const node of cluster.nodes.values()) expect(node.alarm).toBe(null);
  });

  it("P9 P10 X4 where people are is told by the address their reader knows", () => {
    const cluster = federation();
    const alice = cluster.node(`main@${A}`).connect().join("alice");
    const bob = cluster.node(`main@${B}`).connect().join("bob");
    cluster.settle();
    expect(alice.all("join").map(({ server }) => server)).toEqual(["main", `main@${B}`]);
    expect(Object.fromEntries(bob.last("welcome").names.map(({ name, server }) => [name, server]))).toEqual({
      bob: "main",
    });
    const { session } = bob.last("welcome");
    bob.cut();
    cluster.node(`b@${A}`).connect().join("bob", { session });
    const carol = cluster.node(`main@${B}`).connect().join("carol");
    cluster.settle();
    expect(alice.last("move")).toMatchObject({ name: "bob", server: "b" });
    expect(carol.last("move")).toMatchObject({ name: "bob", server: `b@${A}` });
  });

  it("X3 S1 P1 messages and people cross; the line is the same on both sides, and so is a cursor", () => {
    const cluster = federation();
    const alice = cluster.node(`main@${A}`).connect().join("alice");
    const bob = cluster.node(`main@${B}`).connect().join("bob");
    cluster.settle();
    alice.send("across");
    cluster.settle();
    const { origin, seq } = bob.last("message");
    bob.send("and back");
    cluster.settle();
    expect(bob.all("message")).toEqual(alice.all("message"));
    expect(alice.screen.slice(-3)).toEqual(["[JOIN] bob", "[alice] across", "[bob] and back"]);
    const { session } = bob.last("welcome");
    bob.say({ type: "client_leave_req" });
    const moved = cluster
      .node(`b@${A}`)
      .connect()
      .join("bob", { session, cursor: { [origin]: seq }, n: 1 });
    cluster.settle();
    expect(moved.texts).toEqual(["and back"]);
  });

  it("X3 M8 M11 one deployment cut off is shown unreachable and made whole; one that leaves is left", () => {
    const cluster = federation();
    const alice = cluster.node(`main@${A}`).connect().join("alice");
    const bob = cluster.node(`main@${B}`).connect().join("bob");
    cluster.settle();
    cluster.down.add(`main@${B}`);
    alice.send("anybody?");
    cluster.settle();
    cluster.pass(10_000);
    expect(alice.last("update_servers").servers.at(-1)).toMatchObject({ name: `main@${B}`, status: "unreachable" });
    cluster.down.clear();
    cluster.pass(60_000);
    expect(bob.texts).toEqual(["anybody?"]);
    expect(cluster.disconnect(`main@${B}`)?.status).toBe(200);
    expect(bob.last("exit").servers).toContainEqual(expect.objectContaining({ name: `main@${A}`, status: "alive" }));
    expect(cluster.node(`b@${A}`).state.members.get(`main@${B}`)?.status).toBe("left");
    const late = cluster.start(`c@${A}`, `main@${B}`);
    expect(JSON.parse(late.body).error.code).toBe("left");
  });

  it("X2 H8 M6 without HOST there is no joining, in neither direction", () => {
    const cluster = new Cluster();
    const code = (answer: { body: string }) => JSON.parse(answer.body).error.code;
    expect(code(cluster.start("b", `main@${A}`))).toBe("no_federation");
    cluster.start("main");
    const main = cluster.node("main");
    const members = { [`x@${A}`]: { inc: 1, status: "alive", epoch: "00000001" } };
    const body = JSON.stringify({ chat: "lobby", from: `x@${A}`, members });
    const req = main.request((req) => ({ type: "server_join_req", req, body }));
    expect(cluster.reply(main, req).status).toBe(400);
    expect(cluster.reply(main, req).body).toContain("HOST is not set");
    expect(list(cluster, "main")).toEqual(["main"]);
  });

  it("X4 M7 a main that already talks joins another deployment's set, and the own host names the own servers", () => {
    const cluster = new Cluster();
    const alice = cluster.node(`main@${A}`).connect().join("alice");
    const bob = cluster.node(`main@${B}`).connect().join("bob");
    alice.send("before, at A");
    bob.send("before, at B");
    cluster.settle();
    expect(cluster.start(`main@${B}`, `main@${A}`).status).toBe(200);
    expect(alice.texts.toSorted()).toEqual(["before, at A", "before, at B"]);
    expect(bob.texts.toSorted()).toEqual(alice.texts.toSorted());
    expect(cluster.start(`b@${A}`, `main@${A}`).status).toBe(200);
    expect(list(cluster, `b@${A}`)).toEqual(["b", "main", `main@${B}`]);
  });
});
