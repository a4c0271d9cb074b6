/** An operator starts a server: what is asked, what comes of it, and what is answered. */
import { describe, expect, it } from "vitest";
import type { State } from "../../src/chat/state.ts";
import { ownSeq, refusal, serverList } from "../../src/chat/state.ts";
import { Cluster, clusterOf, people } from "./cluster.ts";

const code = ({ body }: { body: string }) => JSON.parse(body).error.code;
const me = ({ members, name }: State) => members.get(name);

/** A server that asked `main` to start, and what it hears. */
function answered(status: number, body: string) {
  const cluster = new Cluster();
  const b = cluster.node("b");
  const reqs = [1, 2].map(() => b.request((req) => ({ type: "start", req, boot: "main" })));
  const asked = cluster.posts.splice(0);
  b.do({ type: "answer", peer: "main", verb: "server_join_req", status, body });
  return { cluster, b, asked, answers: reqs.map((req) => cluster.reply(b, req)) };
}

describe("start", () => {
  it("M6 M13 asks once, whoever asks meanwhile, and answers all of them", () => {
    const members = { main: { inc: 1, status: "alive", epoch: "0000000a" } };
    const { b, asked, answers } = answered(200, JSON.stringify({ members }));
    expect(asked).toMatchObject([{ to: "main", verb: "server_join_req" }]);
    const { epoch } = me(b.state) ?? {};
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ chat: "lobby", from: "b", members: { b: { inc: 1, status: "alive", epoch } } }); // biome-ignore format: one body
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({ server: { name: "b", status: "alive" }, servers: [{ name: "b" }, { name: "main" }] }); // biome-ignore format: one body
    }
    b.do({ type: "answer", peer: "main", verb: "server_join_req", status: 500, body: "" });
    expect(me(b.state)?.status).toBe("alive");
  });

  it("M6 H7 says what the boot server said, or that it said nothing of use, and leaves no trace", () => {
    const error = (code: string) => JSON.stringify({ error: { code, message: "because" } });
    const cases: [number, string, number, string, string][] = [
      [0, "", 502, "boot_failed", "reached"],
      [200, "{}", 502, "boot_failed", "status 200"],
      [500, "<html>", 502, "boot_failed", "status 500"],
      [401, error("unauthorized"), 502, "boot_failed", "COOKIE"],
      [403, error("no_cookie"), 502, "boot_failed", "COOKIE"],
      [409, error("left"), 409, "left", "because"],
      [404, error("not_started"), 404, "not_started", "because"],
    ];
    for (const [status, body, expected, code, message] of cases) {
      const { b, answers } = answered(status, body);
      for (const answer of answers) {
        expect(answer.status).toBe(expected);
        expect(JSON.parse(answer.body).error).toMatchObject({ code, message: expect.stringContaining(message) });
      }
      expect([b.kv.size, me(b.state), b.state.starting]).toEqual([0, undefined, undefined]);
    }
  });

  it("M6 refuses what is no other server", () => {
    const cluster = clusterOf("main");
    const answers = ["b", "B", "b@h", "b@"].map((boot) => cluster.start("b", boot));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(answers.map(code)).toEqual(["bad_boot", "bad_name", "no_federation", "bad_name"]);
  });

  it("M6 M7 a main that is told nobody asks whoever it knows; alone, it starts by itself", () => {
    const cluster = clusterOf("main", "b");
    cluster.disconnect("main");
    const req = cluster.node("main").request((req) => ({ type: "start", req, boot: undefined }));
    expect(cluster.posts).toMatchObject([{ to: "b", verb: "server_join_req" }]);
    cluster.settle();
    expect(cluster.reply(cluster.node("main"), req).status).toBe(200);
    expect(me(cluster.node("main").state)).toMatchObject({ inc: 2, status: "alive" });
    const alone = new Cluster();
    const { status, body } = alone.start("main");
    expect([status, JSON.parse(body).servers.length, alone.posts.length]).toEqual([200, 1, 0]);
  });

  it("M21 a chat that everyone left begins again at main, with all that was said", () => {
    const cluster = clusterOf("main", "b", "c");
    cluster.node("b").connect().join("Bob").send("hi!");
    cluster.settle();
    expect(cluster.disconnect("main")?.status).toBe(200);
    const [b, c] = ["b", "c"].map((name) => cluster.node(name));
    for (const node of [b, c]) node?.request((req) => ({ type: "disconnect", req, force: false }));
    cluster.settle();
    expect([b, c].map((node) => node?.state.members.get(node.name)?.status)).toEqual(["left", "left"]);
    const answers = [1, 2].map(() => cluster.start("main"));
    expect(answers.map(({ status }) => status)).toEqual([409, 200]);
    expect(cluster.node("main").state.log.messages).toBe(1);
    expect(cluster.start("b").status).toBe(200);
  });

  it("M14 M7 a server that the set knows from an earlier life begins the one after it", () => {
    const epoch = "0000000b";
    const main = { inc: 1, status: "alive", epoch: "0000000a" };
    const left = { inc: 4, status: "left", epoch, final: 2 };
    expect(me(answered(200, JSON.stringify({ members: { main, b: left } })).b.state)?.inc).toBe(5);
    const alive = { inc: 4, status: "alive", epoch };
    expect(me(answered(200, JSON.stringify({ members: { main, b: alive } })).b.state)?.inc).toBe(5);
  });

  it("M1 M4 whoever joined is owed nothing it was answered", () => {
    const cluster = clusterOf("main");
    cluster.node("b").request((req) => ({ type: "start", req, boot: "main" }));
    const verbs: string[] = [];
    for (let post = cluster.posts.shift(); post; post = cluster.posts.shift()) {
      verbs.push(`${post.from} ${post.verb}`);
      cluster.deliver(post);
      for (const node of cluster.nodes.values()) node.flush();
    }
    expect(verbs.filter((verb) => !verb.endsWith(" relay"))).toEqual(["b server_join_req"]);
  });
});

