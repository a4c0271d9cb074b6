/** The bodies of `server_join_req` and `update_servers`, and of refusals. */
import { atHome, hostOf, isAddress } from "./address.ts";
import { addressFor, header, isFields, json, NO_HOST, need, type Place } from "./body.ts";
import { MAX_INC, MAX_MEMBERS } from "./limits.ts";
import type { Member } from "./members.ts";
import { EPOCH, isCount } from "./parse.ts";

/** `server_join_req` and `update_servers`: who asks, and the members it knows or passes on. */
export interface MembersRequest {
  from: string;
  members: [string, Member][];
}

function parseMembers(value: unknown, { host }: Place): [string, Member][] {
  need(isFields(value), "members must be an object {address: member}");
  const entries = Object.entries(value);
  need(entries.length <= MAX_MEMBERS, `members must be at most ${MAX_MEMBERS}`);
  return entries.map(([address, member]) => {
    need(isAddress(address), `'${address.slice(0, 40)}' is not the address of a server`);
    need(host !== undefined || hostOf(address) === undefined, NO_HOST);
    need(isFields(member), `member '${address}' must be an object`);
    const { inc, status, epoch, final } = member;
    need(isCount(inc, 1) && inc < MAX_INC, `inc of '${address}' must be a whole number from 1, below ${MAX_INC}`);
    need(status === "alive" || status === "left", `status of '${address}' must be alive or left`);
    need(typeof epoch === "string" && EPOCH.test(epoch), `epoch of '${address}' must be 8 hexadecimal digits`);
    if (status === "alive") return [atHome(address, host), { inc, status, epoch }];
    need(isCount(final, 0), `final of '${address}' must be a whole number from 0`);
    return [atHome(address, host), { inc, status, epoch, final }];
  });
}

export function parseMembersRequest(body: string, place: Place): MembersRequest {
  const { from, members } = header(body, place);
  return { from, members: parseMembers(members, place) };
}

/** The members as the server at `to` knows their addresses. */
export const writeMembers = (to: string, members: Iterable<[string, Member]>, place: Place): Record<string, Member> =>
  Object.fromEntries([...members].map(([address, member]) => [addressFor(to, address, place), member]));

export function writeMembersRequest(
  to: string,
  from: string,
  members: Iterable<[string, Member]>,
  place: Place,
): string {
  const { chat } = place;
  return JSON.stringify({ chat, from: addressFor(to, from, place), members: writeMembers(to, members, place) });
}

/** The answer to `server_join_req`. */
export const parseMembersAnswer = (body: string, place: Place): [string, Member][] =>
  parseMembers(json(body).members, place);

/** An error as answer, and the members a server that has left adds to it. */
export function parseRefusal(
  body: string,
  place: Place,
): { code: string; message: string; members: [string, Member][] } {
  const { error, members } = json(body);
  need(
    isFields(error) && typeof error.code === "string" && typeof error.message === "string",
    "no error of the contract",
  );
  return {
    code: error.code,
    message: error.message,
    members: members === undefined ? [] : parseMembers(members, place),
  };
}
