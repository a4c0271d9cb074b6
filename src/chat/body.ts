/** What the bodies of the requests between servers have in common, and how they are checked: peers are hostile too until proven otherwise. */
import { abroad, atHome, hostOf, isAddress } from "./address.ts";

/** Where a body is read or written: in which chat, and what other deployments call this one. */
export interface Place {
  chat: string;
  host: string | undefined;
}

/** Thrown by `need`; `read` turns it into a reason. */
class Malformed extends Error {}

/** Refuses the body unless something holds. */
export function need(condition: unknown, reason: string): asserts condition {
  if (!condition) throw new Malformed(reason);
}

export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What `parse` makes of a body, or the reason why it is not one. */
export type Read<T> = { ok: true; value: T } | { ok: false; reason: string };

export function read<T>(parse: (body: string, place: Place) => T, body: string, place: Place): Read<T> {
  try {
    return { ok: true, value: parse(body, place) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: error.message };
    throw error;
  }
}

export function json(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Malformed("the body is not JSON");
  }
  need(isFields(value), "the body is not a JSON object");
  return value;
}

/** Why no server of another deployment is known here. */
export const NO_HOST = "HOST is not set here, so servers of other hosts cannot be joined";

/** The header fields all requests share. Addresses are taken home as they are read. */
export function header(text: string, { chat, host }: Place): Fields & { from: string } {
  const fields = json(text);
  need(fields.chat === chat, `chat must be '${chat}'`);
  need(typeof fields.from === "string" && isAddress(fields.from), "from must be the address of a server");
  const from = atHome(fields.from, host);
  need(host !== undefined || hostOf(from) === undefined, NO_HOST);
  return { ...fields, from };
}

/** An address as the server at `to` knows it. */
export function addressFor(to: string, address: string, { host }: Place): string {
  return hostOf(to) === undefined || host === undefined ? address : abroad(address, host);
}
