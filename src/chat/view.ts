/** The cluster as one server sees it: what watchers and `cluster.json` are told. */
import { owedOrigins, peers } from "./debts.ts";
import { MAX_LINKS } from "./limits.ts";
import { type Peer, reach } from "./peer.ts";
import { type State, serverEntries } from "./state.ts";
import type { ServerEntry } from "./wire.ts";

/** A server, and how many people are connected to it; of one that cannot be reached or has left, those who are nowhere else yet. */
export interface ServerView {
  name: string;
  status: ServerEntry["status"];
  clients: number;
}

/**
 * How one server stands with another: messages it owes it that are not acknowledged (absent: not known), milliseconds of the last round trip, and
 * when it last heard it and since when it hears nothing, ms since epoch.
 */
export interface LinkView {
  from: string;
  to: string;
  status: "alive" | "unreachable";
  lag?: number;
  rtt?: number;
  heard?: number;
  since?: number;
}

/** `server` is whose view this is, `time` its clock. A chat nobody has joined has no servers. */
export interface View {
  chat: string;
  server: string;
  time: number;
  servers: ServerView[];
  links: LinkView[];
}

export function view(state: State, now: number): View {
  const { chat, name: server } = state;
  const entries = state.members.size > 0 ? serverEntries(state) : [];
  const servers = entries.map(({ name, status }) => ({ name, status, clients: clientsOn(state, name, status) }));
  const living = servers.filter(({ status }) => status !== "left").length;
  const links = [...ownLinks(state), ...(living > MAX_LINKS ? [] : linksOfOthers(state))];
  return { chat, server, time: now, servers, links };
}

function clientsOn({ presence }: State, server: string, status: ServerEntry["status"]): number {
  const people = presence.on(server);
  if (status === "alive" || people.size === 0) return people.size;
  const elsewhere = presence.servers().filter((other) => other !== server);
  return [...people.keys()].filter((id) => !elsewhere.some((other) => presence.on(other).has(id))).length;
}

function ownLinks(state: State): LinkView[] {
  const origins = owedOrigins(state);
  return [...peers(state)].map(([to, peer]) => {
    const { heard = 0, rtt } = state.sights.get(to) ?? {};
    const lag = lagOf(state, peer, origins);
    return {
      from: state.name,
      to,
      status: peer.unreachable ? "unreachable" : "alive",
      ...(lag === undefined ? {} : { lag }),
      ...(rtt === undefined ? {} : { rtt }),
      ...(heard > 0 ? { heard } : {}),
      ...(peer.failingSince > 0 ? { since: peer.failingSince } : {}),
    };
  });
}

/** Messages a peer has not applied, as far as it said. */
function lagOf({ log }: State, peer: Peer, origins: string[]): number | undefined {
  const known = reach(peer);
  if (known === null) return undefined;
  return origins.reduce((sum, origin) => sum + Math.max(0, log.applied(origin) - (known[origin] ?? 0)), 0);
}

/** As the others last said; what they say of servers that are none is left out. */
function linksOfOthers({ sights, members }: State): LinkView[] {
  const isAlive = (address: string) => members.get(address)?.status === "alive";
  return [...sights]
    .filter(([from]) => isAlive(from))
    .flatMap(([from, { links, linksAt }]) =>
      links
        .filter(({ to }) => to !== from && isAlive(to))
        .map(
          ({ to, rtt, ago, unreachable }): LinkView => ({
            from,
            to,
            status: unreachable ? "unreachable" : "alive",
            ...(rtt === undefined ? {} : { rtt }),
            ...(ago === undefined ? {} : { heard: Math.max(0, linksAt - ago) }),
          }),
        ),
    );
}
