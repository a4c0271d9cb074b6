/** What the page of the cluster makes of what it is told: conditions, the sentence, events, places. */
import { expect, it } from "vitest";
import { healthOf } from "../../../client/web/cluster/health.ts";
import { layoutOf } from "../../../client/web/cluster/layout.ts";
import { Cluster } from "../../../client/web/cluster/model.ts";
import type { LinkView, ServerView, View } from "../../../src/chat/view.ts";

const NOW = 1_790_000_000_000;
/** The clock of the servers is ahead of the one here. */
const AHEAD = 5000;

/** `b unreachable 2` as a server, `main>b 3` as a link of the server whose view it is. */
function viewOf(servers: string[], links: LinkView[] = [], server = "main", at = NOW): View {
  const entries = servers.map((text): ServerView => {
    const [name = "", status = "alive", clients = "0"] = text.split(" ");
    return { name, status: status as ServerView["status"], clients: Number(clients) };
  });
  return { chat: "lobby", server, time: at + AHEAD, servers: entries, links };
}

const link = (to: string, more: Partial<LinkView> = {}): LinkView => ({
  from: "main",
  to,
  status: "alive",
  lag: 0,
  heard: NOW + AHEAD,
  ...more,
});

function clusterOf(...views: View[]): Cluster {
  const cluster = new Cluster();
  for (const view of views) cluster.hear(view, view.time - AHEAD);
  return cluster;
}

const textsOf = ({ events }: Cluster) => events.map(({ text }) => text);
const conditionsOf = (cluster: Cluster, now: number) => cluster.servers(now).map(({ condition }) => condition);

it("W20 a server sleeps when it was not heard for 10 s and is owed nothing, and is awake for what travels", () => {
  const cluster = clusterOf(viewOf(["b", "c", "d left", "main"], [link("b"), link("c", { lag: 2 })]));
  expect(conditionsOf(cluster, NOW + 9999)).toEqual(["up", "up", "left", "up"]);
  expect(cluster.next(NOW)).toBe(10_000);
  expect(conditionsOf(cluster, NOW + 10_000)).toEqual(["asleep", "up", "left", "asleep"]);
  cluster.travel(new Map([["main", 1]]), NOW + 20_000);
  expect(conditionsOf(cluster, NOW + 21_000)).toEqual(["up", "up", "left", "up"]);
  expect(cluster.servers(NOW).map(({ said }) => said)).toEqual([0, 0, 0, 1]);
  const idle = clusterOf(viewOf(["main"]));
  expect(idle.next(NOW + 60_000)).toBeUndefined();
});

it("W20 a server nobody has heard yet, because the one that is asked slept too, sleeps", () => {
  const { heard: _, ...unheard } = link("b");
  expect(conditionsOf(clusterOf(viewOf(["b", "main"], [unheard])), NOW)).toEqual(["asleep", "up"]);
});

it("W23 the health of a chat in one sentence", () => {
  const said = (view: View, now = NOW) => healthOf(clusterOf(view), now).text;
  expect(healthOf(new Cluster(), NOW).text).toBe("Looking at the cluster…");
  expect(said(viewOf([]))).toBe("Nobody has joined this chat yet.");
  expect(said(viewOf(["main"]))).toBe("The only server is up, and everything said is on it.");
  const links = [link("b"), link("c")];
  const three = viewOf(["b", "c", "main"], links);
  expect(said(three)).toBe("All 3 servers are up, and everything said is on each of them.");
  expect(said(three, NOW + 10_000)).toBe(
    "All 3 servers sleep until somebody speaks, and everything said is on each of them.",
  );
  const busy = viewOf(["b", "main"], [link("b", { lag: 7 })]);
  expect(said(busy)).toBe("Both servers are up; 7 messages on the way.");
  const dead = link("b", { status: "unreachable", lag: 12, since: NOW + AHEAD - 40_000 });
  const gone = viewOf(["b unreachable", "c", "main"], [dead, link("c")]);
  expect(healthOf(clusterOf(gone), NOW)).toEqual({
    level: "bad",
    text: "b has been unreachable for 40\u00a0s; 12 messages wait for it.",
  });
  const cut: LinkView = { from: "b", to: "c", status: "unreachable" };
  expect(said(viewOf(["b", "c", "main"], [...links, cut]))).toBe("b cannot reach c.");
  expect(said(viewOf(["main left"]))).toBe("Every server has left; the chat goes on when one is started again.");
});

