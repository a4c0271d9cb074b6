/** Who is connected where, as servers tell each other: only what changed, and nobody for ever. */
import { describe, expect, it } from "vitest";
import { type Cluster, clusterOf } from "./cluster.ts";

interface Told {
  presence?: { since?: number; people: [string, string | null][] };
}

/** The sets and changes that go over the wire from now on. */
function listen(cluster: Cluster): NonNullable<Told["presence"]>[] {
  const heard: NonNullable<Told["presence"]>[] = [];
  const { deliver } = cluster;
  cluster.deliver = (post, lost) => {
    const { presence } = JSON.parse(post.body.split("\n", 1)[0] ?? "") as Told;
    if (presence) heard.push(presence);
    deliver.call(cluster, post, lost);
  };
  return heard;
}

const shown = (cluster: Cluster, server: string) =>
  cluster
    .node(server)
    .state.presence.names(1000)
    .map(({ name }) => name)
    .sort();

function crowd(cluster: Cluster, server: string, count: number) {
  const clients = Array.from({ length: count }, (_, i) =>
    cluster
      .node(server)
      .connect()
      .join(`p${100 + i}`),
  );
  cluster.settle();
  return clients;
}

describe("published people", () => {
  it("P6 who holds the set is told who came and who went, by id", () => {
    const cluster = clusterOf("main", "b");
    const clients = crowd(cluster, "main", 20);
    const heard = listen(cluster);
    crowd(cluster, "main", 1);
    clients[0]?.say({ type: "client_leave_req" });
    cluster.settle();
    expect(heard.map(({ since, people }) => [since, people.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(heard[1]?.people).toEqual([[clients[0]?.last("welcome").id, null]]);
    expect(shown(cluster, "b")).toEqual(shown(cluster, "main"));
    cluster.node("b").evict();
    expect(shown(cluster, "b")).toEqual(shown(cluster, "main"));
  });

  it("P6 what was missed is told in one, or whole if that is less or no longer known", () => {
    const cluster = clusterOf("main", "b");
    const clients = crowd(cluster, "main", 20);
    const missed = (changes: number) => {
      cluster.down.add("b");
      for (let i = 0; i < changes; i++) {
        clients[19]?.say({ type: "client_leave_req" });
        cluster.settle();
        clients[19] = cluster.node("main").connect().join(`again ${i}`);
        cluster.settle();
      }
      cluster.down.clear();
      const heard = listen(cluster);
      cluster.pass(3_600_000);
      Reflect.deleteProperty(cluster, "deliver");
      expect(shown(cluster, "b")).toEqual(shown(cluster, "main"));
      return heard.map(({ since, people }) => [since === undefined, people.length]);
    };
    expect(missed(3)).toEqual([[false, 4]]);
    expect(missed(15)).toEqual([[false, 16]]);
    expect(missed(25)).toEqual([[true, 20]]);
    expect(missed(60)).toEqual([[true, 20]]);
  });

  it("P6 a change that does not follow what is held is not taken, and the whole set comes", () => {
    const cluster = clusterOf("main", "b");
    crowd(cluster, "main", 3);
    const [main, b] = [cluster.node("main"), cluster.node("b")];
    b.kv.delete("presence/main");
    b.evict();
    expect(shown(cluster, "b")).toEqual([]);
    crowd(cluster, "main", 1);
    expect(shown(cluster, "b")).toEqual(shown(cluster, "main"));
    expect([main.alarm, b.alarm]).toEqual([null, null]);
  });

  it("P7 people of a server that is silent for a minute go, and are there again when it is", () => {
    const cluster = clusterOf("main", "b", "c");
    const alice = cluster.node("main").connect().join("alice");
    cluster.node("b").connect().join("bob");
    cluster.settle();
    cluster.down.add("b");
    alice.send("b?");
    cluster.settle();
    cluster.pass(55_000);
    expect(shown(cluster, "main")).toEqual(["alice", "bob"]);
    cluster.pass(120_000);
    expect(shown(cluster, "main")).toEqual(["alice"]);
    expect(alice.screen.at(-1)).toBe("[LEAVE] bob");
    cluster.node("main").evict();
    expect(shown(cluster, "main")).toEqual(["alice"]);
    cluster.down.clear();
    cluster.pass(3_600_000);
    for (const server of ["main", "b", "c"]) expect(shown(cluster, server)).toEqual(["alice", "bob"]);
    for (const server of ["main", "b", "c"]) expect(cluster.node(server).alarm).toBeNull();
  });

  it("P7 a server that is heard is not forgotten, even if it does not hear", () => {
    const cluster = clusterOf("main", "b");
    const alice = cluster.node("main").connect().join("alice");
    const bob = cluster.node("b").connect().join("bob");
    cluster.settle();
    cluster.down.add("b");
    alice.send("b?");
    cluster.settle();
    for (let i = 0; i < 10; i++) {
      bob.send(`${i}`);
      cluster.settle();
      cluster.pass(20_000);
    }
    expect(shown(cluster, "main")).toEqual(["alice", "bob"]);
  });

  it("P12 R4 a peer that says no more than it must is told each thing once", () => {
    const cluster = clusterOf("main", "b");
    const [main, b] = [cluster.node("main"), cluster.node("b")];
    const reply = cluster.reply.bind(cluster);
    cluster.reply = (node, req) => {
      const { status, body } = reply(node, req);
      const { vv } = JSON.parse(body) as { vv?: object };
      return { status, body: vv && node === b ? JSON.stringify({ vv }) : body };
    };
    const heard = listen(cluster);
    const alice = main.connect().join("alice");
    expect(cluster.settle()).toBeLessThan(20);
    main.connect().join("carol");
    expect(cluster.settle()).toBeLessThan(20);
    alice.send("hi");
    expect(cluster.settle()).toBeLessThan(20);
    expect(shown(cluster, "b")).toEqual(["alice", "carol"]);
    expect([main.alarm, heard.length]).toEqual([null, 2]);
  });

  it("P7 an answer from before a server forgot our people does not make us believe that it holds them", () => {
    const cluster = clusterOf("main", "b");
    const [main, b] = [cluster.node("main"), cluster.node("b")];
    const alice = main.connect().join("alice");
    const bob = b.connect().join("bob");
    cluster.settle();
    alice.send("b?");
    main.flush();
    const [post] = cluster.posts.splice(0);
    const req = b.request((req) => ({ type: "relay", req, body: post?.body ?? "" }));
    b.flush();
    const late = cluster.reply(b, req);
    cluster.down.add("main");
    bob.send("main?");
    cluster.settle();
    cluster.pass(120_000);
    expect(shown(cluster, "b")).toEqual(["bob"]);
    cluster.down.clear();
    cluster.pass(600_000);
    expect(alice.texts).toEqual(["b?", "main?"]);
    main.do({ type: "answer", peer: "b", verb: "relay", ...late });
    cluster.settle();
    expect(shown(cluster, "b")).toEqual(["alice", "bob"]);
  });
});
