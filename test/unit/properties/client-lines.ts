/** What clients send: the objects of the contract, and anything else. */
import fc from "fast-check";
import { anything, cursor, maybe, personName, session, text } from "./arbitraries.ts";

/** Joins, with such numbers as seen echoed, by anyone or by those who have one of these sessions. */
export const joins = (n: fc.Arbitrary<number>, sessions = session) =>
  fc.record({
    type: fc.constant("client_join_req" as const),
    name: personName,
    session: maybe(sessions),
    cursor: maybe(cursor),
    n: maybe(n),
  });

/** What else a client says, under such numbers. */
export const sayings = (n: fc.Arbitrary<number>) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant("send" as const), text, n: maybe(n) }) },
    fc.record({ type: fc.constant("ack" as const), cursor }),
    fc.record({ type: fc.constant("client_leave_req" as const) }),
  );

/** Any text, and any JSON: none of it is an object with a type. */
export const garbage = fc.oneof(text, anything, fc.json());

/** Frames of several lines, about half of them begun with a join; now and then a binary one. */
export function framesOf(join: fc.Arbitrary<object>, saying: fc.Arbitrary<object>): fc.Arbitrary<string | null> {
  const toLine = (object: object) => JSON.stringify(object);
  const line = fc.oneof({ weight: 5, arbitrary: saying.map(toLine) }, join.map(toLine), garbage);
  const lines = fc.array(line, { minLength: 1, maxLength: 4 });
  return fc.oneof(
    { weight: 4, arbitrary: lines.map((lines) => lines.join("\n")) },
    { weight: 4, arbitrary: fc.tuple(join.map(toLine), lines).map((lines) => lines.flat().join("\n")) },
    fc.constant(null),
  );
}
