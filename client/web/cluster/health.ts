/** How a chat is, in one sentence. */
import type { Cluster, Shown } from "./model.ts";
import { duration, listed, plural } from "./words.ts";

export interface Health {
  level: "good" | "busy" | "bad" | "unknown";
  text: string;
}

export function healthOf(cluster: Cluster, now: number): Health {
  const { view } = cluster;
  if (view === undefined) return { level: "unknown", text: "Looking at the cluster…" };
  const all = cluster.servers(now);
  if (all.length === 0) return { level: "unknown", text: "Nobody has joined this chat yet." };
  const here = all.filter(({ condition }) => condition !== "left");
  if (here.length === 0)
    return { level: "bad", text: "Every server has left; the chat goes on when one is started again." };
  const gone = here.filter(({ condition }) => condition === "unreachable");
  if (gone.length > 0) return { level: "bad", text: gone.map((server) => unreachable(cluster, server, now)).join(" ") };
  const cut = view.links.filter(({ from, status }) => from !== view.server && status === "unreachable");
  if (cut.length > 0)
    return { level: "bad", text: `${listed(cut.map(({ from, to }) => `${from} cannot reach ${to}`))}.` };
  const behind = view.links.filter(({ from, lag = 0 }) => from === view.server && lag > 0);
  if (behind.length === 0) return { level: "good", text: `${wellOf(here)}, and ${everything(here.length)}.` };
  const most = Math.max(...behind.map(({ lag = 0 }) => lag));
  return { level: "busy", text: `${wellOf(here)}; ${plural(most, "message")} on the way.` };
}

function unreachable(cluster: Cluster, { name }: Shown, now: number): string {
  const { since, lag = 0 } = cluster.linkTo(name) ?? {};
  const long =
    since === undefined ? " cannot be reached" : ` has been unreachable for ${duration(now - cluster.here(since))}`;
  const waits = lag === 0 ? "" : `; ${plural(lag, "message")} ${lag === 1 ? "waits" : "wait"} for it`;
  return `${name}${long}${waits}.`;
}

function wellOf(here: Shown[]): string {
  const asleep = here.filter(({ condition }) => condition === "asleep").length;
  const all = here.length === 1 ? "The only server" : here.length === 2 ? "Both servers" : `All ${here.length} servers`;
  if (asleep === here.length) return `${all} ${here.length === 1 ? "sleeps" : "sleep"} until somebody speaks`;
  if (asleep > 0) return `${all} are well, ${asleep} of them asleep`;
  return `${all} ${here.length === 1 ? "is" : "are"} up`;
}

const everything = (count: number): string =>
  count === 1
    ? "everything said is on it"
    : count === 2
      ? "everything said is on both"
      : "everything said is on each of them";
