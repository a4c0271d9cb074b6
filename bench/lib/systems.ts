/** Chatty, and what somebody might take instead of it, each ready to be started afresh for every run. */
import { join } from "node:path";
import { type Bundle, bundleAll, bundlePartyserver } from "./bundle.ts";
import { SOCKET_IO, SOCKET_IO_PATH } from "./dialect.ts";
import { FLOOR, ONE, OTHERS, THREE } from "./names.ts";
import { startNode } from "./node.ts";
import { PEERS } from "./peers.ts";
import type { System } from "./run.ts";
import { startWorkerd } from "./workerd.ts";

/** In the order they take turns. `project`: where Chatty's wrangler.toml lies, if not here. The packages of the others must be installed. */
export async function allSystems(project: string | undefined): Promise<System[]> {
  const { floor, chatty } = await bundleAll(project);
  const [partyserver, socketIo, ws] = OTHERS;
  const party = await bundlePartyserver(chatty);
  const onWorkerd = (bundle: Bundle) => () => startWorkerd(bundle);
  const onNode = (script: string) => () => startNode(join(PEERS, script));
  const alone = { servers: ["main"], ack: false };
  return [
    { name: FLOOR, start: onWorkerd(floor), ...alone },
    { name: ONE, start: onWorkerd(chatty), servers: ["main"], ack: true },
    { name: THREE, start: onWorkerd(chatty), servers: ["main", "b", "c"], ack: true },
    { name: partyserver, start: onWorkerd(party), path: "/parties/room/bench", ...alone },
    { name: socketIo, start: onNode("socketio.js"), path: SOCKET_IO_PATH, dialect: SOCKET_IO, ...alone },
    { name: ws, start: onNode("ws.js"), ...alone },
  ];
}
