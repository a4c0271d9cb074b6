/** What the page shows of a chat, as data. */
import { describe, expect, it } from "vitest";
import type { Said } from "../../../client/web/model/rows.ts";
import { entry, ID, message, welcome } from "../rig.ts";
import { ANNE, at, Play, said } from "./people.ts";

const states = (play: Play) => play.said.map(({ text, state }) => [text, state]);
const own = (n: number, text: string, seq = n) => said(n, text, { name: "John", id: ID, seq });

describe("speaking", () => {
  it("W2 what one says is there at once, behind what others say meanwhile, and takes its place with its echo", () => {
    const play = Play.welcomed();
    play.say({ n: 1, text: "one" }, at(5));
    play.say({ n: 2, text: "two" }, at(5));
    play.tell(said(1, "hello"));
    expect(states(play)).toEqual([["hello", "sent"], ["one", "sending"], ["two", "sending"]]); // biome-ignore format: one thing
    const { key } = play.said[1] as Said;
    play.tell(own(1, "one", 2));
    play.echoed({ n: 1, text: "one" });
    play.tell(said(3, "again"));
    expect(states(play)).toEqual([["hello", "sent"], ["one", "sent"], ["again", "sent"], ["two", "sending"]]); // biome-ignore format: one thing
    expect(play.said[1]).toMatchObject({ key, mine: true, origin: "main#1", seq: 2 });
  });

  it("W2 what failed says why, and is taken out to be said again; its number may be given again meanwhile", () => {
    const play = Play.welcomed();
    play.say({ n: 1, text: "bad" }, at(5));
    play.failed({ n: 1, text: "bad", code: "bad_text", message: "no such text" });
    play.say({ n: 1, text: "good" }, at(6));
    expect(play.said.map(({ text, state, why }) => [text, state, why])).toEqual([
      ["bad", "failed", "no such text"],
      ["good", "sending", undefined],
    ]);
    const keys = play.said.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    expect(play.takeFailed(keys[0] as string)).toBe("bad");
    expect(play.texts).toEqual(["good"]);
    expect(play.takeFailed(keys[0] as string)).toBeUndefined();
  });

  it("W2 another text under one's number is another message; an echo that was trimmed is one all the same", () => {
    const play = Play.welcomed();
    play.say({ n: 1, text: "mine" }, at(5));
    play.tell(own(1, "of a twin"));
    expect(states(play)).toEqual([["of a twin", "sent"], ["mine", "sending"]]); // biome-ignore format: one thing
    play.say({ n: 2, text: "trimmed" }, at(6));
    play.echoed({ n: 2, text: "trimmed" });
    expect(states(play)).toContainEqual(["trimmed", "sent"]);
  });

  it("W11 what the life before left to be sent is there before the welcome", () => {
    const waiting = [{ n: 7, text: "seven" }, { n: 8, text: "eight" }]; // biome-ignore format: one thing
    const play = new Play("John", { is: "resuming" }, at(0), { "main#1": 4 }, waiting);
    expect(states(play)).toEqual([["seven", "sending"], ["eight", "sending"]]); // biome-ignore format: one thing
    play.tell(welcome({ n: 7, cursor: { "main#1": 4 } }));
    play.tell(message(7, "seven", { seq: 5 }));
    expect(states(play)).toEqual([["seven", "sent"], ["eight", "sending"]]); // biome-ignore format: one thing
  });
});

