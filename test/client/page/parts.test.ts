/** The parts a conversation of the page is made of. */
import { describe, expect, it } from "vitest";
import { type Coming, came, wording } from "../../../client/web/model/crowd.ts";
import { isOutdated, Link } from "../../../client/web/model/link.ts";
import { initialOf } from "../../../client/web/model/names.ts";
import { type Came, rowsAfter } from "../../../client/web/model/rows.ts";
import { pieces } from "../../../client/web/model/text.ts";
import { MOST_ROWS, type Timeline } from "../../../client/web/model/timeline.ts";
import { titleOf } from "../../../client/web/model/unread.ts";
import { Past } from "../../../client/web/past.ts";
import { at, Play, said } from "./people.ts";

const comes = (type: "join" | "leave", name: string): Coming => ({ type, person: { name, id: name } });
const line = (...comings: Coming[]) =>
  comings.reduce<Came | undefined>((last, coming) => came(last, coming, "k", 0), undefined) as Came;
const words = (...comings: Coming[]) => wording(line(...comings), ({ name }) => name);

it("W5 joins and leaves in a row are one line", () => {
  expect(words(comes("join", "A"))).toBe("A joined");
  expect(words(comes("join", "A"), comes("join", "B"), comes("leave", "C"))).toBe("A and B joined, C left");
  expect(words(...["A", "B", "C", "D"].map((name) => comes("join", name)))).toBe("A, B and 2 others joined");
  expect(words(comes("join", "A"), comes("leave", "A"))).toBe("A came and went");
  expect(words(comes("leave", "A"), comes("join", "A"))).toBe("");
  expect(words({ type: "presence", joined: 12, left: 1 }, comes("join", "A"))).toBe(
    "A and 12 others joined, 1 person left",
  );
  const play = Play.welcomed();
  for (const name of ["A", "B"]) play.tell({ type: "join", name, id: name });
  play.tell({ type: "presence", count: 9, joined: 6, left: 0 });
  expect(play.rows.length).toBe(1);
  expect(play.people.count).toBe(9);
});

it("W3 a group ends with its author, after 5 min, and with the day", () => {
  const noon = new Date(2026, 4, 3, 12).getTime();
  const entries = [
    { id: "a", time: noon },
    { id: "a", time: noon + 60_000 },
    { id: "a", time: noon + 7 * 60_000 },
    { id: "b", time: noon + 7 * 60_000 },
    { id: "b", time: noon + 24 * 3_600_000 },
  ].map((fields, n) => ({ kind: "said" as const, name: "x", key: `${n}`, text: "", n, mine: false, state: "sent" as const, ...fields })); // biome-ignore format: one thing
  const rows = rowsAfter(undefined, entries).map(({ first, day }) => `${first ? "first" : ""} ${day ? "day" : ""}`);
  expect(rows).toEqual(["first day", " ", "first ", "first ", "first day"]);
});

describe("W4 texts", () => {
  const hrefs = (text: string) => pieces(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.href]));

  it.for([
    ["see https://example.com/a?b=c#d.", "https://example.com/a?b=c#d"],
    ["(https://en.wikipedia.org/wiki/A_(b)), or", "https://en.wikipedia.org/wiki/A_(b)"],
    ["HTTP://EXAMPLE.COM!!", "http://example.com/"],
    ["„https://müller.example“", "https://xn--mller-kva.example/"],
  ] as const)("%s is a link", ([text, href]) => {
    expect(hrefs(text)).toEqual([href]);
    expect(pieces(text).map((piece) => (typeof piece === "string" ? piece : piece.text)).join("")).toBe(text); // biome-ignore format: one thing
  });

  it.for([
    "javascript:alert(1)",
    "data:text/html,x",
    "https://bank.example@evil.example/",
    "https://",
    "xhttps://a.b",
    "<b>hi</b>",
  ])("%s is none", (text) => expect(pieces(text)).toEqual([text]));

  it("what cannot be seen ends an address", () => {
    expect(hrefs("https://a.example/\u202egpj.exe https://b.example/\u200bx")).toEqual([
      "https://a.example/",
      "https://b.example/",
    ]);
  });
});

it("W3 the first sign of a name is one, however it is made", () => {
  expect(["john", " 👩‍👩‍👧x", "é", "ß"].map(initialOf)).toEqual(["J", "👩‍👩‍👧", "É", "SS"]);
});

