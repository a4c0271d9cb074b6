/** Rules broken of servers and people: who is in the chat, who is here, and what is owed. */
import type { Sabotage } from "./broken.ts";

const dropped = "";

export const OF_SERVERS: Sabotage[] = [
  {
    name: "replaces its list of members, as the original did",
    rule: "M2",
    file: "members.ts",
    find: "const changed: string[] = [];",
    replace: "const changed: string[] = [];\n  into.clear();",
  },
  {
    name: "takes an older entry of a member for a newer one",
    rule: "M2 M3",
    file: "members.ts",
    find: "    if (!replaces(member, into.get(address))) continue;\n",
    replace: dropped,
  },
  {
    name: "takes members it sent for received",
    rule: "M4",
    file: "peers.ts",
    find: "    if (news.size > 0) {\n      peer.inflight = sent;",
    replace: "    if (news.size > 0) {\n      merge(peer.members, news);\n      peer.inflight = sent;",
  },
  {
    name: "leaves without waiting until a peer holds everything",
    rule: "M8 M9",
    file: "disconnect.ts",
    find: "const { reqs, deadline, force } = state.draining;\n  if (!isHeld(state) && now < deadline) return;",
    replace: "const { reqs } = state.draining;\n  const force = true;",
  },
  {
    name: "owes nothing any more once it has left",
    rule: "M10",
    file: "debts.ts",
    find: "for (const address of others(state)) {",
    replace: "for (const address of isAlive(state) ? others(state) : []) {",
  },
  {
    name: "believes what others say about itself",
    rule: "M2 M14",
    file: "membership.ts",
    find: "entries.filter(([address]) => address !== state.name)",
    replace: "entries",
  },
  {
    name: "replaces a published set by an older one",
    rule: "P1",
    file: "published.ts",
    find: "held.version >= version",
    replace: "held.version === version",
  },
  {
    name: "sends who is here before all they said",
    rule: "C8 P1",
    file: "peers.ts",
    find: "if (!all || !owesPresence(state, peer))",
    replace: "if (!owesPresence(state, peer))",
  },
  {
    name: "knows no grace period",
    rule: "P3",
    file: "people.ts",
    find: "state.graces.set(id, now + GRACE_MS)",
    replace: "leave(state, id)",
  },
  {
    name: "shows those for ever whose connection ended while it had no memory",
    rule: "P4",
    file: "boot.ts",
    find: "if (!state.byId.has(id)) state.graces",
    replace: "if (state.byId.has(id)) state.graces",
  },
  {
    name: "shows the people of a server that left for ever",
    rule: "P5",
    file: "membership.ts",
    find: 'if (member.status === "left") serverLeft(state, address, now);\n    else ',
    replace: dropped,
  },
  {
    name: "sets no alarm in the turn that writes",
    rule: "I1",
    file: "step.ts",
    find: '(["flush", ',
    replace: "([",
  },
  {
    name: "sets no alarm in the turn that changes the members",
    rule: "I1",
    file: "step.ts",
    find: '"server_join_req", "update_servers"]',
    replace: "]",
  },
  {
    name: "remembers nothing of its debts when an alarm of an earlier life rings",
    rule: "I2",
    file: "step.ts",
    find: "      if (state.alarm === null) assumeDebts(state);\n",
    replace: dropped,
  },
  {
    name: "asks everybody whenever it wakes",
    rule: "I2",
    file: "step.ts",
    find: "      if (state.alarm === null) assumeNoDebts(state);\n",
    replace: "      wantFlush(state, out);\n",
  },
  {
    name: "does not pass on what a life that ended had told it",
    rule: "M19",
    file: "membership.ts",
    find: 'before?.status === "alive" &&',
    replace: 'before?.status !== "alive" && before?.status === "left" &&',
  },
];
