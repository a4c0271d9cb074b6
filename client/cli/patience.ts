/** How long a client that is not connected is left trying, and when it need not try at all. */
import type { Client } from "../lib/index.ts";
import type { Where } from "./args.ts";
import { Refused, Unreachable } from "./http.ts";
import { whyRefused } from "./operator.ts";

/** Milliseconds without a connection after which a program that nobody watches gives up: before the first, or after its input ended. */
const GIVE_UP_MS = 30_000;

/** While never welcomed, asks after each failed try whether a server says no for good; `silent` is called once if none answers. */
export function watchRefusals(client: Client, { url, chat, server }: Where, silent: () => void): { error?: Refused } {
  const found: { error?: Refused } = {};
  let asking = false;
  let said = false;
  const off = client.on("state", async (status) => {
    if (status.is === "online") off();
    if (status.is !== "offline" || status.final || client.id !== undefined || asking) return;
    asking = true;
    try {
      await whyRefused(url, chat, server);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      if (error instanceof Refused && !error.passing) {
        found.error = error;
        client.close();
      } else if (!said) {
        said = true;
        silent();
      }
    } finally {
      asking = false;
    }
  });
  return found;
}

/** Closes a client that is never welcomed, or after the end of its input not again, within the time. */
export function giveUp(client: Client): { inputEnded(): void } {
  let ended = false;
  let timer: NodeJS.Timeout | undefined = setTimeout(() => client.close(), GIVE_UP_MS);
  const look = () => {
    const waits = client.state.is !== "online" && (ended || client.id === undefined);
    if (waits) timer ??= setTimeout(() => client.close(), GIVE_UP_MS);
    else {
      clearTimeout(timer);
      timer = undefined;
    }
  };
  client.on("state", look);
  return {
    inputEnded: () => {
      ended = true;
      look();
    },
  };
}
