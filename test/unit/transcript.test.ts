/** The transcript: the same on all servers that hold the same, each message once, page by page. */
import { describe, expect, it } from "vitest";
import { comesBefore, type Mark, parseMark, writeMark } from "../../src/chat/mark.ts";
import { transcriptPage } from "../../src/chat/transcript.ts";
import { Cluster, clusterOf, type Node, people } from "./cluster.ts";

interface Page {
  messages: { time: number; origin: string; seq: number; text: string; id: string; n: number }[];
  before?: string;
}

const page = ({ state }: Node, before: string | null = null): Page => JSON.parse(transcriptPage(state, before).body);

/** All pages, first message first. */
function whole(node: Node): Page["messages"] {
  const { messages, before } = page(node);
  let all = messages;
  for (let mark = before; mark !== undefined; ) {
    const earlier = page(node, mark);
    all = [...earlier.messages, ...all];
    mark = earlier.before;
  }
  return all;
}

describe("the transcript", () => {
  it("H10 H11 lists what was said at once on several servers in one order, whichever was heard first", () => {
    const cluster = clusterOf("main", "b", "c");
    const { clients } = people(cluster, "main", "b", "c");
    for (let round = 0; round < 5; round++) {
      for (const client of clients) for (let i = 0; i < 3; i++) client.send(`${client.node.name} ${round} ${i}`);
      for (const { node } of clients) node.flush();
      cluster.posts.reverse();
      cluster.settle();
      cluster.now += 7;
    }
    const heard = clients.map(({ texts }) => texts);
    expect(heard[1]).not.toEqual(heard[0]);
    const [main, b, c] = clients.map(({ node }) => whole(node));
    expect(main?.length).toBe(45);
    expect(b).toEqual(main);
    expect(c).toEqual(main);
    main?.forEach((message, i) => {
      const next = main[i + 1];
      if (next) expect(comesBefore(message, next)).toBe(true);
    });
  });

  it("H10 pages are of 100 and lead back to the first message", () => {
    const cluster = new Cluster();
    const alice = cluster.node("main").connect().join("alice");
    for (let i = 1; i <= 250; i++) alice.send(`${i}`);
    cluster.settle();
    const node = cluster.node("main");
    const last = page(node);
    expect(last.messages.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, i) => `${151 + i}`));
    const first = page(node, page(node, last.before).before);
    expect(first.messages.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, i) => `${1 + i}`));
    expect(first.before).toBeUndefined();
    expect(page(node, writeMark({ time: 0, origin: "a#00000000", seq: 1 }))).toEqual({ messages: [] });
    node.evict();
    expect(whole(node).length).toBe(250);
  });

  it("H11 R8 of a message in two places all servers show the one that comes first", () => {
    const cluster = clusterOf("main", "b", "c");
    const { first } = people(cluster, "main", "b", "c");
    const { session } = first.last("welcome");
    first.send("twice", 1);
    first.node.flush();
    const late = cluster.posts.splice(0);
    first.cut();
    const moved = cluster.node("b").connect().join("main-person", { session, n: 0 });
    moved.send("twice", 1);
    cluster.settle();
    for (const post of late) cluster.deliver(post);
    cluster.pass(60_000);
    const [main, b, c] = ["main", "b", "c"].map((name) => cluster.node(name));
    if (!main || !b || !c) throw new Error("three servers");
    expect(main.rows.length).toBe(2);
    expect(whole(main).map(({ text }) => text)).toEqual(["twice"]);
    expect(whole(b)).toEqual(whole(main));
    expect(whole(c)).toEqual(whole(main));
    b.evict();
    expect(whole(b)).toEqual(whole(main));
  });

  it("H10 a mark comes back from its text, and nothing else is one", () => {
    const mark: Mark = { time: 1_790_000_000_000, origin: "b-2#0a1b2c3d", seq: 17 };
    expect(writeMark(mark)).toBe("1790000000000:b-2:0a1b2c3d:17");
    expect(parseMark(writeMark(mark))).toEqual(mark);
    const { state } = clusterOf("main").node("main");
    for (const bad of ["", "1", "1:b:0:1", "1:B:0a1b2c3d:1", "1:b:0a1b2c3d:x", "1:b:0a1b2c3d:1:", "-1:b:0a1b2c3d:1"])
      expect(transcriptPage(state, bad)).toMatchObject({ status: 400, body: expect.stringContaining("bad_before") });
  });
});
