/** What a change to the members does to everything else a server knows. */
import { expect, it } from "vitest";
import { type Cluster, clusterOf, people } from "./cluster.ts";

/** `to` is told by `from` about members. */
function tell(cluster: Cluster, to: string, from: string, members: Record<string, unknown>) {
  const node = cluster.node(to);
  const body = JSON.stringify({ chat: "lobby", from, members });
  return node.do({ type: "update_servers", req: 1_000_000, body });
}

it("M4 M5 what is not new is passed on to nobody, logged nowhere and owed to none", () => {
  const cluster = clusterOf("main", "b");
  const main = cluster.node("main");
  const { length } = main.printed;
  tell(cluster, "main", "b", Object.fromEntries(main.state.members));
  expect([main.printed.length, main.flushWanted, main.alarm]).toEqual([length, false, null]);
});

it("M5 the log lists who is alive, and in detail everyone", () => {
  const cluster = clusterOf("main", "b");
  const entry = cluster.node("main").state.members.get("b");
  const effects = tell(cluster, "main", "b", { b: { ...entry, status: "left", final: 0 } });
  expect(effects.filter((effect) => effect.do === "print")).toMatchObject([
    {
      event: "server_update",
      message: "[SERVER UPDATE] [main]",
      detail: {
        servers: [
          { name: "b", status: "left" },
          { name: "main", status: "alive" },
        ],
      },
    },
  ]);
});

it("P5 only the people of a server that left go; those of one that began another life stay", () => {
  const cluster = clusterOf("main", "b");
  const { first } = people(cluster, "main", "b");
  const entry = cluster.node("main").state.members.get("b");
  tell(cluster, "main", "b", { b: { ...entry, inc: 2 } });
  cluster.settle();
  cluster.pass(60_000);
  expect(first.all("leave")).toEqual([]);
});

it("P3 P5 who comes back to a server that came back within 10 s was never gone", () => {
  const cluster = clusterOf("main", "b");
  const { first, second } = people(cluster, "main", "b");
  const { session } = second.last("welcome");
  cluster.disconnect("b");
  cluster.pass(3_000);
  cluster.start("b");
  cluster.node("b").connect().join("b-person", { session });
  cluster.settle();
  cluster.pass(60_000);
  expect(first.all("leave")).toEqual([]);
  expect([...cluster.node("main").state.presence.on("b").values()]).toEqual(["b-person"]);
});

it("M1 a server that asks to join again, knowing less, is answered all", () => {
  const cluster = clusterOf("main", "b", "c");
  const main = cluster.node("main");
  const members = { c: main.state.members.get("c") };
  const body = JSON.stringify({ chat: "lobby", from: "c", members });
  const req = main.request((req) => ({ type: "server_join_req", req, body }));
  expect(Object.keys(JSON.parse(cluster.reply(main, req).body).members).sort()).toEqual(["b", "c", "main"]);
});
