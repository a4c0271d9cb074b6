/** Starting servers: twice, in the wrong order, from a boot server that will not do. */
import { describe, expect, it } from "vitest";
import {
  agreed,
  codeOf,
  disconnectServer,
  freshChat,
  listServers,
  memberOf,
  order,
  startServer,
  statuses,
} from "./helpers.ts";

it("M7 starting twice, at once or later, is harmless", async () => {
  const chat = freshChat();
  await Promise.all([startServer(chat, "b"), startServer(chat, "b", "main"), startServer(chat, "main")]);
  await startServer(chat, "b");
  await agreed(chat, ["main", "b"], ["b alive", "main alive"]);
  expect(await memberOf(chat, "b")).toMatchObject({ inc: 1, status: "alive" });
  expect(await memberOf(chat, "main")).toMatchObject({ inc: 1, status: "alive" });
});

const REFUSED = [
  { why: "was never started", boot: "never", code: "not_started", status: 404 },
  { why: "has left", boot: "gone", code: "left", status: 409 },
  { why: "is itself", boot: "b", code: "bad_boot", status: 400 },
  { why: "has a bad name", boot: "No Name", code: "bad_name", status: 400 },
  { why: "is of another host", boot: "main@elsewhere.example", code: "no_federation", status: 400 },
];

// They wait for seconds, each in a chat of its own.
describe.concurrent("a boot server that does not answer yet, or never", () => {
  it("M13 a boot server that is started two seconds later is waited for", async () => {
    const chat = freshChat();
    const later = async () => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await startServer(chat, "c");
    };
    await Promise.all([startServer(chat, "b", "c"), later()]);
    await agreed(chat, ["main", "b", "c"], ["b alive", "c alive", "main alive"]);
  });

  it("M6 M13 two servers that boot from each other wait in vain, and leave no trace", async () => {
    const chat = freshChat();
    const [b, c] = await Promise.all([
      order(chat, "b", "start", { boot: "c" }),
      order(chat, "c", "start", { boot: "b" }),
    ]);
    // Whichever gives up first is no longer being started when the other one asks it again.
    for (const answer of [b, c])
      expect(["503 starting", "404 not_started"]).toContain(`${answer.status} ${codeOf(answer)}`);
    for (const server of ["b", "c"]) await expect(listServers(chat, server)).rejects.toThrow("not_started");
  });

  it.for(REFUSED)(
    "M6 H3 H4 H7 H8 a boot server that $why: the start fails without a trace",
    async ({ boot, code, status }) => {
      const chat = freshChat();
      await startServer(chat, "gone");
      await disconnectServer(chat, "gone");
      const answer = await order(chat, "b", "start", { boot });
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
      expect(statuses(await listServers(chat))).toEqual(["gone left", "main alive"]);
      await expect(listServers(chat, "b")).rejects.toThrow("not_started");
      await startServer(chat, "b");
      await agreed(chat, ["main", "b"], ["b alive", "gone left", "main alive"]);
      expect(await memberOf(chat, "b")).toMatchObject({ inc: 1 });
    },
  );
});
