/** Colour, where it is wanted. */

const RESET = "\x1b[0m";
const DIM = "\x1b[2m";
/** Red to cyan: readable on dark and on light. */
const COLOURS = ["\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[34m", "\x1b[35m", "\x1b[36m"];

/** Whether a stream is a terminal that understands more than lines. */
export const isRich = (stream: { isTTY?: boolean }, env: Record<string, string | undefined>): boolean =>
  stream.isTTY === true && env.TERM !== "dumb";

/** Whether colour goes to a stream. */
export const wantsColour = (stream: { isTTY?: boolean }, env: Record<string, string | undefined>): boolean =>
  isRich(stream, env) && !env.NO_COLOR;

export const dim = (text: string, colour: boolean): string => (colour ? DIM + text + RESET : text);

/** A text in the colour of an id: the same person always has the same. */
export function ofId(text: string, id: string, colour: boolean): string {
  if (!colour) return text;
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0;
  return `${COLOURS[sum % COLOURS.length]}${text}${RESET}`;
}
