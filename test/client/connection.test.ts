/** When a client connects and where, and how it comes back. */
import { describe, expect, it } from "vitest";
import { at, entry, HOME, message, Rig, SESSION, welcome } from "./rig.ts";

const three = { servers: [entry("main"), entry("b"), entry("c")] };
const resumed = { session: SESSION, cursor: { "main#1": 3 }, n: 3, outbox: [] };

describe("joining", () => {
  it("K1 K18 the join is the first frame, and the only one until the welcome", () => {
    const rig = new Rig();
    expect(rig.state.status).toEqual({ is: "connecting" });
    rig.say("early");
    expect(rig.all("send")).toEqual([]);
    expect(rig.sent(rig.open())).toEqual([{ type: "client_join_req", name: "John" }]);
    expect(rig.sent(rig.say("still early"))).toEqual([]);
    expect(rig.sent(rig.hear(entry("noise")))).toEqual([]);
    expect(rig.numbers(rig.hear(welcome()))).toEqual([1, 2]);
    expect(rig.state.status).toEqual({ is: "online", server: "main" });
  });

  it("K2 K18 who was welcomed before says so, and is resuming", () => {
    const rig = new Rig({ resume: resumed, token: "t" });
    expect(rig.state.status).toEqual({ is: "resuming" });
    expect(rig.sent(rig.open())).toEqual([
      { type: "client_join_req", name: "John", session: SESSION, cursor: { "main#1": 3 }, n: 3, token: "t" },
    ]);
    rig.hear(welcome({ cursor: { "main#1": 3 }, n: 3 }), message(4, "mine", { id: "other" }));
    rig.cut();
    rig.pass(500);
    expect(rig.state.status).toEqual({ is: "resuming" });
    expect(rig.sent(rig.open())).toMatchObject([{ session: SESSION, cursor: { "main#1": 4 }, n: 3 }]);
  });

  it("K9 an error that refuses the join ends it; with retry it is tried again then", () => {
    const rig = new Rig();
    rig.open();
    rig.hear({ type: "error", code: "busy", message: "wait", retry: 700 });
    expect(rig.delay).toBe(700);
    rig.pass(700);
    rig.open();
    rig.hear({ type: "error", code: "bad_name", message: "no such name" });
    expect(rig.state.status).toEqual({ is: "offline", final: true, code: "bad_name", why: "no such name" });
    expect(rig.done.at(-2)).toMatchObject({ do: "status" });
    const before = rig.done.length;
    rig.pass(100_000);
    rig.happen({ type: "retry" });
    expect(rig.done.length).toBe(before);
  });

  it("K17 URLs are paths at the deployment that said them, or stand for themselves", () => {
    expect(new Rig({ url: "https://chat.test/anything", server: "b" }).opened).toEqual([
      "wss://chat.test/chats/lobby/servers/b/ws",
    ]);
    expect(() => new Rig({ url: "localhost:8787" })).toThrow(RangeError);
    const rig = new Rig();
    const far = { name: "x@far.test", status: "alive", url: "https://far.test/chats/lobby/servers/x/ws" };
    rig.welcome({ servers: [entry("main", "left"), far, { ...far, name: "odd", url: "javascript:alert(1)" }] });
    rig.hear({ type: "exit", reason: "disconnect", servers: [far] });
    expect(rig.opened.at(-1)).toBe("wss://far.test/chats/lobby/servers/x/ws");
    rig.welcome({ server: "x", servers: [entry("x"), entry("y")] });
    rig.hear({ type: "exit", reason: "disconnect", servers: [entry("y")] });
    expect(rig.opened.at(-1)).toBe("wss://far.test/chats/lobby/servers/y/ws");
  });
});

