/** What is given on the command line, as numbers. */

/** A whole number from 1. `name` is that of the option, for the error. */
export function whole(name: string, given: string | undefined, usual: number): number {
  const value = given === undefined ? usual : Number(given);
  if (!(Number.isInteger(value) && value > 0)) throw new Error(`--${name} is a whole number from 1, not '${given}'`);
  return value;
}

/** Whole numbers from 1, with commas between them, in rising order. */
export function wholes(name: string, given: string | undefined, usual: readonly number[]): number[] {
  const values = given === undefined ? usual : given.split(",").map((part) => whole(name, part, 0));
  return [...values].sort((a, b) => a - b);
}
