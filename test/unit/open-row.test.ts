/** What others wrote is told at once and written later, where much is said; and nothing of it is lost, told twice, or held to be written before it is. */
import { describe, expect, it } from "vitest";
import { saysOpen } from "../../src/chat/debts.ts";
import { relays, talk } from "./brisk.ts";

describe("a row of what others wrote", () => {
  it("L13 R4 stays open from the third relay within 5 s on: told and answered as unwritten", () => {
    const { cluster, second, main, b, say } = talk(3);
    const [rows, origin] = [b.rows.length, [...main.state.log.origins()].find((name) => name.startsWith("main#"))];
    expect(origin).toBe(undefined);
    say("one", "two");
    expect([b.rows.length - rows, saysOpen(b.alarm)]).toEqual([2, false]);
    say("three", "four");
    expect([b.rows.length - rows, saysOpen(b.alarm)]).toEqual([2, true]);
    expect(second.texts).toEqual(["one", "two", "three", "four"]);
    const own = Object.keys(main.state.log.cursor())[0] ?? "";
    expect(main.state.peers.get("b")).toMatchObject({ acked: { [own]: 2 }, unwritten: { [own]: 4 } });
    expect(b.state.log.written()).toEqual({ [own]: 2 });
    cluster.pass(6000);
    say("slow");
    cluster.pass(2600);
    say("slow");
    expect([b.state.log.unwritten(), b.alarm]).toEqual([{}, null]);
  });

  it("L13 I1 R19 is written after 4 s at the latest, when the sender asks; then nothing is owed and all is quiet", () => {
    const { cluster, main, b, say } = talk();
    const rows = b.rows.length;
    say("one", "two", "three");
    expect(b.rows.length).toBe(rows);
    expect([main.alarm !== null, b.alarm !== null]).toEqual([true, true]);
    const seen = relays(cluster);
    cluster.pass(4001);
    expect(b.rows.at(-1)?.lines.split("\n").length).toBe(3);
    expect([b.rows.length, b.state.log.unwritten()]).toEqual([rows + 1, {}]);
    expect(seen.map(([from, { batches }]) => [from, batches.length])).toEqual([["main", 0]]);
    cluster.pass(20_000);
    expect([main.alarm, b.alarm, seen.length]).toEqual([null, null, 1]);
  });

  it("L13 I1 is written by the alarm of a server that nobody asks", () => {
    const { cluster, b, say } = talk();
    say("one");
    const rows = b.rows.length;
    cluster.down.add("b");
    b.ring();
    expect(b.rows.length).toBe(rows);
    cluster.now = b.alarm ?? 0;
    b.ring();
    expect(b.rows.length).toBe(rows + 1);
  });

  it("L13 L2 is written with what is said here, before it, as one row", () => {
    const { cluster, first, second, b, say } = talk();
    const rows = b.rows.length;
    say("a question");
    second.send("an answer");
    cluster.settle();
    expect(b.rows.length).toBe(rows + 1);
    const origins = b.rows.at(-1)?.heads.map(({ origin }) => origin.slice(0, origin.indexOf("#")));
    expect(origins).toEqual(["main", "b"]);
    b.evict("close");
    expect(Object.keys(b.state.log.cursor()).length).toBe(2);
    expect(first.texts).toEqual(["a question", "an answer"]);
  });

  it("L13 C5 C17 is written before anyone is told from it who joins or comes back, and each line is told once", () => {
    const { cluster, second, b, say } = talk();
    say("one");
    const cursor = b.state.log.cursor();
    say("two");
    expect(b.state.log.unwritten()).not.toEqual({});
    const { session } = second.last("welcome");
    const again = b.connect().join("b-person", { session, cursor });
    const newcomer = b.connect().join("newcomer");
    cluster.settle();
    expect(b.state.log.unwritten()).toEqual({});
    expect([again.texts, newcomer.texts]).toEqual([["two"], ["one", "two"]]);
    say("three");
    expect([again.texts, newcomer.texts]).toEqual([
      ["two", "three"],
      ["one", "two", "three"],
    ]);
  });

  it("L13 L1 is written when it is full", () => {
    const { b, say } = talk();
    const rows = b.rows.length;
    say(...Array.from({ length: 70 }, (_, i) => `${i}`.padEnd(4000, ".")));
    expect(b.rows.length).toBe(rows + 1);
    expect(b.rows.at(-1)?.lines.length).toBeLessThanOrEqual(262_144);
    expect(b.state.log.unwritten()).not.toEqual({});
  });

  it("L13 L9 is written before what it may be is trimmed", () => {
    const { cluster, b, say } = talk(1, { retention: { messages: 10, ms: 0, batches: 5, size: 1e6 } });
    for (let i = 0; i < 30; i++) {
      say(`${i}`);
      cluster.now++;
    }
    expect(Object.values(b.state.log.floorNow().cursor)).not.toEqual([]);
    expect(b.state.log.places.every((place) => b.state.log.linesOf(place).includes('"message"'))).toBe(true);
    cluster.pass(5000);
    b.evict("close");
    expect(Object.values(b.state.log.cursor())).toEqual([30]);
  });

  it("R4 is written before a server is answered that does not know of `unwritten`", () => {
    const { cluster, first, main, b } = talk();
    first.send("one");
    main.flush();
    const [post] = cluster.posts.splice(0);
    const rows = b.rows.length;
    const body = (post?.body ?? "").replace('"unwritten":{},', "");
    expect(body).not.toBe(post?.body);
    const req = b.request((req) => ({ type: "relay", req, body }));
    b.flush();
    expect(b.rows.length).toBe(rows + 1);
    expect(JSON.parse(cluster.reply(b, req).body)).toMatchObject({ vv: main.state.log.cursor() });
    expect(JSON.parse(cluster.reply(b, req).body).unwritten).toBe(undefined);
  });
});

