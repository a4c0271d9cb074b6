/** What a client may hear: the objects of the contract in any order, such as are broken, and nonsense. */
import fc from "fast-check";
import type { Outgoing } from "../../../client/lib/outbox.ts";
import { at, entry, ID, message, welcome } from "../../client/rig.ts";
import { count, cursor, maybe, personName, text } from "./arbitraries.ts";
import { garbage } from "./client-lines.ts";

const origin = fc.constantFrom("main#1", "b#1");
const n = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.integer({ min: 1, max: 2 ** 40 }));
const id = fc.constantFrom(ID, "someone");
const server = fc.record({
  name: fc.constantFrom("main", "b", "c@other.test"),
  status: fc.constantFrom("alive", "unreachable", "left", "odd"),
  url: fc.constantFrom(entry("main").url, at("b"), "wss://other.test/chats/lobby/servers/c/ws", "javascript:1", ""),
});
const servers = fc.array(server, { maxLength: 3 });
const retry = maybe(fc.oneof(fc.nat(100), count));
const code = fc.constantFrom("busy", "waiting", "n_gap", "n_reused", "bad_text", "bad_json", "odd");
const some = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });
/** Messages of this client and of others. */
export const messages = fc.tuple(n, text, some({ id, origin, seq: n })).map((parts) => message(...parts));
/** Objects of the contract, in no sensible order. */
export const object: fc.Arbitrary<object> = fc.oneof(
  { weight: 3, arbitrary: some({ n, cursor, servers, server: personName }).map(welcome) },
  { weight: 5, arbitrary: messages },
  fc.record({ type: fc.constant("error"), code, message: text, n: maybe(n), retry }),
  fc.record({ type: fc.constant("update_servers"), servers }),
  fc.record({ type: fc.constant("exit"), reason: fc.constantFrom("disconnect", "slow", "odd"), servers, after: retry }),
  fc.record({ type: fc.constant("reset"), reason: text, cursor: maybe(cursor) }),
  fc.record({ type: fc.constantFrom("join", "leave"), name: personName, id }),
);
/** Any text on one line. */
export const nonsense = garbage.map((line) => line.replaceAll("\n", " "));
/** An object of the contract with one field that is something else. */
const broken = fc.tuple(object, fc.nat(20), fc.jsonValue()).map(([object, at, value]) => {
  const keys = Object.keys(object);
  return { ...object, [keys[at % keys.length] ?? ""]: value };
});
/** Whatever may stand on a line of a frame. */
export const line = fc.oneof(
  { weight: 6, arbitrary: object },
  nonsense,
  { weight: 2, arbitrary: broken },
  fc.constant("pong"),
);

/** What a server may say to a message that waits. */
export function answer(how: string, { n, text }: Outgoing): object {
  if (how === "echo") return message(n, text);
  if (how === "other text") return message(n, "another text");
  const error = { type: "error", code: how, message: how, n };
  return how === "busy" ? { ...error, retry: 300 } : error;
}
