/** The Worker's routes: names, cookie and sizes are checked here, the rest is the server's. */
import { Hono } from "hono";
import { refuseWithoutCookie } from "./auth.ts";
import { MAX_BODY } from "./chat/limits.ts";
import { NAME } from "./chat/parse.ts";
import { httpError, readText } from "./object/http.ts";
import type { Env } from "./object/server.ts";
import { type Assets, clusterPage, page } from "./page.ts";
import { ask, askAny, listServers, readTranscript } from "./placement.ts";

export const app = new Hono<{ Bindings: Env & Assets }>();

app.use("/chats/:chat/*", async (c, next) => {
  const [, , chat, , server] = c.req.path.split("/");
  for (const name of [chat, server]) if (name !== undefined && !NAME.test(name)) return badName();
  return next();
});

app.get("/", (c) => page(c.env, "lobby", new URL(c.req.url).origin));
app.get("/chats/:chat", (c) => page(c.env, c.req.param("chat"), new URL(c.req.url).origin));
app.get("/chats/:chat/cluster", (c) => clusterPage(c.env, c.req.param("chat"), new URL(c.req.url).origin));

app.get("/chats/:chat/servers", (c) => listServers(c.env, c.req.param("chat")));

app.get("/chats/:chat/transcript", (c) => {
  const { server } = c.req.query();
  if (server !== undefined && !NAME.test(server)) return badName();
  return readTranscript(c.env, c.req.param("chat"), server, new URL(c.req.url).search);
});

app.get("/chats/:chat/ws", async (c) => {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return upgradeRequired();
  return askAny(c.env, c.req.param("chat"), "ws", c.req.raw.headers);
});

app.get("/chats/:chat/cluster/ws", async (c) => {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return upgradeRequired();
  return askAny(c.env, c.req.param("chat"), "watch", c.req.raw.headers);
});

app.get("/chats/:chat/cluster.json", (c) => askAny(c.env, c.req.param("chat"), "cluster", new Headers()));

app.get("/chats/:chat/servers/:server/ws", async (c) => {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return upgradeRequired();
  const { chat, server } = c.req.param();
  return ask(c.env, chat, server, c.req.path, { headers: c.req.raw.headers });
});

app.post("/chats/:chat/servers/:server/:verb{start|disconnect|server_join_req|update_servers|relay}", async (c) => {
  const refused = await refuseWithoutCookie(c.env.COOKIE, c.req.header("authorization"));
  if (refused) return refused;
  const body = await readText(c.req.raw.body, MAX_BODY);
  if (body === undefined)
    return httpError(413, "body_too_large", `a body has at most ${MAX_BODY} bytes; send less at once`);
  const { chat, server, verb } = c.req.param();
  const order = verb === "start" || verb === "disconnect" ? readOrder(verb, body) : body;
  if (order instanceof Response) return order;
  return ask(c.env, chat, server, c.req.path, { method: "POST", body: order });
});

app.notFound((c) => httpError(404, "not_found", `there is no ${c.req.method} ${c.req.path.slice(0, 100)} here`));

app.onError((error) => {
  console.error(JSON.stringify({ event: "failed", error: String(error) }));
  return httpError(503, "internal", "this failed inside; try again");
});

const badName = () =>
  httpError(400, "bad_name", "names of chats and servers are a-z, 0-9 and - (not first), at most 32");

const upgradeRequired = () => httpError(426, "upgrade_required", "connect with a WebSocket: Upgrade: websocket");

/** An operator's order with its fields checked, as JSON. */
function readOrder(verb: "start" | "disconnect", body: string): string | Response {
  let fields: unknown;
  try {
    fields = JSON.parse(body === "" ? "{}" : body);
  } catch {
    return httpError(400, "bad_request", "the body is not JSON");
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    return httpError(400, "bad_request", "the body is not a JSON object");
  const { boot, force = false } = fields as { boot?: unknown; force?: unknown };
  if (verb === "start" && boot !== undefined && typeof boot !== "string")
    return httpError(400, "bad_request", 'boot must be the address of a server, as in {"boot":"main"}');
  if (verb === "disconnect" && typeof force !== "boolean")
    return httpError(400, "bad_request", "force must be true or false");
  return JSON.stringify(verb === "start" ? { boot } : { force });
}
