/** The answer to `relay`, and the fields it shares with the request. */
import { json, need, type Place } from "./body.ts";
import { MAX_ORIGINS } from "./limits.ts";
import { type ForWatchers, parseForWatchers, writeForWatchers } from "./links.ts";
import type { Life } from "./members.ts";
import { EPOCH, isCount, isCursor } from "./parse.ts";
import type { Held } from "./presence.ts";
import type { Cursor } from "./wire.ts";

/**
 * What is written now in this life, and what is applied beyond that; the origins the receiver asks the sender for; which version of the sender's set of people it holds; and the
 * incarnation in which the sender is held to have left.
 */
export interface RelayAnswer extends ForWatchers {
  vv: Cursor;
  unwritten: Cursor;
  want: string[];
  held: Held | undefined;
  life: Life | undefined;
  left: number | undefined;
}

export const ORIGIN = /^[a-z0-9][a-z0-9-]{0,31}#[0-9a-f]{8}$/;
/** What a `vv` must be. */
const cursorRule = (field: string) => `${field} must be an object {origin: seq} of at most ${MAX_ORIGINS} origins`;
export const VV = cursorRule("vv");
export const UNWRITTEN = cursorRule("unwritten");

export function writeRelayAnswer(to: string, answer: RelayAnswer, place: Place): Record<string, unknown> {
  const { want, unwritten, watch: _, links: __, ...rest } = answer;
  const more = Object.keys(unwritten).length > 0 ? { unwritten } : {};
  return { ...rest, ...more, ...(want.length > 0 ? { want } : {}), ...writeForWatchers(to, answer, place) };
}

export function parseRelayAnswer(body: string, place: Place): RelayAnswer {
  const { vv, unwritten = {}, want, held, life, left, watch, links } = json(body);
  need(isCursor(vv), VV);
  need(isCursor(unwritten), UNWRITTEN);
  need(left === undefined || isCount(left, 1), "left must be an incarnation");
  const watching = parseForWatchers(watch, links, place);
  return { vv, unwritten, want: parseWant(want), held: parseHeld(held), life: parseLife(life), left, ...watching };
}

export function parseWant(want: unknown = []): string[] {
  need(
    Array.isArray(want) &&
      want.length <= MAX_ORIGINS &&
      want.every((origin) => typeof origin === "string" && ORIGIN.test(origin)),
    "want must be a list of origins",
  );
  return want as string[];
}

export function parseHeld(held: unknown): Held | undefined {
  if (held === undefined) return undefined;
  need(
    Array.isArray(held) && typeof held[0] === "string" && EPOCH.test(held[0]) && isCount(held[1], 0),
    "held must be [epoch, version]",
  );
  return [held[0], held[1]];
}

export function parseLife(life: unknown): Life | undefined {
  if (life === undefined) return undefined;
  need(
    Array.isArray(life) && isCount(life[0], 1) && typeof life[1] === "string" && EPOCH.test(life[1]),
    "life must be [inc, epoch]",
  );
  return [life[0], life[1]];
}
