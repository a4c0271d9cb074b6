/** Servers that begin another life, leave, or are said to: nobody believes of one life what was said of another, and nothing is left behind. */
import { describe, expect, it } from "vitest";
import { Disk } from "../disk.ts";
import { type Cluster, clusterOf, type Node, people } from "./cluster.ts";

function wipe(node: Node): void {
  (node as { disk: Disk }).disk = new Disk();
  node.evict("close");
}

const nodes = (cluster: Cluster) => ["main", "b", "c"].map((name) => cluster.node(name)) as [Node, Node, Node];
const cursor = ({ state }: Node) => state.log.cursor();

describe("lives", () => {
  it("M19 R2 what a server that left and lost its storage had told one other reaches all", () => {
    const cluster = clusterOf("main", "b", "c");
    const [main, b, c] = nodes(cluster);
    cluster.down.add("c");
    main.connect().join("John").send("hi", 1);
    cluster.settle();
    b.evict();
    cluster.disconnect("main");
    wipe(main);
    cluster.down.delete("c");
    cluster.pass(4 * 3_600_000);
    expect(cursor(b)).toEqual(cursor(c));
  });

  it("M19 M10 who leaves passes on all it holds, also what a living one wrote and then lost", () => {
    const cluster = clusterOf("main", "b", "c");
    const [main, b, c] = nodes(cluster);
    cluster.down.add("c");
    main.connect().join("John").send("why?", 1);
    cluster.settle();
    b.connect().join("Mary").send("because", 1);
    cluster.settle();
    cluster.disconnect("b");
    wipe(main);
    cluster.down.delete("c");
    cluster.pass(120_000);
    expect(cursor(c)).toEqual(cursor(b));
  });

  it("R16 M14 an answer of a life that ended says nothing of the next", () => {
    const cluster = clusterOf("main", "b");
    const [main, b] = nodes(cluster);
    main.connect().join("John").send("hi", 1);
    main.flush();
    const relay = cluster.posts.shift();
    if (!relay) throw new Error("nothing was relayed");
    const req = b.request((req) => ({ type: "relay", req, body: relay.body }));
    b.flush();
    const answer = cluster.reply(b, req);
    wipe(b);
    b.request((req) => ({ type: "start", req, boot: "main" }));
    cluster.settle();
    main.do({ type: "answer", peer: "b", verb: "relay", ...answer });
    cluster.settle();
    cluster.pass(60_000);
    expect(cursor(b)).toEqual(cursor(main));
  });

  it("R16 what a life that ended had sent says nothing of the next, however late it arrives", () => {
    const cluster = clusterOf("main", "b");
    const [main, b] = nodes(cluster);
    main.connect().join("John").send("hi", 1);
    cluster.settle();
    b.connect().join("Mary").send("hello", 1);
    b.flush();
    const [late] = cluster.posts.splice(0);
    if (!late) throw new Error("nothing was relayed");
    wipe(b);
    const { deliver } = cluster;
    cluster.deliver = (post, lost) => {
      if (!post.body.includes("\n")) deliver.call(cluster, post, lost);
      else cluster.nodes.get(post.from)?.do({ type: "answer", peer: post.peer, verb: post.verb, status: 0, body: "" });
    };
    b.request((req) => ({ type: "start", req, boot: "main" }));
    cluster.settle();
    expect(cursor(b)).toEqual({});
    main.request((req) => ({ type: "relay", req, body: late.body }));
    cluster.settle();
    cluster.deliver = deliver;
    cluster.pass(60_000);
    expect(cursor(b)).toEqual(cursor(main));
  });

  it("R17 R5 L8 a server that was down for long is made whole when somebody comes back to it", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const { session } = second.last("welcome");
    const b = second.node;
    cluster.down.add("b");
    first.send("while b was down");
    cluster.settle();
    cluster.pass(3_600_000);
    b.evict("close");
    cluster.down.clear();
    const back = b.connect().join("b-person", { session, cursor: {} });
    cluster.settle();
    expect(back.texts).toEqual(["while b was down"]);
  });

  it("R5 what a peer asks while it cannot be reached itself does not lengthen the delay", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    const { deliver } = cluster;
    cluster.deliver = (post, lost) => {
      if (post.to !== "b") deliver.call(cluster, post, lost);
      else cluster.node("main").do({ type: "answer", peer: "b", verb: post.verb, status: 0, body: "" });
    };
    first.send("one");
    for (let i = 0; i < 20; i++) {
      second.send(`${i}`);
      cluster.settle();
      cluster.now += 100;
    }
    cluster.deliver = deliver;
    cluster.pass(10_000);
    expect(second.texts).toContain("one");
  });

  it("P1 M2 the people of a server that outlives a wrong claim are shown again", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    const b = { ...cluster.node("b").state.members.get("b"), status: "left", final: 0 };
    const tell = (to: string, from: string) => {
      const body = JSON.stringify({ chat: "lobby", from, members: { b } });
      cluster.node(to).request((req) => ({ type: "update_servers", req, body }));
    };
    tell("main", "b");
    cluster.settle();
    cluster.pass(11_000);
    expect(first.all("leave").map(({ name }) => name)).toEqual(["b-person"]);
    tell("b", "main");
    cluster.settle();
    cluster.pass(60_000);
    expect([...cluster.node("main").state.presence.on("b").values()]).toEqual(["b-person"]);
  });

  it("M20 M11 who was told that a server is unreachable is told when it is not any more", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const john = main.connect().join("John");
    cluster.settle();
    cluster.down.add("b");
    john.send("hi", 1);
    cluster.settle();
    cluster.pass(5000);
    const status = () => john.last("update_servers").servers.find(({ name }) => name === "b")?.status;
    expect(status()).toBe("unreachable");
    main.evict();
    cluster.down.delete("b");
    cluster.pass(60_000);
    john.send("there?", 2);
    cluster.settle();
    expect(status()).toBe("alive");
    main.evict();
    expect(main.state.peers.get("b")?.unreachable).not.toBe(true);
  });

  it("M17 R7 the greatest claim leaves room to be outlived", () => {
    const cluster = clusterOf("main", "b");
    const [main, b] = nodes(cluster);
    const bob = b.connect().join("bob");
    const claim = (inc: number) => {
      const members = { main: { inc, status: "alive", epoch: "ffffffff" } };
      const body = JSON.stringify({ chat: "lobby", from: "b", members });
      const req = main.request((req) => ({ type: "update_servers", req, body }));
      cluster.settle();
      return cluster.reply(main, req).status;
    };
    expect([claim(2 ** 31 - 1), claim(32_770), claim(32_769)]).toEqual([400, 400, 200]);
    main.connect().join("alice").send("hello");
    cluster.settle();
    cluster.pass(120_000);
    expect(bob.texts).toEqual(["hello"]);
  });

  it("M18 M2 who is called left behind its back hears of it and objects", () => {
    const cluster = clusterOf("main", "b");
    const [main, b] = nodes(cluster);
    const [alice, bob] = [main.connect().join("alice"), b.connect().join("bob")];
    cluster.settle();
    const members = { b: { ...b.state.members.get("b"), status: "left", final: 0 } };
    const body = JSON.stringify({ chat: "lobby", from: "c", members });
    main.request((req) => ({ type: "update_servers", req, body }));
    cluster.settle();
    alice.send("do you hear me?");
    bob.send("hello");
    cluster.settle();
    cluster.pass(60_000);
    expect(bob.texts.toSorted()).toEqual(["do you hear me?", "hello"]);
  });

  it("X2 R7 M16 without HOST no list names a server of another deployment", () => {
    const cluster = clusterOf("main", "b");
    const main = cluster.node("main");
    const members = { "x@evil.test": { inc: 1, status: "alive", epoch: "00000001" } };
    const body = JSON.stringify({ chat: "lobby", from: "b", members });
    const req = main.request((req) => ({ type: "update_servers", req, body }));
    expect(cluster.reply(main, req)).toMatchObject({ status: 400, body: expect.stringContaining("HOST") });
    expect(cluster.posts).toEqual([]);
  });
});
