/** Servers among themselves: relays, debts, and what they do to each other's clients. */
import { describe, expect, it } from "vitest";
import { type Cluster, clusterOf, people } from "./cluster.ts";

const relays = (cluster: Cluster) => cluster.posts.filter(({ verb }) => verb === "relay");

describe("relay", () => {
  it("R2 S1 S7 what is said on one server is heard once, in order, on all", () => {
    const cluster = clusterOf("main", "b", "c");
    const { clients } = people(cluster, "main", "b", "c");
    for (let i = 0; i < 30; i++) {
      clients[i % 3]?.send(`${i}`);
      if (i % 4 === 0) cluster.settle();
    }
    cluster.settle();
    for (const client of clients) {
      expect(client.texts.length).toBe(30);
      for (let p = 0; p < 3; p++) {
        const from = client.texts.map(Number).filter((i) => i % 3 === p);
        expect(from).toEqual(from.toSorted((a, b) => a - b));
      }
    }
  });

  it("R1 per peer one request is under way; the next carries all that was said meanwhile", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    for (let i = 0; i < 10; i++) {
      first.send(`${i}`);
      first.node.flush();
    }
    expect(relays(cluster).length).toBe(1);
    const [one] = cluster.posts.splice(0);
    if (one) cluster.deliver(one);
    first.node.flush();
    expect(second.texts).toEqual(["0"]);
    expect(relays(cluster).length).toBe(1);
    expect(cluster.settle()).toBeGreaterThan(0);
    expect(second.texts.length).toBe(10);
  });

  it("R1 R2 a long absence is made up in pieces of at most 1,048,576 characters", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    cluster.down.add("b");
    for (let i = 0; i < 600; i++) first.send(`${i}`.padEnd(4096, "."));
    cluster.settle();
    cluster.down.clear();
    const sizes: number[] = [];
    const deliver = cluster.deliver.bind(cluster);
    cluster.deliver = (post, lost) => {
      if (post.verb === "relay") sizes.push(post.body.length);
      deliver(post, lost);
    };
    cluster.pass(60_000);
    expect(second.texts.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 600 }, (_, i) => i));
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(1_048_576 + 20_000);
  });

  it("R2 R3 a request that arrives twice, or whose answer is lost, is applied once", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    first.send("one");
    first.node.flush();
    const [post] = cluster.posts.splice(0);
    if (!post) throw new Error("nothing was relayed");
    cluster.deliver(post, true);
    cluster.deliver(post, true);
    first.send("two");
    cluster.settle();
    cluster.pass(5_000);
    expect(second.texts).toEqual(["one", "two"]);
  });

  it("R3 batches that come in the wrong order are left out, and the sender goes on where the answer says", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    first.send("one");
    cluster.settle();
    first.send("two");
    first.node.flush();
    const [post] = cluster.posts.splice(0);
    if (!post) throw new Error("nothing was relayed");
    const late = { ...post, body: post.body.replace('"first":2', '"first":3').replaceAll('"seq":2', '"seq":3') };
    const b = cluster.node("b");
    const req = b.request((req) => ({ type: "relay", req, body: late.body }));
    b.flush();
    const origin = first.last("message").origin;
    expect(JSON.parse(cluster.reply(b, req).body)).toMatchObject({ vv: { [origin]: 1 } });
    cluster.deliver(post);
    cluster.settle();
    expect(second.texts).toEqual(["one", "two"]);
  });

  it("R3 nobody but this server writes under its origin", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    first.send("mine");
    first.node.flush();
    const [post] = cluster.posts.splice(0);
    if (!post) throw new Error("nothing was relayed");
    const origin = first.last("message").origin;
    const [head, line] = post.body.replaceAll('"seq":1', '"seq":2').replace('"first":1', '"first":2').split("\n");
    const forged = [head?.replace('"from":"main"', '"from":"b"'), line].join("\n");
    const req = first.node.request((req) => ({ type: "relay", req, body: forged }));
    first.node.flush();
    expect(JSON.parse(cluster.reply(first.node, req).body).vv[origin]).toBe(1);
    expect(first.texts).toEqual(["mine"]);
    cluster.deliver(post);
    cluster.settle();
    expect(second.texts).toEqual(["mine"]);
  });

  it("R9 who is no member is not heard", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    const presence = { epoch: "00000001", version: 1, people: [["0123456789abcdef0123", "mallory"]] };
    for (const from of ["stranger", "main"]) {
      const body = JSON.stringify({ chat: "lobby", from, vv: {}, presence, batches: [] });
      const req = first.node.request((req) => ({ type: "relay", req, body }));
      expect(JSON.parse(cluster.reply(first.node, req).body).error.code).toBe("unknown_server");
    }
    cluster.settle();
    expect(first.screen).not.toContain("[JOIN] mallory");
  });

  it("R4 a relay is answered by the flush that wrote it, not before", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    first.send("one");
    first.node.flush();
    const [post] = cluster.posts.splice(0);
    const b = cluster.node("b");
    const rows = b.rows.length;
    const req = b.request((req) => ({ type: "relay", req, body: post?.body ?? "" }));
    expect(b.replies.has(req)).toBe(false);
    b.flush();
    expect(b.replies.get(req)?.status).toBe(200);
    expect(b.rows.length).toBe(rows + 1);
  });

  it("R5 M11 I1 a peer that cannot be reached is tried after growing delays, shown as unreachable, and made whole", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    cluster.down.add("b");
    first.send("one");
    const tries: number[] = [];
    const deliver = cluster.deliver.bind(cluster);
    cluster.deliver = (post, lost) => {
      tries.push(cluster.now);
      deliver(post, lost);
    };
    cluster.settle();
    cluster.pass(12 * 3_600_000);
    const delays = tries.slice(1).map((time, i) => time - (tries[i] ?? 0));
    expect(delays.slice(0, 5)).toEqual([376, 750, 1500, 3000, 6000]);
    expect(delays.at(-1)).toBe(2_700_000);
    expect(first.node.alarm).not.toBe(null);
    expect(first.last("update_servers").servers[0]).toMatchObject({ name: "b", status: "unreachable" });
    cluster.down.clear();
    cluster.pass(3_600_000);
    expect(second.texts).toEqual(["one"]);
    expect(first.last("update_servers").servers[0]).toMatchObject({ name: "b", status: "alive" });
    expect(first.node.alarm).toBe(null);
  });

  it("M11 R5 a peer that pays by what it says itself is asked, and no longer shown as unreachable", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    first.send("one");
    const main = first.node;
    main.flush();
    for (const post of cluster.posts.splice(0)) cluster.deliver(post, true);
    cluster.down.add("b");
    cluster.settle();
    cluster.pass(60_000);
    expect(first.last("update_servers").servers[0]).toMatchObject({ name: "b", status: "unreachable" });
    cluster.down.clear();
    second.node.do({ type: "alarm" });
    second.send("two");
    cluster.settle();
    expect([first.texts, second.texts]).toEqual([
      ["one", "two"],
      ["one", "two"],
    ]);
    expect(first.last("update_servers").servers[0]).toMatchObject({ name: "b", status: "alive" });
    expect(main.alarm).toBe(null);
  });

  it("R5 a peer that asks something itself is tried at once", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    cluster.down.add("b");
    first.send("one");
    cluster.settle();
    cluster.pass(3_600_000);
    cluster.down.clear();
    second.send("I am back");
    cluster.settle();
    expect(second.texts.toSorted()).toEqual(["I am back", "one"]);
  });

  it("R6 a peer whose clock is far ahead is refused aloud, and nothing is applied", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    cluster.now += 400_000;
    first.send("from the future");
    first.node.flush();
    cluster.now -= 400_000;
    cluster.settle();
    expect(first.node.printed.at(-1)).toContain("ahead of the clock");
    expect(second.texts).toEqual([]);
    cluster.pass(500_000);
    expect(second.texts).toEqual(["from the future"]);
  });

  it("R8 a copy that arrives by another server is told nowhere again", () => {
    const cluster = clusterOf("main", "b", "c");
    const { first, second, clients } = people(cluster, "main", "b", "c");
    const { session } = first.last("welcome");
    first.send("once", 1);
    first.node.flush(); // written on main, told to nobody else yet
    const held = cluster.posts.splice(0);
    first.cut();
    const moved = cluster.node("b").connect().join("main-person", { session, n: 0 });
    moved.send("once", 1);
    cluster.settle();
    for (const post of held) cluster.deliver(post);
    cluster.settle();
    cluster.pass(30_000);
    for (const client of [second, clients[2], moved]) expect(client?.texts).toEqual(["once"]);
    const late = cluster.node("c").connect().join("late");
    cluster.settle();
    expect(late.texts).toEqual(["once"]);
  });
});

describe("debts", () => {
  it("I1 I2 an alarm stands while something is owed; who lost the memory of it asks and pays", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    expect(first.node.alarm).toBe(null);
    first.send("one");
    first.node.flush();
    expect(first.node.alarm).not.toBe(null);
    cluster.posts = [];
    first.node.evict();
    cluster.settle();
    expect(second.texts).toEqual([]);
    cluster.pass(20_000);
    expect(second.texts).toEqual(["one"]);
    expect(first.node.alarm).toBe(null);
  });

  it("I2 I3 who starts without an alarm asks nobody", () => {
    const cluster = clusterOf("main", "b");
    const { first, second } = people(cluster, "main", "b");
    first.send("one");
    cluster.settle();
    for (const node of cluster.nodes.values()) node.evict();
    cluster.settle();
    cluster.pass(86_400_000);
    expect(cluster.posts).toEqual([]);
    expect([...cluster.nodes.values()].map(({ alarm, flushWanted }) => [alarm, flushWanted])).toEqual([[null, false], [null, false]]); // biome-ignore format: a table
    second.send("two");
    cluster.settle();
    expect(first.texts).toEqual(["one", "two"]);
  });
});
