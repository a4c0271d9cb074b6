/** Text by which equal things are known as equal: objects with their keys in order. */

/** A value with the keys of all its objects in order. */
export function sorted<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted) as T;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, field]) => [key, sorted(field)])) as T;
}

const tidy = (json: string): string => JSON.stringify(sorted(JSON.parse(json)));

/** A body between servers: its first line is a JSON object whose order of keys means nothing; the lines of batches stay as they are. */
export function tidyBody(body: string): string {
  const end = body.indexOf("\n");
  return end < 0 ? tidy(body) : tidy(body.slice(0, end)) + body.slice(end);
}

/** A frame to one client; the lines of messages stay as they are. */
export const tidyFrame = (frame: string): string =>
  frame
    .split("\n")
    .map((line) => (line.startsWith('{"type":"message"') ? line : tidy(line)))
    .join("\n");
