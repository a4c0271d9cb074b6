/**
 * The lines of the wire, as far as the load looks into them: a text message holds one JSON object per line.
 */

/** Whatever its type, it has one; the other fields are for the reader to check. */
export interface Line {
  readonly type: string;
  readonly id?: unknown;
  readonly n?: unknown;
  readonly text?: unknown;
  readonly origin?: unknown;
  readonly seq?: unknown;
  readonly session?: unknown;
  readonly cursor?: unknown;
  readonly count?: unknown;
  readonly names?: unknown;
}

/** The lines of one text message; throws at the first that is none. */
export function* parseLines(text: string): Generator<Line, void> {
  for (const part of text.split("\n")) {
    if (part === "") continue;
    const value: unknown = JSON.parse(part);
    if (!isLine(value)) throw new Error(`not a line of the wire: ${part.slice(0, 200)}`);
    yield value;
  }
}

function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
