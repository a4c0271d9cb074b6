/** Joins and leaves in a row become one quiet line. */
import type { Person } from "../../../src/chat/wire.ts";
import type { Came, Entry } from "./rows.ts";

/** Somebody came or went, or in a crowd so many whose names were not told. */
export type Coming = { type: "join" | "leave"; person: Person } | { type: "presence"; joined: number; left: number };

/** The line that says so: a new one under `key`, or the last entry, if that is such a line, with this in it. */
export function came(last: Entry | undefined, coming: Coming, key: string, time: number): Came {
  const line: Came = last?.kind === "came" ? last : { kind: "came", key, time, people: [], joined: 0, left: 0 };
  if (coming.type === "presence")
    return { ...line, joined: line.joined + coming.joined, left: line.left + coming.left };
  const { id, name } = coming.person;
  const joined = coming.type === "join";
  const before = line.people.find((person) => person.id === id);
  // Who left and came back was only away.
  const person =
    joined && before?.left && !before.joined
      ? undefined
      : { id, name, joined: joined || before?.joined === true, left: !joined };
  return { ...line, people: [...line.people.filter((other) => other.id !== id), ...(person ? [person] : [])] };
}

/** Names listed of each kind. */
const LISTED = 3;

/** `John and Mary joined, 12 others left`, with each person called as `call` says; empty if nothing changed in the end. */
export function wording({ people, joined, left }: Came, call: (person: Person) => string): string {
  const kinds = [
    { who: people.filter((one) => one.joined && !one.left), more: joined, did: "joined" },
    { who: people.filter((one) => one.left && !one.joined), more: left, did: "left" },
    { who: people.filter((one) => one.joined && one.left), more: 0, did: "came and went" },
  ];
  return kinds
    .flatMap(({ who, more, did }) => (who.length + more > 0 ? [`${list(who.map(call), more)} ${did}`] : []))
    .join(", ");
}

function list(names: string[], more: number): string {
  const shown = names.slice(0, names.length + more > LISTED ? LISTED - 1 : LISTED);
  const rest = names.length - shown.length + more;
  const some = shown.length > 0;
  const others =
    rest > 0
      ? [some ? `${rest} ${rest === 1 ? "other" : "others"}` : `${rest} ${rest === 1 ? "person" : "people"}`]
      : [];
  const parts = [...shown, ...others];
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
