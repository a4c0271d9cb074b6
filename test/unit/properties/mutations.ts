/** What can be done to the body of a request, by accident or on purpose. */
import fc from "fast-check";
import { count } from "./arbitraries.ts";

type Change = (body: string) => string;
/** A way to change a body, with what it is to be done. */
const change = <T extends unknown[]>(
  apply: (body: string, ...how: T) => string,
  ...how: { [K in keyof T]: fc.Arbitrary<T[K]> }
): fc.Arbitrary<Change> => fc.tuple<T>(...how).map((how) => (body) => apply(body, ...how));

/** Where; taken modulo what is there. */
const at = fc.nat(10_000);
const length = fc.nat(40);
const character = fc.constantFrom(...'0123459ab"\\{}[]:,\n #');

/** Anywhere in the text. */
const inText = [
  change((body, at) => body.slice(0, at % (body.length + 1)), at),
  change((body, at, length) => body.slice(0, at % body.length) + body.slice((at % body.length) + length), at, length),
  change((body, at, length) => body.slice(0, (at % body.length) + length) + body.slice(at % body.length), at, length),
  change((body, at, put) => body.slice(0, at % body.length) + put + body.slice((at % body.length) + 1), at, character),
];

type Fields = Record<string, unknown>;
/** A field, by what holds it. */
type Slot = [holder: Fields, key: string];
const slotsOf = (value: unknown): Slot[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.keys(value).flatMap((key): Slot[] => [[value as Fields, key], ...slotsOf((value as Fields)[key])]);

/** A line of JSON as an object; one without fields if it is none. */
function parsed(line: string): Fields {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Does something to one of all the fields of a line, if it has any. */
function inField(line: string, at: number, change: (slot: Slot, all: Slot[]) => void): string {
  const fields = parsed(line);
  const slots = slotsOf(fields);
  if (slots.length === 0) return line;
  change(slots[at % slots.length] as Slot, slots);
  return JSON.stringify(fields);
}
const inHeader = (body: string, at: number, change: (slot: Slot, all: Slot[]) => void): string => {
  const [header = "", ...lines] = body.split("\n");
  return [inField(header, at, change), ...lines].join("\n");
};

/** Something else instead of a value: what is wrong, or right somewhere else, or a number one off. */
const wrong = fc.constantFrom<unknown>(-1, 1.5, "", "b", "b#00000002", "00000001", [], {}, [0, 1]);
const instead: fc.Arbitrary<(old: unknown) => unknown> = fc.oneof(
  fc.oneof(count, fc.constant(null), wrong, fc.jsonValue()).map((value) => () => value),
  fc.constantFrom(-1, 1).map((by) => (old: unknown) => (typeof old === "number" ? old + by : old)),
);
const replace =
  (instead: (old: unknown) => unknown) =>
  ([holder, key]: Slot) => {
    holder[key] = instead(holder[key]);
  };
const field = change((body, at, instead) => inHeader(body, at, replace(instead)), at, instead);
/** Two fields of the same name change places. */
const swap = change(
  (body, at, other) =>
    inHeader(body, at, ([holder, key], all) => {
      const same = all.filter(([, name]) => name === key);
      const [second] = same[other % same.length] as Slot;
      [holder[key], second[key]] = [second[key], holder[key]];
    }),
  at,
  at,
);

/** Does something to the lines below the header, each a list of what takes its place; the sizes in the header are put right. */
function inLines(body: string, change: (lines: string[][]) => void): string {
  const [header = "", ...rest] = body.split("\n");
  const fields = parsed(header);
  if (rest.length === 0 || !Array.isArray(fields.batches)) return body;
  const lines = rest.map((line) => [line]);
  change(lines);
  let end = 0;
  for (const head of fields.batches) {
    if (typeof head?.count !== "number") continue;
    const start = end;
    end += head.count;
    head.size = lines.slice(start, end).flat().join("\n").length;
  }
  return [JSON.stringify(fields), ...lines.flat()].join("\n");
}
const withLines = (change: (lines: string[][], i: number) => void) => (body: string, at: number) =>
  inLines(body, (lines) => change(lines, at % lines.length));
const ofLines = [
  change(withLines((lines, i) => lines.splice(i, 1, [])), at), // biome-ignore format: alike
  change(withLines((lines, i) => lines.splice(i, 1, [...(lines[i] ?? []), ...(lines[i] ?? [])])), at), // biome-ignore format: alike
  change(withLines((lines, i) => lines.push(...lines.splice(i, 1))), at), // biome-ignore format: alike
];
/** A field of a message. */
const said = change(
  (body, at, which, instead) =>
    inLines(body, (lines) => {
      const [line = ""] = lines[at % lines.length] ?? [];
      lines[at % lines.length] = [inField(line, which, replace(instead))];
    }),
  at,
  at,
  instead,
);

const any = fc.oneof(...inText, ...ofLines, swap, { weight: 3, arbitrary: field }, { weight: 3, arbitrary: said });

/** Bodies to which one or two things were done. */
export const tampered = (bodies: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(bodies, fc.array(any, { minLength: 1, maxLength: 2 }))
    .map(([body, changes]) => changes.reduce((text, change) => change(text), body));
