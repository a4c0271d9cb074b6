/** What a server makes of the answers of its peers, and of what they send: what it believes, repeats, logs and waits for. */
import { describe, expect, it } from "vitest";
import { writeRelay } from "../../src/chat/relay-wire.ts";
import { originOfSelf } from "../../src/chat/state.ts";
import { clusterOf, type Node, people } from "./cluster.ts";

/** `first` has said something that is on its way to b. */
function onTheWay() {
  const cluster = clusterOf("main", "b");
  const { first, second } = people(cluster, "main", "b");
  first.send("one");
  first.node.flush();
  const posts = cluster.posts.splice(0);
  const answer = (status: number, body: string) =>
    first.node.do({ type: "answer", peer: "b", verb: "relay", status, body });
  return { cluster, first, second, posts, answer, main: first.node };
}

const retryAt = (node: Node, peer = "b") => node.state.peers.get(peer)?.retryAt;

describe("an answer", () => {
  it("R5 that is none is logged with what was wrong, and the piece is sent again", () => {
    const refusal = JSON.stringify({ error: { code: "internal", message: "on fire" } });
    for (const [status, body, problem] of [
      [0, "", "no answer"],
      [0, "name not resolved", "name not resolved"],
      [500, "<html>", "status 500"],
      [503, refusal, "on fire"],
      [200, "{}", "vv must be"],
    ] as const) {
      const { cluster, main, answer, second } = onTheWay();
      const printed = answer(status, body).filter((effect) => effect.do === "print");
      const detail = { peer: "b", verb: "relay", status, fails: 1, retryAt: cluster.now + 375 };
      expect(printed).toMatchObject([{ event: "peer_failed", detail }]);
      expect(main.printed.at(-1)).toContain(`relay to 'b' failed: ${problem}`);
      cluster.settle();
      expect(second.texts).toEqual([]);
      cluster.pass(400);
      expect(second.texts).toEqual(["one"]);
    }
  });

  it("R1 that nobody asked for is no answer", () => {
    const { cluster, main, answer, posts, first, second } = onTheWay();
    const { origin } = main.rows[0]?.heads[0] ?? { origin: "" };
    main.do({ type: "answer", peer: "nobody", verb: "relay", status: 200, body: '{"vv":{}}' });
    for (const post of posts) cluster.deliver(post);
    cluster.settle();
    answer(200, JSON.stringify({ vv: { [origin]: 99 } }));
    first.send("two");
    cluster.settle();
    expect(second.texts).toEqual(["one", "two"]);
  });

  it("R3 R10 that acknowledges nothing of what was sent is waited on for 0.5 s", () => {
    const { cluster, main, answer } = onTheWay();
    answer(200, '{"vv":{}}');
    expect(retryAt(main)).toBe(cluster.now + 500);
    main.flush();
    expect([cluster.posts.length, main.alarm]).toEqual([0, cluster.now + 500]);
    cluster.pass(500);
    expect(main.alarm).toBe(null);
  });

  it("M4 M10 by which a peer shows that it has left is believed, and it is sent nothing more", () => {
    const { cluster, main, answer, first } = onTheWay();
    const left = { ...main.state.members.get("b"), status: "left", final: 0 };
    answer(409, JSON.stringify({ error: { code: "left", message: "gone" }, members: { b: left } }));
    cluster.settle();
    expect(main.state.members.get("b")).toEqual(left);
    expect([cluster.posts.length, main.alarm]).toEqual([0, cluster.now + 4000]);
    expect(first.last("update_servers").servers[0]).toMatchObject({ name: "b", status: "left" });
  });

  it("R5 M4 that is good ends the delay, also one to news of the members", () => {
    const cluster = clusterOf("main", "b", "d");
    const main = cluster.node("main");
    const c = { inc: 1, status: "left", epoch: "0000000c", final: 0 };
    const body = JSON.stringify({ chat: "lobby", from: "d", members: { c } });
    main.request((req) => ({ type: "update_servers", req, body }));
    cluster.down.add("b");
    cluster.settle();
    expect(main.state.peers.get("b")?.fails).toBe(1);
    cluster.down.clear();
    cluster.pass(400);
    expect([main.state.peers.get("b")?.fails, main.alarm]).toEqual([0, null]);
  });

  it("R9 M4 by which a peer shows that it does not know this server makes it tell the peer", () => {
    for (const code of ["unknown_server", "not_started"]) {
      const { cluster, main, answer } = onTheWay();
      answer(409, JSON.stringify({ error: { code, message: "who?" } }));
      main.flush();
      expect(cluster.posts).toEqual([]);
      cluster.now += 400;
      main.ring();
      main.flush();
      expect(cluster.posts.map(({ verb, body }) => [verb, Object.keys(JSON.parse(body).members).sort()])).toEqual([["update_servers", ["b", "main"]]]); // biome-ignore format: one list
    }
  });
});

