/** When a client gives a connection up. */
import { describe, expect, it } from "vitest";
import { at, entry, ID, message, Rig, URL, welcome } from "./rig.ts";

const three = { servers: [entry("main"), entry("b"), entry("c")] };

describe("liveness", () => {
  it("K13 a ping every 25 s; no frame at all within 10 s after it, and another server is first", () => {
    const rig = new Rig();
    rig.welcome(three);
    rig.pass(25_000);
    expect(rig.all("send").at(-1)).toEqual({ do: "send", frame: "ping" });
    rig.pass(9_000);
    rig.hear("pong");
    expect(rig.all("tell").map(({ object }) => object.type)).toEqual(["welcome"]);
    rig.pass(16_000);
    rig.hear({ type: "join", name: "Mary", id: "2e" });
    rig.pass(25_000);
    expect(rig.all("send").filter(({ frame }) => frame === "ping").length).toBe(3);
    rig.pass(9_999);
    expect(rig.state.status.is).toBe("online");
    rig.pass(1);
    expect(rig.all("close")).toEqual([{ do: "close", socket: 1 }]);
    rig.pass(500);
    expect([at("b"), at("c")]).toContain(rig.opened.at(-1));
  });

  it("K13 10 s without an echo, though others are heard; every echo begins them anew", () => {
    const rig = new Rig();
    rig.welcome(three);
    rig.say("one", "two");
    rig.pass(9_000);
    rig.hear(message(1, "one"));
    rig.pass(9_000);
    rig.hear(message(7, "hi", { id: "other" }));
    expect(rig.state.status.is).toBe("online");
    rig.pass(1_000);
    expect(rig.state.status).toMatchObject({ is: "offline", why: "what was sent was not echoed" });
    rig.pass(500);
    expect(rig.opened.at(-1)).not.toBe(at("main"));
    rig.welcome({ ...three, server: "b" }, message(2, "two"));
    rig.pass(24_000);
    expect(rig.state.status.is).toBe("online");
  });

  it("K13 connecting, open or not, takes at most 4 s", () => {
    const rig = new Rig();
    rig.pass(3_999);
    rig.open();
    expect(rig.state.status.is).toBe("connecting");
    rig.pass(1);
    expect(rig.state.status).toMatchObject({ is: "offline", final: false, why: "no answer" });
    expect(rig.all("close")).toEqual([{ do: "close", socket: 1 }]);
  });

  it("K13 who has seen something is given the time a server may need to have it too", () => {
    const rig = new Rig({ url: URL });
    rig.welcome({ cursor: { "b#1": 2 } });
    rig.happen({ type: "closed", socket: 1, why: "lost" });
    rig.pass(500);
    rig.happen({ type: "open", socket: 2 });
    rig.pass(11_000);
    expect(rig.state.status.is).toBe("resuming");
    rig.pass(1_000);
    expect(rig.state.status).toMatchObject({ is: "offline", final: false, why: "no answer" });
  });

  it("K13 a timer that rings early or late does no harm", () => {
    const rig = new Rig();
    rig.now = 3_999.5;
    expect(rig.happen({ type: "wake" })).toEqual([{ do: "wake", at: 4_000 }]);
    rig.now = 5_000;
    rig.happen({ type: "wake" });
    expect(rig.state.status).toMatchObject({ is: "offline", final: false });
  });

  it("K13 what a dead connection still brings is not heard", () => {
    const rig = new Rig();
    rig.pass(4_000);
    rig.pass(500);
    expect(rig.happen({ type: "open", socket: 1 })).toEqual([]);
    expect(rig.happen({ type: "frame", socket: 1, data: JSON.stringify(welcome()) })).toEqual([]);
    expect(rig.happen({ type: "closed", socket: 1, why: "late" })).toEqual([]);
    expect(rig.state.status.is).toBe("connecting");
  });

  it("K18 close ends it at once, and what was not echoed stays in the snapshot", () => {
    const rig = new Rig({ url: URL });
    rig.welcome({ cursor: { "b#1": 2 } });
    rig.say("one");
    rig.happen({ type: "close" });
    expect(rig.state.status).toMatchObject({ is: "offline", final: true, code: "closed" });
    expect(rig.state.outbox.waiting).toEqual([{ n: 1, text: "one" }]);
    expect(rig.state.id).toBe(ID);
  });
});
