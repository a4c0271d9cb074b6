/** People talking, and what has to come of it: everybody hears everything once, in the order of each sender. */
import { expect } from "vitest";
import type { Client } from "./client.ts";

/** How many of its messages a talker leaves without an echo before it waits. */
const IN_FLIGHT = 4;
/** Milliseconds a talker waits for an echo: a crash and a restart may lie between. */
const ECHO_MS = 60_000;

/** Says `count` messages, never more than a few ahead of their echoes, and waits for the last echo. */
export async function talk(client: Client, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    client.say(`${client.name} says ${client.said.length + 1}`);
    await client.until("for echoes", () => client.said.length - client.echoed < IN_FLIGHT, ECHO_MS);
  }
  await client.until("for the last echo", () => client.echoed === client.said.length, ECHO_MS);
}

/**
 * Expects that each has heard all that each has said, once and in order. One more message of each comes last, so that a
 * repetition under way behind the first ones is heard too.
 */
export async function expectAllHeard(clients: Client[]): Promise<void> {
  await allArrived(clients);
  for (const client of clients) client.say(`${client.name} ends with ${client.said.length + 1}`);
  await allArrived(clients);
  for (const listener of clients) {
    for (const { id, name, said } of clients) expect(listener.heard(id), `${listener.name} of ${name}`).toEqual(said);
    expect(listener.all("reset"), `resets of ${listener.name}`).toEqual([]);
    const refusals = listener.all("error").filter(({ retry }) => retry === undefined);
    expect(refusals, `errors of ${listener.name}`).toEqual([]);
  }
}

/** Waits until every message reached everybody; what came beside it is looked at afterwards. */
async function allArrived(clients: Client[]): Promise<void> {
  const waits = clients.flatMap((listener) =>
    clients.map(({ id, name, said }) =>
      listener.until(`for all of ${name}`, () => new Set(listener.heard(id)).size >= said.length),
    ),
  );
  await Promise.all(waits);
}
