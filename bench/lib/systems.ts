/** Chatty, and what somebody might take instead of it, each ready to be started afresh for every run. */
import { join } from "node:path";
import { bundleAll, bundlePartyserver } from "./bundle.ts";
import { SOCKET_IO, SOCKET_IO_PATH } from "./dialect.ts";
import { FLOOR, ONE, OTHERS, THREE } from "./names.ts";
import { startNode } from "./node.ts";
import { PEERS } from "./peers.ts";
import type { Contender, System } from "./run.ts";
import { startWorkerd } from "./workerd.ts";

/** In the order they take turns. `project`: where Chatty's wrangler.toml lies, if not here. The packages of the others must be installed. */
export async function allSystems(project: string | undefined): Promise<Contender[]> {
  const { floor, chatty } = await bundleAll(project);
  const [partyserver, socketIo, ws] = OTHERS;
  const room = await bundlePartyserver(chatty);
  const alone = { servers: ["main"], ack: false };
  return [
    onWorkerd({ name: FLOOR, bundle: floor, ...alone }),
    onWorkerd({ name: ONE, bundle: chatty, servers: ["main"], ack: true }),
    onWorkerd({ name: THREE, bundle: chatty, servers: ["main", "b", "c"], ack: true }),
    { ...onWorkerd({ name: partyserver, bundle: room, ...alone }), path: "/parties/room/bench" },
    { name: socketIo, start: onNode("socketio.js"), path: SOCKET_IO_PATH, dialect: SOCKET_IO, ...alone },
    { name: ws, start: onNode("ws.js"), ...alone },
  ];
}

const onWorkerd = ({ bundle, ...system }: System): Contender => ({ ...system, start: () => startWorkerd(bundle) });
const onNode = (script: string) => () => startNode(join(PEERS, script));
