/** The pages people chat on and watch the cluster by: what Vite made of client/web, under a strict policy, and in it how to connect without it. */
import { html, raw } from "hono/html";

/** Where the files of client/web are, in a deployment that has them. */
export interface Assets {
  ASSETS?: Fetcher;
}

/** Where the built page wants to be told how to connect. */
const PLACE = "<!--connect-->";

/** Only its own files, no inline script or style, and no frame; WebSockets also to the servers of other deployments. */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self' ws: wss:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  // It names the files of this deployment.
  "cache-control": "no-cache",
};

/** The page of a chat; `origin`: where the visitor found it. Looking at it asks no server. */
export async function page({ ASSETS }: Assets, chat: string, origin: string): Promise<Response> {
  return built(await ASSETS?.fetch(new URL("/", origin)), `${await connecting(chat, origin)}`);
}

/** The page by which the servers of a chat are watched; looking at it asks none. */
export async function clusterPage({ ASSETS }: Assets, chat: string, origin: string): Promise<Response> {
  return built(await ASSETS?.fetch(new URL("/cluster", origin)), `${await machines(chat)}`);
}

/** A file of client/web, with what is said to those without JavaScript. */
async function built(file: Response | undefined, without: string): Promise<Response> {
  const shell = file?.ok ? await file.text() : `${await plain()}`;
  return new Response(
    shell.replace(PLACE, () => without),
    { headers: HEADERS },
  );
}

/** Of a Worker that runs without the files. */
const plain = () => html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Chatty</title></head>
<body>${raw(PLACE)}</body>
</html>`;

const machines = (chat: string) => html`<main class="plain">
<h1>Chatty</h1>
<p>The servers of the chat <strong>${chat}</strong> can be watched here as they work; that needs JavaScript.
The same, once: <a href="/chats/${chat}/cluster.json">cluster.json</a></p>
</main>`;

const connecting = (chat: string, origin: string) => html`<main class="plain">
<h1>Chatty</h1>
<p>A distributed chat: a chat is a set of servers that relay to each other, and people connect to any of them.
This is the chat <strong>${chat}</strong>. The page to chat on needs JavaScript; without it:</p>
<p>From a clone of the project, in a terminal:</p>
<pre>npx chatty John --url ${origin} --chat ${chat}</pre>
<p>With any WebSocket tool, one JSON object per line:</p>
<pre>npx wscat -c ${origin.replace(/^http/, "ws")}/chats/${chat}/ws
&gt; {"type":"client_join_req","name":"John"}
&gt; {"type":"send","text":"hi!"}
&gt; {"type":"client_leave_req"}</pre>
<p>A second server, and a connection to it:</p>
<pre>curl -X POST -H "Authorization: Bearer secret" -d '{"boot":"main"}' \\
  ${origin}/chats/${chat}/servers/b/start
npx wscat -c ${origin.replace(/^http/, "ws")}/chats/${chat}/servers/b/ws</pre>
<p><a href="/chats/${chat}/servers">The servers of this chat</a></p>
</main>`;