describe("the connection", () => {
  const offline = (until: number) => ({ is: "offline" as const, final: false as const, until, why: "cut" });

  it("W9 an absence is said after 2 s, with the time until the next try and what waits; a shorter one is not", () => {
    const link = new Link({ is: "connecting" }, 0);
    link.turn({ is: "online", server: "main" }, 10);
    link.turn(offline(2500), 1000);
    expect(link.banner(3000, 0)).toBeUndefined();
    link.turn({ is: "resuming" }, 2500);
    link.turn({ is: "online", server: "b" }, 2900);
    expect(link.banner(2900, 0)).toBeUndefined();
    link.turn(offline(20_000), 10_000);
    expect(link.banner(12_001, 3)).toEqual({ kind: "offline", text: "No connection", seconds: 8, waiting: 3 });
    link.turn({ is: "resuming" }, 20_000);
    expect(link.banner(20_001, 3)).toMatchObject({ seconds: 0 });
  });

  it("W9 what was caught up is counted until nothing comes for a while, said for a while, and then no more", () => {
    const link = new Link({ is: "connecting" }, 0);
    link.turn({ is: "online", server: "main" }, 10);
    link.turn(offline(5000), 1000);
    let returns = 0;
    link.returned = () => returns++;
    link.turn({ is: "online", server: "main" }, 5000);
    expect([returns, link.heard(5100), link.heard(5700), link.next]).toEqual([1, true, false, 250]);
    link.tick(6399);
    expect(link.banner(6399, 0)).toBeUndefined();
    link.tick(6400);
    expect(link.banner(6400, 0)).toEqual({ kind: "notice", text: "Caught up: 2 messages" });
    link.tick(12_400);
    expect([link.banner(12_400, 0), link.next]).toEqual([undefined, undefined]);
  });

  it("W24 what is known is out of date while it is said that there is no connection, now or for good", () => {
    const link = new Link({ is: "connecting" }, 0);
    link.turn({ is: "online", server: "main" }, 10);
    link.turn(offline(5000), 1000);
    expect([3000, 3001].map((now) => isOutdated(link.banner(now, 0)))).toEqual([false, true]);
    link.turn({ is: "online", server: "main" }, 5000);
    expect(isOutdated(link.banner(5000, 0))).toBe(false);
    link.tick(5700);
    expect([link.banner(5700, 0)?.kind, isOutdated(link.banner(5700, 0))]).toEqual(["notice", false]);
    link.turn({ is: "offline", final: true, code: "replaced", why: "because" }, 6000);
    expect(isOutdated(link.banner(6000, 0))).toBe(true);
  });

  it("W9 the end is said, and what can be done", () => {
    const end = (code: string) => {
      const link = new Link({ is: "connecting" }, 0);
      link.turn({ is: "offline", final: true, code, why: "because" }, 1);
      return link.banner(1, 0);
    };
    expect(end("replaced")).toMatchObject({ kind: "ended", again: "here" });
    expect(end("bad_name")).toEqual({ kind: "ended", text: "The server says no: because", again: "anew" });
  });
});

describe("the timeline", () => {
  const long = (count: number): Timeline => {
    const play = Play.welcomed();
    for (let n = 1; n <= count; n++) play.tell(said(n, `${n}`));
    return play.timeline;
  };

  it("W15 all but the latest rows are in chunks, of which those that were drawn stay so", () => {
    const play = Play.welcomed();
    const { timeline } = play;
    const add = (count: number) => {
      for (let i = 0; i < count; i++) play.tell(said(timeline.size + 1, "text"));
      timeline.drew();
    };
    add(60);
    add(940);
    expect([timeline.size, timeline.tail.length, timeline.chunks.length]).toEqual([1000, 100, 36]);
    expect(timeline.chunks.map(({ near }) => near)).toEqual([...Array(3).fill(true), ...Array(33).fill(false)]);
    add(25);
    expect(timeline.chunks.at(-1)?.near).toBe(true);
    expect(new Set(timeline.chunks.map(({ key }) => key)).size).toBe(37);
  });

  it("W15 the oldest of very many are let go", () => {
    const timeline = long(MOST_ROWS + 200);
    expect(timeline.size).toBeLessThanOrEqual(MOST_ROWS);
    expect(timeline.cut).toBe(true);
    expect(timeline.last).toMatchObject({ text: `${MOST_ROWS + 200}` });
  });
});

it("W8 the title counts", () => {
  expect([titleOf("lobby", 0), titleOf("lobby", 12)]).toEqual(["lobby · Chatty", "(12) lobby · Chatty"]);
});

describe("the transcript", () => {
  const pages = (answers: Record<string, object>) => {
    const asked: string[] = [];
    globalThis.fetch = (async (path: string) => {
      asked.push(path);
      const body = answers[path];
      if (body === undefined) throw new TypeError("no network");
      return Response.json(body);
    }) as typeof fetch;
    return asked;
  };
  const real = globalThis.fetch;

  it("W7 it is read on until something is new, and no further than it goes; a failure can be tried again", async () => {
    try {
      const first = "/chats/lobby/transcript?server=b";
      const asked = pages({ [first]: { messages: [said(2, "known")], before: "m:1" } });
      const taken: string[][] = [];
      const past = new Past("lobby", (messages) => {
        taken.push(messages.map(({ text }) => text));
        return messages.filter(({ text }) => text !== "known").length;
      });
      await past.read(undefined, "b");
      expect(past.state).toBe("failed");
      pages({ "/chats/lobby/transcript?server=b&before=m%3A1": { messages: [said(1, "new"), { type: "message" }] } });
      await past.read(undefined, "b");
      expect([past.state, taken, asked[0]]).toEqual(["all", [["known"], ["new"]], first]);
      await past.read();
      expect(taken.length).toBe(2);
    } finally {
      globalThis.fetch = real;
    }
  });
});

it("W9 the time of a moment is the reader's own for what they say", () => {
  const play = Play.welcomed();
  play.say({ n: 1, text: "now" }, at(77));
  expect(play.said[0]?.time).toBe(at(77).time);
});
