/** Rules of watching the cluster, broken. */
import type { Sabotage } from "./broken.ts";

const dropped = "";

export const OF_WATCHING: Sabotage[] = [
  {
    name: "goes on telling of links where nobody watches any more",
    rule: "V7",
    file: "sight.ts",
    find: "sight.watches = watch === true;",
    replace: "sight.watches ||= watch === true;",
  },
  {
    name: "keeps to itself that a link broke",
    rule: "V7",
    file: "sight.ts",
    find: "if (peer && told !== now) peer.poke = true;",
    replace: dropped,
  },
  {
    name: "tells watchers of every flush",
    rule: "V3",
    file: "watch.ts",
    find: "if (!left && wait > 0 && wait <= SHOW_MAX_MS) {",
    replace: "if (Number.isNaN(wait)) {",
  },
  {
    name: "keeps the end of what travelled to itself",
    rule: "V3",
    file: "watch.ts",
    find: '    later(state, "show", wait, out);',
    replace: dropped,
  },
  {
    name: "takes watchers for clients after its sleep",
    rule: "V8",
    file: "boot.ts",
    find: "    if (attachment === WATCHER) {",
    replace: "    if (attachment === WATCHER && stored.alarm !== null) {",
  },
  {
    name: "keeps its watchers when it leaves",
    rule: "V9",
    file: "watch.ts",
    find: 'if (left) for (const key of watchers.keys()) drop(watching, key, GOING_AWAY, "disconnect", out);',
    replace: dropped,
  },
  {
    name: "tells who does not read any more",
    rule: "V9",
    file: "watch.ts",
    find: 'if (sent > env.window) drop(watching, key, SLOW, "slow", out);',
    replace: dropped,
  },
  {
    name: "tells all links of a thousand servers",
    rule: "V11",
    file: "view.ts",
    find: "(living > MAX_LINKS ? [] : linksOfOthers(state))",
    replace: "linksOfOthers(state)",
  },
  {
    name: "takes what others were told for told to all",
    rule: "V3",
    file: "watch.ts",
    find: 'if (JSON.stringify(seen) !== watching.told) watching.told = "";',
    replace: dropped,
  },
  {
    name: "believes in servers only one has heard of",
    rule: "V7",
    file: "view.ts",
    find: "to !== from && isAlive(to)",
    replace: "to !== from",
  },
  {
    name: "counts the people of a dead server twice",
    rule: "V5",
    file: "view.ts",
    find: 'if (status === "alive" || people.size === 0) return people.size;',
    replace: "if (people.size >= 0) return people.size;",
  },
];