describe("the past", () => {
  it("W7 lines at or below the cursor of the welcome are history, those of the transcript come before them, once", () => {
    const play = Play.welcomed({ cursor: { "main#1": 3 } });
    for (const n of [2, 3]) play.tell(said(n, `old ${n}`));
    play.tell({ type: "join", name: "John", id: ID });
    play.tell(said(4, "new"));
    expect(play.timeline.tail.map(({ entry }) => entry.kind)).toEqual(["came", "said"]);
    expect(play.earlier([1, 2, 3, 4, 5].map((n) => said(n, `old ${n}`)))).toBe(1);
    expect(play.texts).toEqual(["old 1", "old 2", "old 3", "new"]);
    expect(play.earlier([said(1, "old 1")])).toBe(0);
  });

  it("W7 who goes on sees the past up to the cursor kept, and the rest from the stream; what is repeated below it is there once", () => {
    const play = new Play("John", { is: "resuming" }, at(0), { "main#1": 2 });
    play.tell(welcome({ cursor: { "main#1": 2 } }));
    play.tell(said(3, "missed"));
    play.earlier([said(1, "one"), own(2, "mine"), said(3, "missed")]);
    expect(play.said.map(({ text, mine }) => [text, mine])).toEqual([["one", false], ["mine", true], ["missed", false]]); // biome-ignore format: one thing
    play.tell(said(1, "one"));
    expect(play.texts).toEqual(["one", "mine", "missed"]);
  });

  it("W3 W7 the first row is fitted to what comes before it", () => {
    const play = Play.welcomed({ cursor: { "main#1": 9 } });
    play.tell(said(9, "then"));
    expect(play.rows.map(({ first, day }) => [first, day])).toEqual([[true, true]]);
    play.earlier([said(7, "before"), said(8, "and")]);
    expect(play.rows.map(({ first, day }) => [first, day])).toEqual([[true, true], [false, false], [false, false]]); // biome-ignore format: one thing
  });
});

describe("what is marked", () => {
  it("W10 what lies beyond the cursor of a reset is marked until it comes again", () => {
    const play = Play.welcomed();
    for (const n of [1, 2, 3]) play.tell(said(n, `${n}`));
    play.tell(said(4, "of b", { origin: "b#2", seq: 1 }));
    play.tell({ type: "reset", reason: "ahead", cursor: { "main#1": 1, "b#2": 1 } });
    const alone = () => play.said.filter((said) => said.alone).map(({ text }) => text);
    expect(alone()).toEqual(["2", "3"]);
    expect(play.rows.at(-1)?.entry).toMatchObject({ kind: "break", reason: "ahead" });
    play.repeated(said(3, "3"));
    expect(alone()).toEqual(["2"]);
    play.repeated(said(2, "2"));
    expect(alone()).toEqual([]);
  });

  it("W10 a reset that says nothing of where is a line and marks nothing", () => {
    const play = Play.welcomed();
    play.tell(said(1, "1"));
    play.tell({ type: "reset", reason: "trimmed" });
    expect(play.rows.map(({ entry }) => entry.kind)).toEqual(["said", "break"]);
    expect(play.said[0]?.alone).toBeUndefined();
  });

  it("W8 what comes while nobody looks is counted and marked from the first one on; who looks or speaks has read", () => {
    const play = Play.welcomed();
    play.tell(said(1, "seen"));
    play.watch(false);
    play.tell(said(2, "new"));
    play.tell(said(3, "newer"));
    const { key } = play.said[1] as Said;
    expect([play.unread.count, play.unread.line]).toEqual([2, key]);
    play.watch(true);
    expect([play.unread.count, play.unread.line]).toEqual([0, key]);
    play.say({ n: 1, text: "answer" }, at(9));
    expect(play.unread.line).toBeUndefined();
  });

  it("W8 W9 after an absence the line is where what was missed begins, and one's own messages are not counted", () => {
    const play = Play.welcomed();
    play.turn({ is: "offline", final: false, until: 9000, why: "" }, 1000);
    play.turn({ is: "online", server: "main" }, 9000);
    play.tell(own(1, "mine"), 9001);
    for (const n of [2, 3]) play.tell(said(n, `${n}`), 9002);
    expect([play.unread.count, play.unread.line]).toEqual([0, play.said[1]?.key]);
    play.link.tick(9800);
    expect(play.link.banner(9800, 0)).toEqual({ kind: "notice", text: "Caught up: 2 messages" });
  });
});

it("W3 W6 who is here and on which servers is known; namesakes are told apart also when they are gone", () => {
  const play = Play.welcomed({ names: [{ name: "John", id: ID }], servers: [entry("main"), entry("b")] });
  play.tell({ type: "join", ...ANNE });
  expect(play.names.tag(ANNE)).toBeUndefined();
  play.tell({ type: "leave", ...ANNE });
  play.tell({ type: "join", name: "Anne", id: "a1a1a2" });
  expect(play.names.call(ANNE)).toBe("Anne #a1a1a1");
  expect(play.people.known.map(({ id }) => id).sort()).toEqual([ID, "a1a1a2"]);
  play.tell({ type: "update_servers", servers: [entry("main")] });
  expect(play.servers.map(({ name }) => name)).toEqual(["main"]);
});
