/** What servers do only when much has gone wrong: here a test plays the server. */

import type { WebSocketRoute } from "playwright-core";
import { expect } from "vitest";
import { entry, ID, message, welcome as welcomed } from "../client/rig.ts";
import { Party } from "./party.ts";
import { browse, type Visitor } from "./visitor.ts";

const party = new Party();

const welcome = (fields: object = {}) => welcomed({ names: [{ name: "John", id: ID }], ...fields });

/** A visitor whose page talks to the test: each connection is given to `play`, which answers what it says to a frame. */
async function played(
  play: (connection: number, socket: WebSocketRoute, object: { type: string }) => object[],
): Promise<Visitor> {
  const visitor = await party.visitor();
  let connections = 0;
  await visitor.page.routeWebSocket(/\/ws$/, (socket) => {
    const connection = ++connections;
    socket.onMessage((frame) => {
      if (frame === "ping") return;
      for (const line of String(frame).split("\n"))
        for (const answer of play(connection, socket, JSON.parse(line))) socket.send(JSON.stringify(answer));
    });
  });
  await visitor.join(`${party.url}/chats/${party.chat("played")}`, "John");
  return visitor;
}

browse("W2 what a server refuses is shown with its reason, and can be said again or discarded", async () => {
  let refuse = true;
  const sent: string[] = [];
  const john = await played((_, __, object) => {
    if (object.type === "client_join_req") return [welcome()];
    const { n, text } = object as { type: string; n: number; text: string };
    sent.push(`${n} ${text}`);
    return [
      refuse ? { type: "error", code: "bad_text", message: "not today", n } : message(n, text, { time: Date.now() }),
    ];
  });
  await john.say("one");
  await john.page.getByText("Not sent: not today").waitFor();
  expect(await john.page.locator(".failed .text").allTextContents()).toEqual(["one"]);
  refuse = false;
  await john.page.getByRole("button", { name: "Try again" }).click();
  await john.until(
    "it to be sent",
    async () => (await john.page.locator(".sent .text").allTextContents())[0] === "one",
  );
  expect(await john.page.locator(".failed").count()).toBe(0);
  refuse = true;
  await john.say("two");
  await john.page.getByRole("button", { name: "Discard" }).click();
  await john.until("it to be gone", async () => (await john.texts()).join() === "one");
  expect(sent).toEqual(["1 one", "1 one", "2 two"]);
});

browse(
  "W10 a reset is a line, and what is only on a server that cannot be reached is marked until it comes again",
  async () => {
    const anne = (n: number, fields: object = {}) =>
      message(n, `text ${n}`, { id: "a1", name: "Anne", time: Date.now(), ...fields });
    let later: WebSocketRoute | undefined;
    const john = await played((connection, socket) => {
      if (connection === 1) {
        setTimeout(() => socket.close(), 300);
        return [welcome({ servers: [entry("main"), entry("b")] }), anne(1), anne(2)];
      }
      later = socket;
      const reset = { type: "reset", reason: "ahead", cursor: { "main#1": 1 } };
      return [
        welcome({ server: "b", cursor: { "main#1": 2 }, servers: [entry("b"), entry("main", "unreachable")] }),
        reset,
      ];
    });
    await john.page.getByText("The connection moved to a server that has not seen everything above").waitFor();
    const alone = () => john.page.locator(".alone .text").allTextContents();
    expect(await alone()).toEqual(["text 2"]);
    await john.page.getByText("unreachable", { exact: false }).first().waitFor();
    later?.send(JSON.stringify(anne(2)));
    await john.until("no mark", async () => (await alone()).length === 0);
    expect(await john.texts()).toEqual(["text 1", "text 2"]);
  },
);

browse(
  "W9 whose session is connected elsewhere is told so, and can go on here; who is refused can join again",
  async () => {
    const john = await played((connection) =>
      connection === 1
        ? [welcome(), { type: "exit", reason: "replaced", servers: [] }]
        : [{ type: "error", code: "bad_name", message: "no such name", fatal: true }],
    );
    await john.status.getByText("You went on in another tab").waitFor();
    await john.page.getByRole("button", { name: "Go on here" }).click();
    await john.status.getByText("The server says no: no such name").waitFor();
    await john.page.getByRole("button", { name: "Join again" }).click();
    await john.page.getByRole("button", { name: "Join" }).waitFor();
  },
);