describe("coming back", () => {
  it("K10 the delay is random below a cap that doubles from 0.5 s to 4 s, after 30 tries to 30 s, and a welcome resets it", () => {
    const rig = new Rig();
    rig.random = 0.999999;
    const caps: number[] = [];
    for (let i = 0; i < 35; i++) {
      rig.cut();
      caps.push(rig.delay + 1);
      rig.pass(rig.delay);
    }
    expect(caps.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(new Set(caps.slice(3, 30))).toEqual(new Set([4000]));
    expect(caps.slice(30)).toEqual([8000, 16_000, 30_000, 30_000, 30_000]);
    rig.welcome();
    rig.cut();
    expect(rig.delay).toBe(499);
    rig.pass(499);
    rig.random = 0.25;
    rig.cut();
    expect(rig.delay).toBe(250);
    expect(rig.state.status).toMatchObject({ is: "offline", final: false, why: "cut" });
  });

  it("K10 retryNow does not wait, and harms no connection", () => {
    const rig = new Rig();
    rig.cut();
    expect(rig.happen({ type: "retry" })).toMatchObject([
      { do: "status", status: { is: "connecting" } },
      { do: "open", url: HOME },
      { do: "wake" },
    ]);
    rig.welcome();
    expect(rig.happen({ type: "retry" })).toEqual([]);
  });

  it("K11 a lost connection is tried again once, then the others: alive, unreachable, the first URL; never who left", () => {
    const rig = new Rig();
    rig.welcome({ servers: [entry("main"), entry("b", "unreachable"), entry("c"), entry("d", "left")] });
    const before = rig.opened.length;
    for (let i = 0; i < 5; i++) {
      rig.cut();
      rig.pass(rig.delay);
    }
    expect(rig.opened.slice(before, -1)).toEqual([at("main"), at("c"), at("b"), HOME]);
    expect([at("main"), at("c")]).toContain(rig.opened.at(-1));
  });

  it("K11 the lot spreads clients over the servers that stay", () => {
    const chosen = [0, 0.3, 0.6, 0.9].map((random) => {
      const rig = new Rig({ server: "main" });
      rig.random = random;
      rig.welcome(three);
      rig.hear({ type: "exit", reason: "disconnect", servers: [entry("main", "left"), entry("b"), entry("c")] });
      return rig.opened.at(-1);
    });
    expect(chosen).toEqual([at("b"), at("b"), at("c"), at("c")]);
  });

  it("K11 the URL it all began with is no place to go either, once its server has left", () => {
    const rig = new Rig({ server: "b" });
    rig.welcome({ server: "b", servers: [entry("b"), entry("main", "unreachable")] });
    rig.hear({ type: "exit", reason: "disconnect", servers: [entry("b", "left"), entry("main", "unreachable")] });
    for (let i = 0; i < 3; i++) {
      rig.cut();
      rig.pass(rig.delay);
    }
    expect(rig.opened).toEqual([at("b"), at("main"), at("main"), at("main"), at("main")]);
  });

  it("K11 update_servers says where else one can go", () => {
    const rig = new Rig();
    rig.welcome();
    rig.hear({ type: "update_servers", servers: [entry("main"), entry("z")] });
    rig.cut();
    rig.pass(rig.delay);
    rig.cut();
    rig.pass(rig.delay);
    expect(rig.opened.slice(-2)).toEqual([at("main"), at("z")]);
  });
});

describe("exit", () => {
  it.each(["disconnect", "reason of a newer server"])("K12 %s: another server, at once or after `after`", (reason) => {
    const rig = new Rig();
    rig.welcome(three);
    const servers = [entry("main"), entry("b")];
    expect(rig.hear({ type: "exit", reason, servers })).toMatchObject([
      { do: "tell" },
      { do: "close", socket: 1 },
      { do: "status", status: { is: "resuming" } },
      { do: "open", url: at("b") },
      { do: "wake" },
    ]);
    rig.welcome({ ...three, server: "b" });
    rig.hear({ type: "exit", reason, servers, after: 300 });
    expect(rig.delay).toBe(300);
    rig.pass(300);
    expect(rig.opened.at(-1)).toBe(at("main"));
  });

  it("K12 what comes behind an exit is not heard", () => {
    const rig = new Rig();
    rig.welcome(three);
    const exit = { type: "exit", reason: "disconnect", servers: three.servers };
    const told = rig.hear(exit, message(1, "late", { id: "x" }), exit);
    expect(rig.all("tell", told).map(({ object }) => object.type)).toEqual(["exit"]);
    expect(rig.all("open", told).length).toBe(1);
  });

  it("K12 K2 slow: back at once, through its cursor; replaced: the end", () => {
    const rig = new Rig();
    rig.welcome(three);
    rig.hear(message(1, "x", { id: "y" }), { type: "exit", reason: "slow", servers: three.servers });
    expect(rig.opened.at(-1)).toBe(at("main"));
    expect(rig.sent(rig.open())).toMatchObject([{ session: SESSION, cursor: { "main#1": 1 } }]);
    rig.happen({ type: "closed", socket: rig.state.socket, why: "the connection closed (4002 slow)" });
    rig.pass(500);
    rig.welcome(three);
    rig.hear({ type: "exit", reason: "replaced", servers: three.servers });
    expect(rig.state.status).toMatchObject({ is: "offline", final: true, code: "replaced" });
    expect(rig.pass(100_000)).toEqual([]);
  });

  it("K12 who is sent around without a welcome slows down, and waits at most a minute", () => {
    const rig = new Rig({ server: "gone" });
    const exit = { type: "exit", reason: "disconnect", servers: [entry("gone", "left"), entry("also", "left")] };
    rig.open();
    rig.hear(exit);
    expect(rig.opened).toEqual([at("gone"), at("gone")]);
    rig.open();
    rig.hear(exit);
    expect(rig.delay).toBe(250);
    rig.pass(250);
    rig.open();
    rig.hear({ ...exit, after: 1e12 });
    expect(rig.delay).toBe(60_000);
  });

  it("K16 K12 leaving waits for the echoes, says so, and is done with the answer, or 10 s later, or when the connection ends", () => {
    const leave = () => {
      const rig = new Rig();
      rig.welcome();
      rig.say("one");
      expect(rig.sent(rig.happen({ type: "leave" }))).toEqual([]);
      expect(rig.sent(rig.hear(message(1, "one")))).toEqual([{ type: "client_leave_req" }]);
      return rig;
    };
    const answered = leave();
    answered.hear({ type: "exit", reason: "leave", servers: [] });
    const silent = leave();
    silent.pass(9_999);
    expect(silent.state.status.is).toBe("online");
    silent.pass(1);
    const cut = leave();
    cut.cut();
    const offline = new Rig();
    offline.happen({ type: "leave" });
    for (const rig of [answered, silent, cut, offline])
      expect(rig.state.status).toMatchObject({ is: "offline", final: true, code: "left" });
  });

  it("K16 who owes something comes back for it before leaving", () => {
    const rig = new Rig();
    rig.welcome();
    rig.say("one");
    rig.happen({ type: "leave" });
    rig.cut();
    rig.pass(500);
    rig.welcome({}, message(1, "one"));
    expect(rig.sent().at(-1)).toEqual({ type: "client_leave_req" });
  });
});
