/** Rules broken on purpose: each sabotage replaces one passage of `src/chat`, and some test has to notice (test/sim/mutate.ts). */

export interface Sabotage {
  /** What the server does wrong now. */
  name: string;
  /** The rule of docs/protocol.md that is broken. */
  rule: string;
  /** Within src/chat. */
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
}

const dropped = "";

export const SABOTAGES: Sabotage[] = [
  {
    name: "tells what it has not yet written",
    rule: "L2",
    file: "flush.ts",
    find: 'out.push({ do: "tell", frame });',
    replace: 'out.unshift({ do: "tell", frame });',
  },
  {
    name: "takes its own clock for the time of a batch",
    rule: "L3",
    file: "batches.ts",
    find: "Math.max(now, state.log.time + 1)",
    replace: "now",
  },
  {
    name: "gives numbers a second time after a restart",
    rule: "L4",
    file: "boot.ts",
    find: "of stored.rows) state",
    replace: "of stored.rows.slice(0, -1)) state",
  },
  {
    name: "keeps its epoch when its storage was lost",
    rule: "L4",
    file: "servers.ts",
    find: "me?.epoch ?? state.env.mint().slice(0, 8)",
    replace: 'me?.epoch ?? "00000000"',
  },
  {
    name: "has any number of requests to a peer under way",
    rule: "R1",
    file: "peers.ts",
    find: "if (peer.inflight || peer.retryAt > now",
    replace: "if (peer.retryAt > now",
  },
  {
    name: "takes what it sent for acknowledged",
    rule: "R2",
    file: "peers.ts",
    find: "  batches.push({ head: place.head,",
    replace: "  acked[place.head.origin] = place.head.first;\n    batches.push({ head: place.head,",
  },
  {
    name: "does not pass on what servers said that have left",
    rule: "R2",
    file: "peers.ts",
    find: "(origin) => !living.has(origin)",
    replace: "(origin) => origin === state.log.own",
  },
  {
    name: "applies a batch beyond the next of its origin",
    rule: "R3",
    file: "held.ts",
    find: "first !== next ||",
    replace: "first < next ||",
  },
  {
    name: "lets others write under its own origin",
    rule: "R3",
    file: "held.ts",
    find: "  if (origin === originOfSelf(state)) return;\n",
    replace: dropped,
  },
  {
    name: "acknowledges what is only held back",
    rule: "R4 R10",
    file: "relay.ts",
    find: "vv: state.log.cursor() }",
    replace:
      "vv: { ...state.log.cursor(), ...Object.fromEntries([...state.held].map(([origin, [batch]]) => [origin, batch.head.first])) } }",
  },
  {
    name: "answers a relay before it is written",
    rule: "R4",
    file: "relay.ts",
    find: "wantFlush(state, out);\n  return undefined;",
    replace:
      "wantFlush(state, out);\n  return yes({ vv: Object.fromEntries(relay.batches.map(({ head }) => [head.origin, head.first + head.count - 1])) });",
  },
  {
    name: "tries a peer that cannot be reached again at once",
    rule: "R5",
    file: "peer.ts",
    find: "now + Math.floor(delay / 2 + (delay / 2) * random)",
    replace: "now + 1",
  },
  {
    name: "shows copies",
    rule: "R8",
    file: "log.ts",
    find: "if (!this.seen.add(...authorOf(head, i))) copies.add(i)",
    replace: "this.seen.add(...authorOf(head, i))",
  },
  {
    name: "hears servers that are no members",
    rule: "R9",
    file: "relay.ts",
    find: "!state.members.has(relay.from) ||",
    replace: dropped,
  },
  {
    name: "applies a batch without looking at what it depends on",
    rule: "R10",
    file: "held.ts",
    find: "seq <= have(origin)",
    replace: "seq <= have(origin) + 1000",
  },
  {
    name: "does not say what its messages depend on",
    rule: "R10",
    file: "batches.ts",
    find: "let dep = state.log.dependencies();",
    replace: "let dep = {};",
  },
  {
    name: "takes a late message for a copy, because its n is not above the highest",
    rule: "R8 S5",
    file: "seen.ts",
    find: "    if (n <= session.upTo || session.beyond.has(n)) return false;",
    replace: "    if (n <= session.highest) return false;",
  },
  {
    name: "accepts numbers with a gap",
    rule: "S4",
    file: "clients.ts",
    find: "if (n > next && given !== undefined)",
    replace: "if (n > next + 1000)",
  },
  {
    name: "queues a message that was sent again",
    rule: "S5",
    file: "clients.ts",
    find: "(n < next || state.log.seen.has(client.id, n))",
    replace: "n < 1",
  },
  {
    name: "tells somebody who comes back what they saw as a copy",
    rule: "C5",
    file: "log.ts",
    find: "= this.#copiesWithin(cursor)",
    replace: "= new Set<string>()",
  },
  {
    name: "leaves the older connection of a session open",
    rule: "C9",
    file: "clients.ts",
    find: '  if (older) exit(state, older, "replaced", out);\n',
    replace: dropped,
  },
  {
    name: "welcomes a client that is ahead",
    rule: "C11",
    file: "parked.ts",
    find: "  if (!isAhead(state, client)) return false;",
    replace: "  if (state) return false;",
  },
  {
    name: "takes messages of a client that waits",
    rule: "C12",
    file: "clients.ts",
    find: 'if (client.phase === "parked")',
    replace: 'if (client.phase === "gone")',
  },
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
    find: "peer.inflight = { ...sent, members: news };",
    replace: "peer.inflight = { ...sent, members: news };\n      merge(peer.members, news);",
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
    file: "peers.ts",
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
    file: "people.ts",
    find: "held.version >= version",
    replace: "held.version === version",
  },
  {
    name: "sends who is here before all they said",
    rule: "C8 P1",
    file: "peers.ts",
    find: "all && owesPresence(state, peer)",
    replace: "owesPresence(state, peer)",
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
];
