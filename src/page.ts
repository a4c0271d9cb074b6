/** A plain page: what this is and how to connect. */
import { html } from "hono/html";

/** `origin`: where the visitor found this page. */
export const page = (chat: string, origin: string) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chatty: ${chat}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
  pre { overflow-x: auto; padding: 0.75rem; border: 1px solid; border-radius: 0.25rem; }
</style>
</head>
<body>
<h1>Chatty</h1>
<p>A distributed chat: a chat is a set of servers that relay to each other, and people connect to any of them.
This is the chat <strong>${chat}</strong>.</p>
<h2>Connect</h2>
<p>From a clone of the project, in a terminal:</p>
<pre>npx chatty John --url ${origin} --chat ${chat}</pre>
<p>With any WebSocket tool, one JSON object per line:</p>
<pre>npx wscat -c ${origin.replace(/^http/, "ws")}/chats/${chat}/ws
&gt; {"type":"client_join_req","name":"John"}
&gt; {"type":"send","text":"hi!"}
&gt; {"type":"client_leave_req"}</pre>
<h2>Start a second server, and connect to it</h2>
<pre>curl -X POST -H "Authorization: Bearer secret" -d '{"boot":"main"}' \\
  ${origin}/chats/${chat}/servers/b/start
npx wscat -c ${origin.replace(/^http/, "ws")}/chats/${chat}/servers/b/ws</pre>
<p><a href="/chats/${chat}/servers">The servers of this chat</a></p>
</body>
</html>`;