describe("progress", () => {
  it("R14 is what an answer says, also if the peer's own request came first and said so", () => {
    const { main, second, posts, answer, cluster } = onTheWay();
    const b = second.node;
    const req = b.request((req) => ({ type: "relay", req, body: posts[0]?.body ?? "" }));
    second.send("I have it");
    b.flush();
    const late = cluster.reply(b, req);
    cluster.settle();
    expect(main.state.peers.get("b")?.acked).toMatchObject({ [originOfSelf(main.state)]: 1 });
    answer(late.status, late.body);
    expect(main.state.peers.get("b")).toMatchObject({ stalls: 0, retryAt: 0 });
  });
});

describe("the alarm", () => {
  it("I1 is written once for a debt, however much is added to it", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    const alarms = ["one", "two", "three"].map((text) => {
      first.send(text);
      first.node.flushWanted = false;
      return first.node.do({ type: "flush" }).flatMap((effect) => (effect.do === "alarm" ? [effect.at] : []));
    });
    expect(alarms).toEqual([[cluster.now + 4000], [], []]);
  });

  it("I1 P3 is moved forward for what comes before it", () => {
    const { main, cluster, answer, second } = onTheWay();
    expect(main.alarm).toBe(cluster.now + 4000);
    answer(0, "");
    main.flush();
    // Rounded to an even millisecond, as L14 says.
    expect(main.alarm).toBe(cluster.now + 376);
    expect(second.texts).toEqual([]);
  });
});

describe("a relay", () => {
  it("R6 with a time exactly 5 minutes ahead is taken, one a millisecond more is not", () => {
    for (const [ahead, status] of [
      [300_000, 200],
      [300_001, 409],
    ] as const) {
      const cluster = clusterOf("main", "b");
      const { first } = people(cluster, "main", "b");
      const id = "0123456789abcdef0123";
      const [origin, time] = ["x#0000000b", cluster.now + ahead];
      const lines = JSON.stringify({ type: "message", name: "x", text: "x", id, n: 1, origin, seq: 1, time });
      const head = { origin, first: 1, count: 1, time, dep: {}, ids: [id], by: [0, 1], size: lines.length };
      const relay = { from: "b", vv: {}, batches: [{ head, lines }] };
      const body = writeRelay("main", relay, { chat: "lobby", host: undefined });
      const req = first.node.request((req) => ({ type: "relay", req, body }));
      first.node.flush();
      const answer = cluster.reply(first.node, req);
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body).error?.code).toBe(status === 200 ? undefined : "clock_ahead");
      expect(first.texts.length).toBe(status === 200 ? 1 : 0);
    }
  });

  it("R7 that cannot be read is answered as such", () => {
    const { main } = onTheWay();
    const req = main.request((req) => ({ type: "relay", req, body: "{}" }));
    expect(JSON.parse(main.replies.get(req)?.body ?? "").error.code).toBe("bad_request");
  });

  it("R3 R2 in which a peer says what it has spares it that", () => {
    const { cluster, main, posts } = onTheWay();
    const { origin } = main.rows[0]?.heads[0] ?? { origin: "" };
    const body = JSON.stringify({ chat: "lobby", from: "b", vv: { [origin]: 1 }, batches: [] });
    main.request((req) => ({ type: "relay", req, body }));
    main.do({ type: "answer", peer: "b", verb: "relay", status: 0, body: "" });
    main.flush();
    expect([posts.length, cluster.posts.length]).toEqual([1, 0]);
  });

  it("P5 of a server that has left brings what it said, and nobody who is there", () => {
    const cluster = clusterOf("main", "b");
    const { first } = people(cluster, "main", "b");
    cluster.disconnect("b");
    cluster.pass(11_000);
    const presence = { epoch: "0000000b", version: 99, people: [["0123456789abcdef0123", "ghost"]] };
    const body = JSON.stringify({ chat: "lobby", from: "b", vv: {}, presence, batches: [] });
    const req = first.node.request((req) => ({ type: "relay", req, body }));
    first.node.flush();
    expect(cluster.reply(first.node, req).status).toBe(200);
    expect(first.node.state.presence.count).toBe(1);
  });
});
