/** What servers could be sent by peers that are broken, mistaken or of another chat: bodies for each verb, and answers. */
import fc from "fast-check";
import { writeMembersRequest } from "../../../src/chat/members-wire.ts";
import { writeRelay } from "../../../src/chat/relay-wire.ts";
import type { Verb } from "../../../src/chat/wire.ts";
import { ADDRESSES, batch, count, cursor, entries, epoch, IDS, personName, text } from "./arbitraries.ts";
import { tampered } from "./mutations.ts";

/** Lives ahead that a server is claimed to be: more than what is taken from anyone. */
const MAX_CLAIM = 100_000;
/** Servers nobody started. */
export const STRANGERS = ADDRESSES.filter((address) => address !== "main" && address !== "b");
const place = { chat: "lobby", host: undefined };
const stranger = fc.constantFrom("constructor", "x-9", "b@other.test:8787");
const known = fc.constantFrom("main", "b");
const from = fc.oneof(known, stranger);
const verb = fc.constantFrom("server_join_req" as const, "update_servers" as const, "relay" as const);

const people = fc.array(fc.tuple(fc.constantFrom(...IDS), personName), { maxLength: 3 });
const presence = fc.record({ epoch, version: count, people });
const relay = fc
  .record(
    { from, vv: cursor, presence, batches: fc.array(batch, { maxLength: 3 }) },
    { requiredKeys: ["from", "vv", "batches"] },
  )
  .map((relay) => ({ verb: "relay" as const, body: writeRelay("main", relay, place) }));
/** What others say of the two that are talked to: that they are alive, or left, in some earlier or later life. */
const ofKnown = entries(["main", "b"]).map((list) =>
  list.map(([address, member]): (typeof list)[number] => [
    address,
    { ...member, inc: Math.min(member.inc, MAX_CLAIM) },
  ]),
);
const claims = fc.tuple(entries(STRANGERS), ofKnown).map((lists) => lists.flat());
const members = (verb: Verb, from: fc.Arbitrary<string>, list: typeof ofKnown) =>
  fc.tuple(from, list).map(([from, members]) => ({ verb, body: writeMembersRequest("main", from, members, place) }));
const garbage = fc.record({ verb, body: fc.oneof(text, fc.json()) });

/**
 * A request as its verb has it, or with something done to it, or anything. Nobody pretends that one of the two knows what it does not:
 * who says so is not told again.
 */
export const body = fc.oneof(
  relay,
  members("server_join_req", stranger, claims),
  members("update_servers", stranger, claims),
  members("update_servers", from, entries(STRANGERS)),
  fc.record({ verb: fc.constant("relay" as const), body: tampered(relay.map(({ body }) => body)) }),
  fc.record({
    verb: fc.constant("update_servers" as const),
    body: tampered(members("update_servers", from, entries(STRANGERS)).map(({ body }) => body)),
  }),
  garbage,
);
export type Letter = typeof body extends fc.Arbitrary<infer L> ? L : never;

const refusal = fc
  .record({ code: fc.constantFrom("left", "not_started", "unknown_server", "odd"), message: text })
  .chain((error) =>
    entries(STRANGERS).map((members) => JSON.stringify({ error, members: Object.fromEntries(members) })),
  );
/** An answer that comes for no reason, or instead of another. */
export const answer = fc.record({
  verb,
  peer: from,
  status: fc.constantFrom(0, 200, 400, 401, 404, 409, 500),
  body: fc.oneof(text, fc.json(), refusal, cursor.map((vv) => JSON.stringify({ vv }))), // biome-ignore format: a list
});
