/** What is asked over HTTP: a page for everybody; each mistake has its status and code, in the shape of the contract, and nothing of the inside shows. */
import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import { Client, pair } from "./client.ts";
import { type Answer, COOKIE, call, codeOf, freshChat, listServers, order, statuses } from "./helpers.ts";

const UPGRADE = { headers: { upgrade: "websocket" } };

/** Refused as it should be, in plain words. */
function expectRefusal({ status, body }: Answer, expected: number, code: string): void {
  expect({ status, code: codeOf({ status, body }) }).toEqual({ status: expected, code });
  const { error } = JSON.parse(body) as { error: { message: string } };
  expect(Object.keys(error)).toEqual(["code", "message"]);
  expect(error.message).toMatch(/^[^\n]{10,300}$/);
  expect(error.message).not.toMatch(/\bat .*:\d+|Error:|\.ts\b|\bundefined\b|secret/);
}

it("H1 the page says what this is and how to connect, for any chat", async () => {
  for (const [path, chat] of [
    ["/", "lobby"],
    ["/chats/tea-room", "tea-room"],
  ] as const) {
    const response = await exports.default.fetch(`https://chatty.example${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    const page = await response.text();
    for (const part of ["Chatty", "client_join_req", `wss://chatty.example/chats/${chat}/ws`])
      expect(page).toContain(part);
  }
});

const BAD_NAMES = ["No", "a_b", "-a", "x".repeat(33), "%C3%A9", "a%20b", "a%2Fb", "a.b", "a@b"];

it.for(BAD_NAMES)("H4 H7 %s names no chat and no server", async (name) => {
  for (const path of ["", "/servers", "/ws", "/servers/main/ws"])
    expectRefusal(await call(`/chats/${name}${path}`, UPGRADE), 400, "bad_name");
  expectRefusal(await call(`/chats/lobby/servers/${name}/ws`, UPGRADE), 400, "bad_name");
  for (const chat of [name, "lobby"])
    for (const verb of ["start", "disconnect", "server_join_req", "update_servers", "relay"])
      expectRefusal(await order(chat, name, verb), 400, "bad_name");
});

it("H4 H7 unknown paths are not found, and a WebSocket path needs an upgrade", async () => {
  const gets = [
    "/nope",
    "/chats",
    "/chats/",
    "/chats/lobby/nope",
    "/chats/lobby/servers/b",
    "/chats/lobby/servers/b/nope",
  ];
  for (const path of [...gets, "/chats/lobby/servers/b/start", "/chats/lobby/servers/main/servers"])
    expectRefusal(await call(path), 404, "not_found");
  for (const path of ["/", "/chats/lobby", "/chats/lobby/servers", "/chats/lobby/ws", "/chats/lobby/servers/b/stop"])
    for (const method of ["POST", "PUT", "DELETE"])
      expectRefusal(await call(path, { method, headers: COOKIE }), 404, "not_found");
  for (const path of ["/chats/lobby/ws", "/chats/lobby/servers/main/ws", "/chats/lobby/servers/never/ws"]) {
    expectRefusal(await call(path), 426, "upgrade_required");
    expectRefusal(await call(path, { headers: { upgrade: "h2c" } }), 426, "upgrade_required");
  }
});

it("H3 H7 a server that was never started has nothing to say", async () => {
  const chat = freshChat();
  await Client.join(chat, "Ann");
  expectRefusal(await call(`/chats/${chat}/servers/b/ws`, UPGRADE), 404, "not_started");
  expectRefusal(await order(chat, "b", "disconnect"), 404, "not_started");
  const members = { c: { inc: 1, status: "alive", epoch: "00000000" } };
  for (const verb of ["server_join_req", "update_servers", "relay"]) {
    const body = { chat, from: "c", members, vv: {}, batches: [] };
    expectRefusal(await order(chat, "b", verb, body), 404, "not_started");
  }
  await expect(listServers(chat, "b")).rejects.toThrow("not_started");
  expect(statuses(await listServers(chat))).toEqual(["main alive"]);
});

const WRONG = [
  undefined,
  "",
  "secret",
  "Basic secret",
  "Bearer",
  "Bearer ",
  "Bearer Secret",
  "Bearer secretsecret",
  "Bearer  secret",
];

describe("orders need the cookie", () => {
  const ask = (authorization: string | undefined, verb: string) =>
    call(`/chats/orders/servers/b/${verb}`, {
      method: "POST",
      headers: authorization === undefined ? {} : { authorization },
      body: "{}",
    });

  it("H6 H7 a missing or a wrong one is refused, and nothing is done", async () => {
    for (const authorization of WRONG)
      for (const verb of ["start", "disconnect", "server_join_req", "update_servers", "relay"])
        expectRefusal(await ask(authorization, verb), 401, "unauthorized");
    expect(statuses(await listServers("orders"))).toEqual(["main alive"]);
    await expect(listServers("orders", "b")).rejects.toThrow("not_started");
  });

  it("H6 H7 without a cookie of its own a deployment takes no orders, and chats all the same", async () => {
    for (const COOKIE of [undefined, ""]) {
      const bindings = { ...env, COOKIE };
      const init = { method: "POST", headers: { authorization: "Bearer " }, body: "{}" };
      const refused = await app.request("/chats/orders/servers/b/start", init, bindings);
      expectRefusal({ status: refused.status, body: await refused.text() }, 403, "no_cookie");
      const joined = await app.request("/chats/orders/ws", UPGRADE, bindings);
      expect(joined.status).toBe(101);
      joined.webSocket?.accept();
      joined.webSocket?.close();
    }
  });
});

const BAD_ORDERS: [verb: string, body: string][] = [
  ...["{", "hello", "[]", "7", "null", '"main"', '{"boot":7}', '{"boot":null}', '{"boot":{}}', '{"boot":["main"]}'].map(
    (body): [string, string] => ["start", body],
  ),
  ...["{", "[]", "null", '{"force":"yes"}', '{"force":1}', '{"force":null}'].map((body): [string, string] => [
    "disconnect",
    body,
  ]),
];

it("H7 orders that are none are refused, and change nothing", async () => {
  const { chat, ann, bob } = await pair();
  const before = ann.got.length;
  for (const [verb, body] of BAD_ORDERS) expectRefusal(await order(chat, "b", verb, body), 400, "bad_request");
  for (const boot of ["", "No Name", "x".repeat(33), "a/b"])
    expectRefusal(await order(chat, "c", "start", { boot }), 400, "bad_name");
  expect(statuses(await listServers(chat))).toEqual(["b alive", "main alive"]);
  bob.send("undisturbed");
  await ann.hears("undisturbed");
  expect(ann.got.slice(before).map(({ type }) => type)).toEqual(["message"]);
});

it("H9 H7 a body of more than 4 MiB is refused, whatever its headers say of its length", async () => {
  const url = "https://chatty.example/chats/large/servers/b/relay";
  const chunk = new TextEncoder().encode("x".repeat(2 ** 20));
  for (const chunks of [4, 5, 40]) {
    let left = chunks;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const response = await exports.default.fetch(url, { method: "POST", headers: COOKIE, body });
    const answer = { status: response.status, body: await response.text() };
    if (chunks === 4) expectRefusal(answer, 400, "bad_request");
    else expectRefusal(answer, 413, "body_too_large");
  }
  expectRefusal(await order("large", "b", "relay", "x".repeat(2 ** 22 + 1)), 413, "body_too_large");
});

it("H7 of a failure inside only its code is told", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const fetch = () => Promise.reject(new Error("the secret at /src/inside.ts:7"));
  const broken = { ...env, CHAT_SERVER: { getByName: () => ({ fetch }) } as unknown as DurableObjectNamespace };
  for (const path of ["/chats/lobby/servers", "/chats/lobby/ws", "/chats/lobby/servers/b/ws"]) {
    const response = await app.request(path, UPGRADE, broken);
    expectRefusal({ status: response.status, body: await response.text() }, 503, "internal");
  }
  expect(error).toHaveBeenCalledTimes(3);
  error.mockRestore();
});
