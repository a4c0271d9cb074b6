/** Wrong requests, as somebody with curl and a plain WebSocket tool may send them, to Chatty as `npm start` runs it. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Chatty } from "./chatty.ts";
import { Client } from "./client.ts";
import { at, OPERATOR } from "./operator.ts";

let chatty: Chatty;
beforeAll(async () => {
  chatty = await Chatty.start();
});
afterAll(async () => {
  Client.endAll();
  await chatty.stop();
});

interface Answer {
  status: number;
  type: string;
  body: string;
}

/** `fetch` sends no upgrades; this does, and tells what came instead of a WebSocket. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${chatty.url}${path}`, { method, headers }, (response) => {
      const { statusCode: status = 0, headers } = response;
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status, type: `${headers["content-type"]}`, body }));
    });
    asked.on("error", reject);
    asked.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(new Error(`${path} is a WebSocket`));
    });
    asked.end(body);
  });
}

const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};
/** What a failure inside looks like when it gets out. */
const INSIDE = /\.[jt]s\b|\bat \S+ \(|Error\b|node_modules|stack/;

describe("H3 H4 H6 H7 H8 H9 M6 R7 every wrong request is answered with a status that fits and says why in JSON, and nothing of the inside", () => {
  const chat = "/chats/requests";
  const long = "a".repeat(33);
  it.each<[rule: string, code: string, status: number, request: Parameters<typeof ask>]>([
    ["H4", "bad_name", 400, ["GET", "/chats/Loud!/servers"]],
    ["H4", "bad_name", 400, ["GET", `${chat}/servers/${long}/ws`, UPGRADE]],
    ["H4", "not_found", 404, ["GET", `${chat}/rooms`]],
    ["H4", "not_found", 404, ["DELETE", `${chat}/servers/main/start`, OPERATOR]],
    ["H4", "upgrade_required", 426, ["GET", `${chat}/ws`]],
    ["H3", "not_started", 404, ["GET", `${chat}/servers/never/ws`, UPGRADE]],
    ["H3", "not_started", 404, ["POST", `${chat}/servers/never/disconnect`, OPERATOR]],
    ["M6", "not_started", 404, ["POST", `${chat}/servers/b/start`, OPERATOR, '{"boot":"never"}']],
    ["M6", "not_started", 404, ["GET", `${chat}/servers/b/ws`, UPGRADE]],
    ["H6", "unauthorized", 401, ["POST", `${chat}/servers/b/start`]],
    ["H6", "unauthorized", 401, ["POST", `${chat}/servers/b/start`, { authorization: "Bearer Secret" }]],
    ["H6", "unauthorized", 401, ["POST", `${chat}/servers/main/relay`, { authorization: "Basic secret" }, "{}"]],
    ["H7", "bad_request", 400, ["POST", `${chat}/servers/b/start`, OPERATOR, "{boot"]],
    ["R7", "bad_request", 400, ["POST", `${chat}/servers/main/relay`, OPERATOR, '{"from":1}']],
    ["H8", "no_federation", 400, ["POST", `${chat}/servers/b/start`, OPERATOR, '{"boot":"main@elsewhere"}']],
    ["H9", "body_too_large", 413, ["POST", `${chat}/servers/main/relay`, OPERATOR, "x".repeat(4 * 1024 * 1024 + 1)]],
  ])("%s %s is %i", async (_, code, status, request) => {
    const answer = await ask(...request);
    expect(answer).toMatchObject({ status, type: expect.stringContaining("application/json") });
    const { error } = JSON.parse(answer.body);
    expect(error).toEqual({ code, message: expect.stringMatching(/\w+ \w+/) });
    expect(answer.body).not.toMatch(INSIDE);
  });
});

it("F2 F3 F4 F5 C7 a frame that cannot be used is answered to its sender alone, who then talks on", async () => {
  const url = at(chatty.url, "frames");
  const john = await Client.join(url, "John");
  const mary = await Client.join(url, "Mary");
  for (const client of [john, mary])
    await client.until("to hear of Mary's join", () => client.people("join").includes(mary.id));
  const before = mary.received.length;
  const codes = () => john.all("error").map(({ code }) => code);

  john.write("hello?");
  john.write('{"type":"send","text":');
  john.write({ type: "shout", text: "hello?" });
  john.write({ type: "client_join_req", name: "Jack" });
  john.write({ type: "send", text: "x".repeat(1024 * 1024 - 26), n: 1 });
  await john.until("for five errors", () => codes().length >= 5);
  expect(codes()).toEqual(["bad_json", "bad_json", "unknown_type", "already_joined", "frame_too_large"]);
  for (const { message } of john.all("error")) expect(message).not.toMatch(INSIDE);
  john.write("ping");
  await john.until("for pong", () => john.pongs === 1);

  john.said.push("still here");
  john.write("what?", { type: "send", text: "still here", n: 1 });
  await mary.until("to hear John", () => mary.heard(john.id).length > 0);
  await john.until("for its echo", () => john.echoed === 1);
  expect(codes().at(-1)).toBe("bad_json");
  expect(mary.received.slice(before)).toEqual(john.all("message"));
});