describe("what a peer has not written", () => {
  it("R19 is not sent again with what is said next", () => {
    const { cluster, say } = talk();
    const seen = relays(cluster);
    say("one", "two", "three");
    expect(seen.map(([, { batches }]) => batches.length)).toEqual([1, 1, 1]);
  });

  it("R19 I2 is sent again when the peer has lost it with its memory, and told there once", () => {
    const { cluster, second, b, say } = talk();
    say("one", "two");
    const { session } = second.last("welcome");
    const cursor = b.state.log.cursor();
    b.evict("close");
    expect(b.state.log.cursor()).toEqual({});
    cluster.pass(5000);
    expect(b.state.log.written()).toEqual(cursor);
    const again = b.connect().join("b-person", { session, cursor });
    cluster.settle();
    expect(again.texts).toEqual([]);
  });

  it("R19 C11 R13 is sent again at once when somebody waits there who has seen it", () => {
    const { cluster, second, b, say } = talk();
    say("one", "two");
    const { session } = second.last("welcome");
    const cursor = b.state.log.cursor();
    b.evict("close");
    const again = b.connect().join("b-person", { session, cursor });
    cluster.settle();
    expect([again.last("welcome").cursor, b.state.log.cursor()]).toEqual([cursor, cursor]);
    expect(again.texts).toEqual([]);
  });

  it("R19 R14 is asked for ever later of a peer that answers without having written", () => {
    const { cluster, first, main } = talk();
    const asked: number[] = [];
    cluster.deliver = ({ from, peer, verb }) => {
      asked.push(cluster.now);
      const { inc, epoch } = main.state.members.get("b") ?? {};
      const held = [main.state.members.get("main")?.epoch, main.state.presenceVersion];
      const body = JSON.stringify({ vv: {}, unwritten: main.state.log.cursor(), held, life: [inc, epoch] });
      cluster.nodes.get(from)?.do({ type: "answer", peer, verb, status: 200, body });
    };
    first.send("one");
    cluster.settle();
    cluster.pass(3_600_000);
    const waits = asked.slice(1).map((at, i) => Math.round((at - (asked[i] ?? 0)) / 100) / 10);
    expect(waits.slice(0, 8)).toEqual([4, 0.5, 1, 2, 4, 8, 16, 32]);
    expect(waits.slice(8).every((wait) => wait === 32)).toBe(true);
  });

  it("R19 M8 a disconnect waits until it is written", () => {
    const { cluster, first, main, b, say } = talk();
    say("last words");
    expect(b.state.log.unwritten()).not.toEqual({});
    const req = main.request((req) => ({ type: "disconnect", req, force: false }));
    main.flush();
    expect(main.replies.has(req)).toBe(false);
    cluster.settle();
    expect(main.replies.get(req)?.status).toBe(200);
    expect(b.rows.at(-1)?.lines).toContain("last words");
    expect(first.last("exit").reason).toBe("disconnect");
  });

  it("R19 M15 shows as well that a storage went back in time", () => {
    const { cluster, main, b, say } = talk();
    say("one");
    const { inc = 0, epoch } = main.state.members.get("main") ?? {};
    const unwritten = { [`main#${epoch}`]: 7 };
    const body = JSON.stringify({ chat: "lobby", from: "b", life: null, vv: {}, unwritten, batches: [] });
    main.request((req) => ({ type: "relay", req, body: body.replace('"life":null,', "") }));
    cluster.settle();
    expect(main.state.members.get("main")?.inc).toBe(inc + 1);
    expect(b.state.members.get("main")?.epoch).not.toBe(epoch);
  });

  it.each(["unwritten", "vv"])("R7 %s that is no cursor is refused", (field) => {
    const { cluster, main } = talk();
    const body = JSON.stringify({ chat: "lobby", from: "b", vv: {}, batches: [], [field]: { x: -1 } });
    const req = main.request((req) => ({ type: "relay", req, body }));
    expect(cluster.reply(main, req)).toMatchObject({ status: 400 });
    expect(cluster.reply(main, req).body).toContain(`${field} must be`);
  });
});
