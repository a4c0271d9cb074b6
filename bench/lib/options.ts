/** What is given on the command line. */
import { parseArgs } from "node:util";

/** The text of each of these options, if it is given, and whether a quick look is wanted. Throws on any other option. */
export function given<const Name extends string>(...names: Name[]): { quick: boolean } & Partial<Record<Name, string>> {
  const texts = Object.fromEntries(names.map((name) => [name, { type: "string" } as const]));
  const { values } = parseArgs({ options: { ...texts, quick: { type: "boolean", default: false } } });
  return values as { quick: boolean } & Partial<Record<Name, string>>;
}

/** A whole number from 1. `name` is that of the option, for the error. */
export function whole(name: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!(Number.isInteger(value) && value > 0)) throw new Error(`--${name} is a whole number from 1, not '${text}'`);
  return value;
}

/** Whole numbers from 1, with commas between them, in rising order. */
export function wholes(name: string, text: string | undefined, usual: readonly number[]): number[] {
  const values = text === undefined ? usual : text.split(",").map((part) => whole(name, part, 0));
  return [...values].sort((a, b) => a - b);
}