it("W19 servers start, are lost and found, leave, and start again", () => {
  const steps = [["main"], ["b", "main"], ["b unreachable", "main"], ["b", "main"], ["b left", "main"], ["b", "main"]];
  expect(textsOf(clusterOf(...steps.map((servers) => viewOf(servers))))).toEqual([
    "b started",
    "b cannot be reached",
    "b is reached again",
    "b was disconnected, and left",
    "b started",
  ]);
});

it("W19 clients that lose a server are found where they went, also if that was before it was known to be gone", () => {
  const left = [["b alive 3", "main alive 1"], ["b left 3", "main alive 1"], ["b left 1", "main alive 3"], ["b left 0", "main alive 3"]]; // biome-ignore format: one thing
  expect(textsOf(clusterOf(...left.map((servers) => viewOf(servers))))).toEqual([
    "b was disconnected, and left",
    "2 clients of b went over to main",
  ]);
  const died = [["b alive 2", "c", "main"], ["b alive 2", "c", "main alive 1"], ["b unreachable 1", "c", "main alive 1"], ["b unreachable 0", "c alive 1", "main alive 1"]]; // biome-ignore format: one thing
  expect(textsOf(clusterOf(...died.map((servers) => viewOf(servers))))).toEqual([
    "b cannot be reached",
    "1 client of b went over to main",
    "1 client of b went over to c",
  ]);
});

it("W19 who only joins is not taken for one who went over", () => {
  const views = [["b unreachable 1", "main"], ["b unreachable 1", "main alive 4"], ["b unreachable 0", "main alive 4"]]; // biome-ignore format: one thing
  expect(textsOf(clusterOf(...views.map((servers) => viewOf(servers))))).toEqual([]);
});

it("W19 links between others break and heal, and another server is looked from", () => {
  const all = ["b", "c", "main"];
  const cut: LinkView = { from: "b", to: "c", status: "unreachable" };
  const views = [viewOf(all), viewOf(all, [cut]), viewOf(all), viewOf(all, [], "b")];
  expect(textsOf(clusterOf(...views))).toEqual([
    "b cannot reach c",
    "b reaches c again",
    "The cluster is seen from b now",
  ]);
});

it("W23 a server keeps its place on the ring when another one leaves, and all fit a phone", () => {
  const names = Array.from({ length: 20 }, (_, i) => `server-${i}`);
  for (const room of [300, 900]) {
    const { spots, width, height, most } = layoutOf(names, room);
    for (const { x, y } of spots.values()) {
      expect(x).toBeGreaterThanOrEqual(most);
      expect(x).toBeLessThanOrEqual(width - most);
      expect(y).toBeGreaterThanOrEqual(most);
      // Its name and condition stand below it.
      expect(y).toBeLessThanOrEqual(height - most - 34);
    }
    const all = [...spots.values()];
    for (const [i, a] of all.entries())
      for (const b of all.slice(i + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * most * 0.9);
    expect(width).toBeLessThanOrEqual(Math.max(280, room));
  }
  expect(layoutOf(["a"], 400).spots.get("a")).toEqual({ x: 200, y: 185 });
});

it("W23 a round trip that the server forgot in its sleep is still shown", () => {
  const cluster = clusterOf(viewOf(["b", "main"], [link("b", { rtt: 12 })]), viewOf(["b", "main"], [link("b")]));
  expect(cluster.linkTo("b")?.rtt).toBe(12);
});
