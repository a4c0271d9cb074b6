/** What servers tell each other for those who watch: two fields of `relay` and of its answer, which are there only while somebody does. */
import { atHome, isAddress } from "./address.ts";
import { addressFor, isFields, need, type Place } from "./body.ts";
import { MAX_LINKS } from "./limits.ts";
import { isCount } from "./parse.ts";

/** How a server stands with another one: ms of the last round trip, ms since it was heard, and whether it cannot be reached. */
export interface Link {
  to: string;
  rtt?: number;
  ago?: number;
  unreachable?: boolean;
}

/** `watch`: somebody watches at the sender. `links`: those of the sender, for who said `watch`. */
export interface ForWatchers {
  watch?: true | undefined;
  links?: Link[] | undefined;
}

/** What is known of another server for those who watch, in memory only. */
export interface Sight {
  /** When the request under way was posted, and when anything last came from there, ms since epoch; 0: not in this life of the memory. */
  posted: number;
  heard: number;
  /** Milliseconds from the last request to its answer. */
  rtt: number | undefined;
  /** Whether somebody watches there, and so wants to know of the links here. */
  watches: boolean;
  /** What it said of its own links, and when. */
  links: Link[];
  linksAt: number;
  /** Which broken links it was told of. */
  told: string;
}

/** The fields as the server at `to` understands them. */
export const writeForWatchers = (to: string, { watch, links }: ForWatchers, place: Place): ForWatchers => ({
  ...(watch ? { watch } : {}),
  ...(links ? { links: links.map((link) => ({ ...link, to: addressFor(to, link.to, place) })) } : {}),
});

export function parseForWatchers(watch: unknown, links: unknown, { host }: Place): ForWatchers {
  const told: ForWatchers = {};
  if (watch === true) told.watch = true;
  if (links === undefined) return told;
  need(Array.isArray(links) && links.length <= MAX_LINKS, `links must be a list of at most ${MAX_LINKS}`);
  told.links = links.map((link: unknown) => {
    need(isFields(link), "a link must be an object");
    const { to, rtt, ago, unreachable } = link;
    need(typeof to === "string" && isAddress(to), "to of a link must be the address of a server");
    need(rtt === undefined || isCount(rtt, 0), "rtt of a link must be a whole number from 0");
    need(ago === undefined || isCount(ago, 0), "ago of a link must be a whole number from 0");
    return {
      to: atHome(to, host),
      ...(rtt === undefined ? {} : { rtt }),
      ...(ago === undefined ? {} : { ago }),
      ...(unreachable === true ? { unreachable } : {}),
    };
  });
  return told;
}