describe("while it starts", () => {
  it("M13 R7 a server hears no members and serves nobody", () => {
    const cluster = clusterOf("main");
    const b = cluster.node("b");
    b.request((req) => ({ type: "start", req, boot: "main" }));
    const members = { b: { inc: 3, status: "alive", epoch: "0000000b" } };
    for (const type of ["update_servers", "server_join_req", "relay"] as const) {
      const fields = type === "relay" ? { vv: {}, batches: [] } : { members };
      const body = JSON.stringify({ chat: "lobby", from: "main", ...fields });
      const req = b.request((req) => ({ type, req, body }));
      expect([cluster.reply(b, req).status, code(cluster.reply(b, req))]).toEqual([503, "starting"]);
    }
    expect(b.state.members.size).toBe(0);
  });

  it.each([
    ["00000000", 1],
    ["ffffffff", 2],
  ])("M2 M12 a main that is joined meanwhile goes on in the life it began; the asked knows of %s", (epoch, inc) => {
    const cluster = new Cluster();
    const main = cluster.node("main");
    const req = main.request((req) => ({ type: "start", req, boot: "b" }));
    cluster.posts.splice(0);
    main.connect().join("John").send("hi!");
    cluster.settle();
    const begun = me(main.state);
    const asked = { main: { inc: 1, status: "alive", epoch }, b: { inc: 1, status: "alive", epoch: "0000000b" } };
    const body = JSON.stringify({ members: asked });
    main.do({ type: "answer", peer: "b", verb: "server_join_req", status: 200, body });
    expect(cluster.reply(main, req).status).toBe(200);
    expect(me(main.state)).toEqual({ ...begun, inc });
    expect([main.state.members.has("b"), ownSeq(main.state)]).toEqual([true, 1]);
  });
});

describe("the list of servers", () => {
  it("H5 M5 is in the order of names, with how many are on each, none on one that left", () => {
    const cluster = clusterOf("main", "c", "b");
    people(cluster, "main", "b", "c");
    cluster.disconnect("c");
    expect(serverList(cluster.node("main").state)).toEqual([
      { name: "b", status: "alive", url: "/chats/lobby/servers/b/ws", clients: 1 },
      { name: "c", status: "left", url: "/chats/lobby/servers/c/ws", clients: 0 },
      { name: "main", status: "alive", url: "/chats/lobby/servers/main/ws", clients: 1 },
    ]);
  });

  it("H3 M12 only main can be joined before it was started", () => {
    const cluster = clusterOf("main", "b");
    const refused = (name: string) => refusal(cluster.node(name).state)?.code;
    expect(["main", "b", "c"].map(refused)).toEqual([undefined, undefined, "not_started"]);
    expect(refusal(new Cluster().node("main").state)).toBe(undefined);
    expect(serverList(new Cluster().node("main").state)).toMatchObject([{ name: "main", status: "alive", clients: 0 }]);
  });
});
